import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replayRules } from '../../../gateway/rules/replay.ts';
import { createRuleHost, type HostedDevice } from '../../../gateway/rules/rule-host.ts';
import { requireRules } from '../../../gateway/rules/rule-settings.ts';
import type { Condition } from '../../../model/alert.ts';
import type { Sample } from '../../../model/sample.ts';
import { rules } from '../../../rules/catalogue.ts';
import { numeric, START, status } from '../../support/samples.ts';

const settings = requireRules('config/rules/default.yaml', rules, {
  'storage-climate': { places: { cellar: 'medicines-refrigerator' } },
});

const device = (id: string, of: Partial<HostedDevice>): HostedDevice => ({
  id,
  name: id,
  class: 'ekg',
  silentAfterMs: 10_000,
  place: null,
  maintenance: false,
  ...of,
});
const devices = [
  device('monitor', {}),
  device('pump', { class: 'infusion-pump' }),
  device('meter', { class: 'glucose', silentAfterMs: null }),
  device('probe', { class: 'environment', place: 'cellar', silentAfterMs: 60_000 }),
];

/** Values on both sides of every limit, and none. */
const signals = [
  ['monitor', 'heart-rate', [80, 45, 38, 125, 150]],
  ['monitor', 'spo2', [97, 89, 88, 79]],
  ['monitor', 'nibp-systolic', [120, 85, 210]],
  ['pump', 'infusion-rate', [0, 60, 120]],
  ['pump', 'infused-volume', [0, 5, 10, 40]],
  ['pump', 'volume-remaining', [50, 8, 0]],
  ['meter', 'glucose', [100, 60, 40, 500]],
  ['probe', 'air-temperature', [5, 9, 1, 0]],
] as const;

const reading = fc.constantFrom(...signals).chain(([id, metric, values]) =>
  fc.record({
    id: fc.constant(id),
    metric: fc.constant(metric),
    value: fc.option(fc.constantFrom<number>(...values), { freq: 6 }),
    patient: id === 'probe' ? fc.constant(null) : fc.constantFrom('p1', 'p1', 'p1', 'p2'),
    late: fc.constantFrom(0, 0, 0, 2, 30, 1200),
  }),
);
const alarm = fc.record({ code: fc.constantFrom('heart-rate-technical', 'pump-alarm'), active: fc.boolean() });
const arrival = fc.record({
  after: fc.constantFrom(0, 0.25, 1, 1, 3.7, 16, 70, 400),
  what: fc.oneof({ arbitrary: reading, weight: 6 }, { arbitrary: alarm, weight: 1 }),
  /** Ticks between this sample and the one before, as parts of the way. */
  ticks: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
});
const stream = fc.array(arrival, { minLength: 1, maxLength: 80 });
type Arrival = typeof arrival extends fc.Arbitrary<infer T> ? T : never;

interface Step {
  readonly sample: Sample;
  readonly ticks: readonly number[];
}

const stepsOf = (arrivals: readonly Arrival[]): Step[] => {
  let seconds = 0;
  return arrivals.map(({ after, what, ticks }) => {
    const from = START + seconds * 1000;
    seconds += after;
    const to = START + seconds * 1000;
    const sample =
      'metric' in what
        ? numeric(what.metric, seconds, what.value, {
            device: what.id,
            patient: what.patient,
            place: what.id === 'probe' ? 'cellar' : null,
            takenAt: to - what.late * 1000,
          })
        : status(what.code, seconds, what.active, {
            patient: 'p1',
            device: what.code === 'pump-alarm' ? 'pump' : 'monitor',
          });
    return { sample, ticks: ticks.map((part) => from + (to - from) * part).sort((a, b) => a - b) };
  });
};

const END_MS = 900_000;

const replayed = (steps: readonly Step[], end: number): Condition[] => {
  const conditions: Condition[] = [];
  replayRules(
    steps.map(({ sample }) => sample),
    {
      settings,
      devices,
      places: ['cellar'],
      start: START,
      end,
      onCondition: (condition) => conditions.push(condition),
    },
  );
  return conditions;
};

/** The gateway's way: a timer ticks whenever it likes, associations change as the ward says. */
const live = (steps: readonly Step[], end: number): Condition[] => {
  const conditions: Condition[] = [];
  const host = createRuleHost({
    settings,
    start: START,
    simulated: false,
    onCondition: (condition) => conditions.push(condition),
    onFault: (rule, _subject, reason) => {
      throw new Error(`${rule}: ${reason}`);
    },
  });
  for (const each of devices) host.addDevice(each);
  host.addPlace('cellar');
  const last = new Map<string, Sample>();
  for (const { sample, ticks } of steps) {
    for (const tick of ticks) host.tick(tick);
    const before = last.get(sample.device);
    if (!before || sample.takenAt >= before.takenAt) {
      last.set(sample.device, sample);
      if (before && (before.patient !== sample.patient || before.place !== sample.place)) {
        host.tick(sample.receivedAt);
        host.associationChanged(sample.device, sample.patient, sample.place);
      }
    }
    host.observe(sample);
  }
  for (let now = steps.at(-1)?.sample.receivedAt ?? START; now < end; now += 777) host.tick(now);
  host.tick(end);
  host.stop();
  return conditions;
};

describe('the shipped rules', () => {
  it('say the same live, with ticks at odd times, as in a replay without any (promise 7)', () => {
    let conditions = 0;
    fc.assert(
      fc.property(stream, (arrivals) => {
        const steps = stepsOf(arrivals);
        const end = (steps.at(-1)?.sample.receivedAt ?? START) + END_MS;
        const expected = replayed(steps, end);
        conditions += expected.length;
        expect(live(steps, end)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
    expect(conditions).toBeGreaterThan(1000);
  });

  it('say the same when replayed again', () => {
    fc.assert(
      fc.property(stream, (arrivals) => {
        const steps = stepsOf(arrivals);
        const end = (steps.at(-1)?.sample.receivedAt ?? START) + END_MS;
        expect(replayed(steps, end)).toEqual(replayed(steps, end));
      }),
      { numRuns: 30 },
    );
  });

  it('have a title, a source for their numbers, and a name of their own', () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    for (const rule of rules) {
      expect(rule.title).not.toBe('');
      expect(rule.sources.length).toBeGreaterThan(0);
      expect(rule.id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    }
  });

  it('are all in force as shipped', () => {
    expect(settings.rules.map(({ id }) => id)).toEqual(rules.map(({ id }) => id));
  });
});
