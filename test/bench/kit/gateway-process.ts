import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ApiReading } from '../../../model/api.ts';
import { eventually, freePort, runProgram } from '../../support/programs.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const main = join(root, 'gateway/cli/main.ts');
const PAGE = 1000;

export interface GatewayProcess {
  readonly pid: number;
  readonly mqttPort: number;
  readonly http: string;
  readonly token: string;
  /** A number of /metrics, summed over all its labels that contain `labels`. */
  metric(name: string, labels?: string): Promise<number>;
  readings(device: string): Promise<readonly ApiReading[]>;
  stop(): Promise<void>;
}

const sensors = (name: string, count: number): object[] =>
  Array.from({ length: count }, (_, n) => ({
    id: `${name}-${n}`,
    driver: 'mqtt-json',
    link: 'mqtt',
    silentAfterSeconds: 86_400,
  }));

/** `wardwire up` as its users start it, with a temporary site of that many MQTT sensors. */
export const startGateway = async (
  devices: number,
  options: { readonly nodeArguments?: readonly string[]; readonly probes?: number } = {},
): Promise<GatewayProcess> => {
  const directory = mkdtempSync(join(tmpdir(), 'wardwire-bench-'));
  const config = join(directory, 'wardwire.yaml');
  const [mqttPort, httpPort] = [await freePort(), await freePort()];
  const site = {
    site: { name: 'Bench', timeZone: 'UTC', simulated: true },
    data: directory,
    http: { port: httpPort },
    mqtt: { port: mqttPort },
    devices: [...sensors('sensor', devices), ...sensors('probe', options.probes ?? 0)],
  };
  // JSON is YAML.
  writeFileSync(config, JSON.stringify(site, null, 1));
  const tsx = ['--import', 'tsx'];
  const made = await runProgram(
    process.execPath,
    [...tsx, main, 'token', 'create', 'bench', '--role', 'admin', '--config', config],
    { cwd: root },
  );
  const token = made.stdout.trim();
  if (made.code !== 0 || token === '') throw new Error(`no token: ${made.output}`);
  const child: ChildProcess = spawn(
    process.execPath,
    [...(options.nodeArguments ?? []), ...tsx, main, 'up', '--config', config],
    { cwd: root, stdio: ['ignore', 2, 'inherit'] },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const http = `http://127.0.0.1:${httpPort}`;
  const headers = { authorization: `Bearer ${token}` };
  const get = async (path: string): Promise<Response> => {
    const answer = await fetch(http + path, { headers });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const gateway: GatewayProcess = {
    pid: child.pid ?? -1,
    mqttPort,
    http,
    token,
    async metric(name, labels = '') {
      const lines = (await (await get('/metrics')).text()).split('\n');
      const found = lines.filter((line) => /^[^{ ]+/.exec(line)?.[0] === name && line.includes(labels));
      if (found.length === 0) throw new Error(`/metrics has no ${name} ${labels}`);
      return found.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
    },
    async readings(device) {
      const all: ApiReading[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const next: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const page = (await (await get(`/api/v1/readings?device=${device}&limit=${PAGE}${next}`)).json()) as {
          readonly items: readonly ApiReading[];
          readonly next: string | null;
        };
        all.push(...page.items);
        cursor = page.next;
      }
      return all;
    },
    async stop() {
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 20_000);
      await ended.finally(() => clearTimeout(force));
      rmSync(directory, { recursive: true, force: true });
    },
  };
  const isUp = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error('the gateway ended at once');
    return fetch(`${http}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  try {
    await eventually(isUp, 'the gateway', 30_000);
  } catch (error) {
    await gateway.stop();
    throw error;
  }
  return gateway;
};

/** Resident memory in MB and processor seconds so far (Linux counts 100 ticks a second: proc(5), sysconf(3)). */
export const usageOf = (pid: number): { readonly rssMb: number; readonly cpuSeconds: number } => {
  const rss = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { rssMb: Number(rss) / 1024, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100 };
};
