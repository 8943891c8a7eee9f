import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  eventually,
  freePort,
  portAnswers,
  type RunningProgram,
  runProgram,
  startProgram,
  temporaryDirectory,
} from './programs.ts';

/* The real gateway as a process of its own, for tests that know nothing of it but its faces (design 9). */

const ENTRY = ['--import', 'tsx', join(import.meta.dirname, '..', '..', 'gateway', 'cli', 'main.ts')];

export type Json = Readonly<Record<string, unknown>>;

export interface GatewaySetup {
  /** Laid over a site with free loopback ports and a data directory of its own. */
  readonly site?: Json;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a verb of the command line to its end. */
export const wardwire = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runProgram(process.execPath, [...ENTRY, ...args], { env });

/** A site's file in a directory of the test's own. */
export const writeSite = async (site: Json = {}) => {
  const folder = temporaryDirectory('wardwire-site');
  const http = await freePort();
  const mqtt = await freePort();
  const whole = {
    site: { name: 'Test ward', timeZone: 'UTC' },
    data: join(folder.path, 'data'),
    http: { port: http },
    mqtt: { port: mqtt },
    ...site,
  };
  const config = join(folder.path, 'site.yaml');
  // YAML takes JSON as it is.
  writeFileSync(config, JSON.stringify(whole, null, 2));
  return { config, data: join(folder.path, 'data'), http, mqtt, remove: folder.remove };
};

export interface Answer<T = Json> {
  readonly status: number;
  readonly type: string;
  readonly body: T;
}

export class RunningGateway {
  readonly url: string;
  readonly mqttPort: number;
  readonly config: string;
  readonly data: string;
  readonly token: string;
  private readonly env: Readonly<Record<string, string>>;
  private readonly remove: () => void;
  private program: RunningProgram | null = null;
  private earlier = '';

  constructor(
    { http, mqtt, config, data, remove }: Awaited<ReturnType<typeof writeSite>>,
    token: string,
    env: Readonly<Record<string, string>>,
  ) {
    this.url = `http://127.0.0.1:${http}`;
    this.mqttPort = mqtt;
    this.config = config;
    this.data = data;
    this.token = token;
    this.env = env;
    this.remove = remove;
  }

  /** Everything it has printed, over all its lives. */
  output(): string {
    return this.earlier + (this.program?.output() ?? '');
  }

  get running(): RunningProgram {
    if (this.program === null) throw new Error('the gateway is not running');
    return this.program;
  }

  async up(): Promise<void> {
    this.program = await startProgram(process.execPath, [...ENTRY, 'up', '--config', this.config], {
      env: this.env,
      timeoutMs: 20_000,
      ready: async () => (await this.answers('/readyz')) && (await portAnswers(this.mqttPort)),
    });
  }

  /** Lays keys over the site's file; read at the next start. */
  editSite(changes: Json): void {
    const site = JSON.parse(readFileSync(this.config, 'utf8')) as Json;
    writeFileSync(this.config, JSON.stringify({ ...site, ...changes }, null, 2));
  }

  private async answers(path: string): Promise<boolean> {
    return fetch(this.url + path).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  async request<T = Json>(path: string, init: RequestInit = {}, token: string | null = this.token): Promise<Answer<T>> {
    const headers = { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...init.headers };
    const reply = await fetch(this.url + path, { ...init, headers });
    const text = await reply.text();
    const type = reply.headers.get('content-type') ?? '';
    return { status: reply.status, type, body: (type.includes('json') ? JSON.parse(text) : text) as T };
  }

  /** What is there, or an error that shows the answer. */
  async get<T = Json>(path: string): Promise<T> {
    const { status, body } = await this.request<T>(path);
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** All items of a list, page by page. */
  async list<T = Json>(path: string): Promise<T[]> {
    const items: T[] = [];
    let cursor: string | null = null;
    do {
      const address = new URL(path, this.url);
      address.searchParams.set('limit', '1000');
      if (cursor !== null) address.searchParams.set('cursor', cursor);
      const page: { readonly items: readonly T[]; readonly next: string | null } = await this.get(
        address.pathname + address.search,
      );
      items.push(...page.items);
      cursor = page.next;
    } while (cursor !== null);
    return items;
  }

  /** A number of `/metrics`; 0 where it is not there. */
  async counter(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const text = await this.get<string>('/metrics');
    const line = text
      .split('\n')
      .find(
        (candidate) =>
          (candidate.startsWith(`${name}{`) || candidate.startsWith(`${name} `)) &&
          Object.entries(labels).every(([label, value]) => candidate.includes(`${label}="${value}"`)),
      );
    return Number(line?.split(' ').at(-1) ?? 0);
  }

  /** A token beside the first; while the gateway is down, since only one process holds the database. */
  async createToken(role: string): Promise<string> {
    return createToken(this.config, role, this.env);
  }

  /** As when the power goes. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    const { program } = this;
    if (program === null) return null;
    await program.stop(signal);
    this.earlier += program.output();
    this.program = null;
    return program.exited;
  }

  /** Ends it and removes its directory. */
  async dispose(): Promise<void> {
    await this.stop();
    this.remove();
  }
}

export const createToken = async (
  config: string,
  role: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> => {
  const { code, stdout, output } = await wardwire(
    ['token', 'create', `${role}-test`, '--role', role, '--config', config],
    env,
  );
  if (code !== 0) throw new Error(`no token: ${output}`);
  return stdout.trim();
};

/** A gateway that has an administrator's token but does not run yet. */
export const prepareGateway = async ({ site, env = {} }: GatewaySetup = {}): Promise<RunningGateway> => {
  const written = await writeSite(site);
  try {
    return new RunningGateway(written, await createToken(written.config, 'admin', env), env);
  } catch (error) {
    written.remove();
    throw error;
  }
};

export const startGateway = async (setup: GatewaySetup = {}): Promise<RunningGateway> => {
  const gateway = await prepareGateway(setup);
  try {
    await gateway.up();
  } catch (error) {
    await gateway.dispose();
    throw error;
  }
  return gateway;
};

export interface Reading extends Json {
  readonly id: string;
  readonly measurement: string;
  readonly metric: string;
  readonly value: number | null;
  readonly quality: string;
  readonly takenAt: string;
}

/** Waits until a list has that many items and then shows them all, so that one too many is seen as well. */
export const listOf = async <T = Reading>(gateway: RunningGateway, path: string, atLeast: number): Promise<T[]> => {
  let items: T[] = [];
  await eventually(async () => {
    items = await gateway.list<T>(path);
    return items.length >= atLeast;
  }, `${atLeast} items at ${path}`);
  return items;
};
