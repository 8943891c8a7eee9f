import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/programs.ts';
import { quantile } from './kit/statistics.ts';

/*
 * MQTT QoS 1 to durable, rules and records, beside the embedded broker alone, in one run and in turn:
 *   npx tsx test/bench/mqtt-durable.bench.ts [--quick]
 * Ends with a JSON line. The rates are the publisher's, counted by PUBACK; `lost` and `doubled` are counted over the API.
 */
const quick = process.argv.includes('--quick');
const MESSAGES = quick ? 2000 : 40_000;
const ROUNDS = quick ? 1 : 3;
const DEVICES = 50;
const METRICS = 4;

const node = (...args: readonly string[]) =>
  spawn(process.execPath, ['--import', 'tsx', ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
type Child = ReturnType<typeof node>;

const output = (child: Child): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.once('exit', () => resolve(text));
  });

const stop = async (child: Child): Promise<void> => {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.stdin.end();
  child.kill('SIGTERM');
  await ended;
};

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => socket.end(() => resolve(true)));
    socket.once('error', () => resolve(false));
  });
const listening = async (port: number): Promise<void> => {
  while (!(await answers(port))) await pause(50);
};

const publish = async (port: number): Promise<number> => {
  const text = await output(
    node('test/bench/mqtt-publisher.ts', `mqtt://127.0.0.1:${port}`, String(MESSAGES), String(DEVICES), '200'),
  );
  const { messages, seconds } = JSON.parse(text) as { messages: number; seconds: number };
  return messages / seconds;
};

const bare = async (): Promise<number> => {
  const port = await freePort();
  const broker = node('test/bench/bare-broker.ts', String(port));
  await listening(port);
  const rate = await publish(port);
  await stop(broker);
  return rate;
};

interface GatewayRun {
  readonly rate: number;
  /** Readings a second until the records had them all. */
  readonly filed: number;
  readonly stored: number;
  readonly distinct: number;
}

const gateway = async (): Promise<GatewayRun> => {
  const folder = mkdtempSync(join(tmpdir(), 'wardwire-bench-'));
  const [http, mqtt] = [await freePort(), await freePort()];
  const config = join(folder, 'site.yaml');
  const devices = Array.from({ length: DEVICES }, (_, index) => ({
    id: `bench-${index}`,
    driver: 'mqtt-json',
    link: 'mqtt',
  }));
  writeFileSync(
    config,
    JSON.stringify({
      site: { name: 'Bench', timeZone: 'UTC' },
      data: './data',
      http: { port: http },
      mqtt: { port: mqtt },
      devices,
    }),
  );
  const main = 'gateway/cli/main.ts';
  const token = (await output(node(main, 'token', 'create', 'bench', '--role', 'admin', '--config', config))).trim();
  const running = node(main, 'up', '--config', config);
  running.stdout.resume();
  await listening(mqtt);
  const get = async (path: string) =>
    (
      await fetch(`http://127.0.0.1:${http}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } })
    ).json() as Promise<{
      items: { id: string; behind?: number }[];
      next: string | null;
    }>;
  const begin = performance.now();
  const rate = await publish(mqtt);
  for (;;) {
    const { items } = await get('/sinks');
    if (items.find(({ id }) => id === 'records')?.behind === 0) break;
    await pause(100);
  }
  const filed = (MESSAGES * METRICS) / ((performance.now() - begin) / 1000);
  const ids: string[] = [];
  for (let cursor = ''; ; ) {
    const page = await get(`/readings?limit=1000${cursor}`);
    const { items, next }: { items: { id: string }[]; next: string | null } = page;
    ids.push(...items.map(({ id }) => id));
    if (next === null) break;
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
  await stop(running);
  rmSync(folder, { recursive: true, force: true });
  return { rate, filed, stored: ids.length, distinct: new Set(ids).size };
};

const median = (values: readonly number[]): number => quantile(values, 0.5);

const bares: number[] = [];
const runs: GatewayRun[] = [];
for (let round = 0; round < ROUNDS; round++) {
  bares.push(await bare());
  runs.push(await gateway());
  console.log(
    `round ${round + 1}: bare ${Math.round(bares.at(-1) ?? 0)} msg/s, durable ${Math.round(runs.at(-1)?.rate ?? 0)} msg/s`,
  );
}
const ratios = runs.map(({ rate }, index) => rate / (bares[index] ?? Number.NaN));
const expected = MESSAGES * METRICS * runs.length;
const stored = runs.reduce((sum, run) => sum + run.stored, 0);
const distinct = runs.reduce((sum, run) => sum + run.distinct, 0);
console.log(
  JSON.stringify({
    bench: 'mqtt-durable',
    messages: MESSAGES,
    readingsPerMessage: METRICS,
    bareMessagesPerSecond: Math.round(median(bares)),
    durableMessagesPerSecond: Math.round(median(runs.map(({ rate }) => rate))),
    filedReadingsPerSecond: Math.round(median(runs.map(({ filed }) => filed))),
    ratio: Number(median(ratios).toFixed(3)),
    lost: expected - distinct,
    doubled: stored - distinct,
  }),
);
