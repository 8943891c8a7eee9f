import { parseArgs } from 'node:util';
import { eventually } from '../support/programs.ts';
import { startGateway } from './kit/gateway-process.ts';
import { ask, endChild, nextMessage, startChild } from './kit/processes.ts';
import type { PublishOrder, PublishReport } from './kit/publisher.ts';

/*
 * What durability, rules and records cost over the bare embedded broker (design 10): the same publisher, in a process of
 * its own, sends QoS 1 readings of 200 bytes with 200 in flight to the bare broker and to the whole gateway, in turns.
 * Then the records sink may catch up, and every reading is counted through the API.
 *   node --import tsx test/bench/mqtt-durable.bench.ts [--messages 40000] [--rounds 3] [--quick] [--cpu-prof DIR]
 */
const { values } = parseArgs({
  options: {
    messages: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    quick: { type: 'boolean', default: false },
    'cpu-prof': { type: 'string' },
  },
});
const DEVICES = 50;
const IN_FLIGHT = 200;
const GOAL = 0.8;
const messages = Number(values.messages ?? (values.quick ? 4000 : 40_000));
const rounds = values.quick ? 2 : Number(values.rounds);
const profile = values['cpu-prof'];

const median = (all: readonly number[]): number => {
  const sorted = [...all].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] = [sorted[(sorted.length - 1) >> 1], sorted[middle]];
  return (low + high) / 2;
};

const publisher = startChild('./publisher.ts', ['--serve']);
await nextMessage(publisher);
const bare = startChild('./bare-broker.ts');
const { port: barePort } = await nextMessage<{ readonly port: number }>(bare);
const gateway = await startGateway(DEVICES, {
  nodeArguments: profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
});
// Every reading of the run has a time of its own within the last minutes, so that none is late or from the future.
const total = rounds * messages;
const base = Date.now() - total;
const publish = async (port: number, from: number, count = messages): Promise<number> => {
  const order: PublishOrder = {
    port,
    devices: DEVICES,
    messages: count,
    inFlight: IN_FLIGHT,
    from,
    base,
    perSecond: 0,
  };
  const { ms, acknowledged } = await ask<PublishReport>(publisher, order);
  if (acknowledged !== count) throw new Error(`${acknowledged} of ${count} were acknowledged`);
  return (count / ms) * 1000;
};
const behind = () => gateway.metric('wardwire_sink_behind', 'sink="records"');

try {
  const rates: { readonly bare: number; readonly gateway: number }[] = [];
  let drainMs = 0;
  let drained = 0;
  await publish(barePort, 0, Math.min(messages, 2000));
  for (let round = 0; round < rounds; round++) {
    const ofBare = await publish(barePort, round * messages);
    rates.push({ bare: ofBare, gateway: await publish(gateway.mqttPort, round * messages) });
    // The backlog is the gateway's own work: it must not weigh on the next turn of the yardstick.
    const left = await behind();
    const begin = performance.now();
    await eventually(async () => (await behind()) === 0, 'the records caught up', 300_000);
    drainMs += performance.now() - begin;
    drained += left;
  }
  let stored = 0;
  let doubled = 0;
  const numbers = new Set<number>();
  for (let device = 0; device < DEVICES; device++) {
    for (const { takenAt } of await gateway.readings(`sensor-${device}`)) {
      stored++;
      const n = Date.parse(takenAt) - base;
      if (numbers.has(n)) doubled++;
      numbers.add(n);
    }
  }
  const lost = Array.from({ length: total }, (_, n) => n).filter((n) => !numbers.has(n)).length;
  const ratio = median(rates.map((rate) => rate.gateway / rate.bare));
  const seconds = rates.reduce((sum, rate) => sum + messages / rate.gateway, drainMs / 1000);
  for (const [index, rate] of rates.entries()) {
    const cells = [rate.bare, rate.gateway].map((each) => String(Math.round(each)).padStart(8));
    console.log(
      `round ${index + 1}: bare broker ${cells[0]}/s   gateway ${cells[1]}/s   ${(rate.gateway / rate.bare).toFixed(2)}`,
    );
  }
  console.log(`${stored} readings stored, ${lost} lost, ${doubled} doubled; goal: ${GOAL} of the bare broker`);
  console.log(
    JSON.stringify({
      bench: 'mqtt-durable',
      messages: total,
      barePerSecond: Math.round(median(rates.map((rate) => rate.bare))),
      gatewayPerSecond: Math.round(median(rates.map((rate) => rate.gateway))),
      ratio: Number(ratio.toFixed(3)),
      goal: GOAL,
      drainedEntries: drained,
      drainMs: Math.round(drainMs),
      toRecordsPerSecond: Math.round(total / seconds),
      stored,
      lost,
      doubled,
    }),
  );
  if (lost + doubled > 0) process.exitCode = 1;
} finally {
  await gateway.stop();
  await Promise.all([endChild(publisher), endChild(bare)]);
}
