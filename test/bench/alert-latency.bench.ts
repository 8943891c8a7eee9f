import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { connectAsync } from 'mqtt';
import { WebSocket } from 'ws';
import type { LiveFrame } from '../../model/api.ts';
import { startGateway } from './kit/gateway-process.ts';
import { ask, endChild, nextMessage, startChild } from './kit/processes.ts';
import type { PublishOrder, PublishReport } from './kit/publisher.ts';
import { quantile, rounded } from './kit/statistics.ts';

/*
 * From a reading beyond its limit, published over MQTT, to the alert on a screen's socket, while another process
 * publishes at half of what the gateway sustains (design 10). Each probe is a device of its own with a blood pressure,
 * since that limit has no delay (config/rules/default.yaml).
 *   node --import tsx test/bench/alert-latency.bench.ts [--alerts 200] [--quick]
 */
const { values } = parseArgs({
  options: { alerts: { type: 'string' }, quick: { type: 'boolean', default: false } },
});
const DEVICES = 50;
const GOAL_MS = 20;
const WITHIN_MS = 10_000;
const GAP_MS = 25;
const alerts = Number(values.alerts ?? (values.quick ? 20 : 200));

const publisher = startChild('./publisher.ts', ['--serve']);
await nextMessage(publisher);
const gateway = await startGateway(DEVICES, { probes: alerts });
const client = await connectAsync({ host: '127.0.0.1', port: gateway.mqttPort, protocolVersion: 4 });
const screen = new WebSocket(`${gateway.http.replace('http', 'ws')}/api/v1/live`, {
  headers: { authorization: `Bearer ${gateway.token}` },
});

const arrived = new Map<string, number>();
let told: () => void = () => {};
screen.on('message', (data, isBinary) => {
  const at = performance.now();
  if (isBinary) return;
  const frame = JSON.parse(String(data)) as LiveFrame;
  if (frame.t !== 'alert' || frame.alert.device === null || arrived.has(frame.alert.device)) return;
  arrived.set(frame.alert.device, at);
  told();
});
const publish = (probe: string, systolic: number): Promise<unknown> => {
  const values = { 'nibp-systolic': systolic };
  return client.publishAsync(`wardwire/${probe}/readings`, JSON.stringify({ values }), { qos: 1 });
};
const alertOf = (probe: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no alert of ${probe} within ${WITHIN_MS} ms`)), WITHIN_MS);
    told = () => {
      const at = arrived.get(probe);
      if (at === undefined) return;
      clearTimeout(late);
      resolve(at);
    };
    told();
  });

try {
  await new Promise<void>((resolve, reject) => {
    screen.once('open', () => resolve());
    screen.once('error', reject);
  });
  const load = (messages: number, perSecond: number, from: number): Promise<PublishReport> => {
    const base = Date.now() - from;
    const order: PublishOrder = {
      port: gateway.mqttPort,
      devices: DEVICES,
      messages,
      inFlight: 200,
      from,
      base,
      perSecond,
    };
    return ask<PublishReport>(publisher, order);
  };
  const full = values.quick ? 2000 : 20_000;
  const { ms } = await load(full, 0, 0);
  const sustained = (full / ms) * 1000;
  const half = Math.max(1, Math.round(sustained / 2));
  const probes = Array.from({ length: alerts }, (_, n) => `probe-${n}`);
  for (const probe of probes) await publish(probe, 120);
  // Longer than the probes take; the rest of it is waited for, so that the load lasts to the last probe.
  const background = load(Math.ceil((half * (alerts * (GAP_MS + 15) + 1500)) / 1000), half, full);
  await pause(1000);
  const latencies: number[] = [];
  for (const probe of probes) {
    const begin = performance.now();
    const [at] = await Promise.all([alertOf(probe), publish(probe, 190)]);
    latencies.push(at - begin);
    await pause(GAP_MS * (0.5 + Math.random()));
  }
  const { acknowledged, ms: loadMs } = await background;
  const result = {
    bench: 'alert-latency',
    alerts: latencies.length,
    sustainedPerSecond: Math.round(sustained),
    loadPerSecond: Math.round((acknowledged / loadMs) * 1000),
    p50Ms: rounded(quantile(latencies, 0.5)),
    p99Ms: rounded(quantile(latencies, 0.99)),
    maxMs: rounded(Math.max(...latencies)),
    goalP99Ms: GOAL_MS,
  };
  console.log(`${result.alerts} alerts: p50 ${result.p50Ms} ms, p99 ${result.p99Ms} ms; goal: p99 ${GOAL_MS} ms`);
  console.log(JSON.stringify(result));
} finally {
  screen.terminate();
  await client.endAsync(true);
  await gateway.stop();
  await endChild(publisher);
}
