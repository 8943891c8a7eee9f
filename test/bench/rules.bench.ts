import { createRuleHost } from '../../gateway/rules/rule-host.ts';
import { requireRules } from '../../gateway/rules/rule-settings.ts';
import { type Random, seededRandom } from '../../model/random.ts';
import type { NumericSample } from '../../model/sample.ts';
import { rules } from '../../rules/catalogue.ts';
import { START } from '../support/samples.ts';

/*
 * The rules engine alone (design 10): 500 monitors x 6 vital signs, once a second, through every shipped rule, on one
 * core. The yardstick in the same run is the least that any engine does: a loop that looks each sample up in a Map and
 * compares it with two limits.
 *
 *   npx tsx test/bench/rules.bench.ts
 */

const DEVICES = 500;
const SECONDS = 120;
const WARM_UP = 20;
const RUNS = 5;
const vitals = [
  ['heart-rate', 80, 8],
  ['pulse-rate', 80, 8],
  ['spo2', 97, 1],
  ['respiration-rate', 16, 2],
  ['body-temperature', 37.2, 0.3],
  ['etco2', 38, 3],
] as const;
/** As in a gateway, a device's id is one string, not made anew for each sample. */
const ids = Array.from({ length: DEVICES }, (_, device) => ({ device: `monitor-${device}`, patient: `p${device}` }));
const TOTAL = DEVICES * SECONDS * vitals.length;

/** Written out, so that every sample has the same shape in memory. */
const sampleOf = (id: (typeof ids)[number], metric: string, second: number, value: number): NumericSample => ({
  id: `${id.device}/${metric}/${second}`,
  device: id.device,
  measurement: '',
  takenAt: START + second * 1000,
  receivedAt: START + second * 1000,
  timeSource: 'gateway',
  deviceTime: null,
  clockOffsetMs: null,
  patient: id.patient,
  place: null,
  quality: 'simulated',
  reasons: [],
  frame: { digest: '' },
  kind: 'numeric',
  metric,
  value,
  unit: '/min',
  original: null,
  comparator: null,
  context: {},
});

/** One second of the ward. Made just before it is used, as a gateway does; making it is not timed. */
const secondOf = (random: Random, second: number): NumericSample[] => {
  const samples: NumericSample[] = [];
  for (const id of ids) {
    for (const [metric, middle, spread] of vitals) {
      const value = middle + spread * (2 * random.next() - 1);
      samples.push(sampleOf(id, metric, second, value));
    }
  }
  return samples;
};

/** Samples a second. */
const rate = (take: (samples: readonly NumericSample[]) => void): number => {
  const random = seededRandom('rules bench');
  let ms = 0;
  for (let second = 0; second < SECONDS; second++) {
    const samples = secondOf(random, second);
    const began = performance.now();
    take(samples);
    // The first seconds build instances and compile code: the steady state is what counts.
    if (second >= WARM_UP) ms += performance.now() - began;
  }
  return (DEVICES * vitals.length * (SECONDS - WARM_UP)) / (ms / 1000);
};

const best = (values: readonly number[]): number => Math.max(...values);

const settings = requireRules('config/rules/default.yaml', rules);

const throughHost = (): number => {
  const host = createRuleHost({
    settings,
    start: START,
    simulated: true,
    onCondition: () => {},
    onFault: (rule, _subject, reason) => {
      throw new Error(`${rule}: ${reason}`);
    },
  });
  for (const { device: id, patient } of ids) {
    host.addDevice({ id, class: 'ekg', name: id, silentAfterMs: 30_000, place: null, maintenance: false });
    host.associationChanged(id, patient, null);
  }
  const result = rate((samples) => {
    for (const sample of samples) host.observe(sample);
  });
  if (host.counters.samples !== TOTAL) throw new Error('not every sample was observed');
  host.stop();
  return result;
};

const plainLoop = (): number => {
  const states = new Map<string, { low: number; high: number; on: boolean; changes: number }>();
  return rate((samples) => {
    for (const sample of samples) {
      const key = `${sample.device}|${sample.metric}`;
      let state = states.get(key);
      if (!state) {
        state = { low: 30, high: 120, on: false, changes: 0 };
        states.set(key, state);
      }
      if (sample.value === null) continue;
      const on = sample.value < state.low || sample.value > state.high;
      if (on === state.on) continue;
      state.on = on;
      state.changes++;
    }
  });
};

const host: number[] = [];
const plain: number[] = [];
for (let run = 0; run < RUNS; run++) {
  plain.push(plainLoop());
  host.push(throughHost());
}
process.stdout.write(
  `${JSON.stringify({
    bench: 'rules',
    devices: DEVICES,
    metrics: vitals.length,
    rules: settings.rules.length,
    samples: TOTAL,
    samplesPerSecond: Math.round(best(host)),
    plainLoopPerSecond: Math.round(best(plain)),
    ratio: Number((best(host) / best(plain)).toFixed(3)),
  })}\n`,
);
