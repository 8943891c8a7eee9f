import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import type { LiveFrame } from '../../model/api.ts';
import { eventually } from '../support/programs.ts';
import { usageOf } from './kit/gateway-process.ts';
import { rounded } from './kit/statistics.ts';

/*
 * The demo as a stranger starts it: time from the start to the first answer of /healthz and to the first snapshot with
 * readings on a screen's socket (design 10), then memory and processor time of its one process.
 *   node --import tsx test/bench/demo-footprint.bench.ts [--seconds 30] [--quick]
 */
const { values } = parseArgs({
  options: { seconds: { type: 'string' }, quick: { type: 'boolean', default: false } },
});
const seconds = Number(values.seconds ?? (values.quick ? 3 : 30));
const GOAL = { startMs: 5000, rssMb: 300 } as const;
const TOKEN = 'footprint-bench-token-0123456789';

const root = fileURLToPath(new URL('../..', import.meta.url));
const begin = performance.now();
const demo = spawn(
  process.execPath,
  [
    ...['--import', 'tsx', join(root, 'gateway/cli/main.ts'), 'demo', '--http', '0', '--mqtt', '0'],
    ...['--for', String(seconds + 30)],
  ],
  { cwd: root, env: { ...process.env, WARDWIRE_TOKEN: TOKEN }, stdio: ['ignore', 'pipe', 'inherit'] },
);
let output = '';
demo.stdout.on('data', (chunk) => {
  output += String(chunk);
});
const ended = new Promise<number | null>((resolve) => demo.once('exit', resolve));
const urlOf = () => /Wardwire demo: (http:\S+)/.exec(output)?.[1];

/** Resolves when a screen that signs in now is shown readings. */
const firstReadings = (url: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const screen = new WebSocket(`${url.replace('http', 'ws').replace(/\/$/, '')}/api/v1/live`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    screen.on('error', reject);
    screen.on('message', (data, isBinary) => {
      if (isBinary) return;
      const frame = JSON.parse(String(data)) as LiveFrame;
      if ((frame.t !== 'snapshot' && frame.t !== 'readings') || frame.readings.length === 0) return;
      screen.terminate();
      resolve(performance.now() - begin);
    });
  });

try {
  await eventually(() => demo.exitCode !== null || urlOf() !== undefined, 'the address of the demo', 30_000);
  const url = urlOf();
  const { pid } = demo;
  if (url === undefined || pid === undefined) throw new Error(`the demo ended at once: ${output}`);
  const answers = () =>
    fetch(new URL('/healthz', url)).then(
      ({ ok }) => ok,
      () => false,
    );
  await eventually(answers, '/healthz', 10_000);
  const healthMs = performance.now() - begin;
  // The token is adopted just after the address is printed.
  await eventually(() => output.includes('API token'), 'the token', 10_000);
  const readingsMs = await firstReadings(url);
  const before = usageOf(pid);
  await pause(seconds * 1000);
  const after = usageOf(pid);
  const result = {
    bench: 'demo-footprint',
    healthMs: Math.round(healthMs),
    firstReadingsMs: Math.round(readingsMs),
    rssMb: Math.round(after.rssMb),
    cpuShare: rounded((after.cpuSeconds - before.cpuSeconds) / seconds, 3),
    seconds,
    goalStartMs: GOAL.startMs,
    goalRssMb: GOAL.rssMb,
  };
  console.log(`first readings after ${result.firstReadingsMs} ms; ${result.rssMb} MB, ${result.cpuShare} of a core`);
  console.log(JSON.stringify(result));
} finally {
  demo.kill('SIGTERM');
  const force = setTimeout(() => demo.kill('SIGKILL'), 10_000);
  await ended.finally(() => clearTimeout(force));
}
