import { describe, expect, it } from 'vitest';
import type { DriverNumeric, DriverSample } from '../../../drivers/kit/contract.ts';
import { type NormaliseContext, normalise } from '../../../gateway/ingest/normalise.ts';

const receivedAt = Date.parse('2026-11-22T17:00:00Z');
const context = (changes: Partial<NormaliseContext> = {}): NormaliseContext => ({
  device: 'meter-1',
  receivedAt,
  arrival: 0,
  digest: 'd1',
  simulated: false,
  timeZone: 'Europe/Rome',
  clock: null,
  subjectAt: () => ({ patient: 'p1', place: 'bed-1' }),
  ...changes,
});

const numeric = (changes: Partial<DriverNumeric> = {}): DriverNumeric => ({
  kind: 'numeric',
  metric: 'heart-rate',
  value: 72,
  unit: '/min',
  ...changes,
});

const local = (hour: number, minute = 0) => ({
  kind: 'local' as const,
  local: { year: 2026, month: 11, day: 22, hour, minute, second: 0 },
  text: `11/22/26 ${hour}:${minute}`,
});

const one = (sample: DriverSample, changes: Partial<NormaliseContext> = {}) => {
  const [first] = normalise([sample], context(changes));
  if (first?.kind !== 'numeric') throw new Error('expected a numeric sample');
  return first;
};

describe('normalising a value', () => {
  it('keeps what is good', () => {
    expect(one(numeric())).toMatchObject({
      value: 72,
      quality: 'good',
      reasons: [],
      original: null,
      takenAt: receivedAt,
      timeSource: 'gateway',
      patient: 'p1',
      place: 'bed-1',
    });
  });

  it('converts to the unit of the catalogue and keeps the original', () => {
    const glucose = one(numeric({ metric: 'glucose', value: 5.5, unit: 'mmol/L' }));
    expect(glucose.value).toBeCloseTo(99.09, 2);
    expect(glucose).toMatchObject({ unit: 'mg/dL', original: { value: 5.5, unit: 'mmol/L' } });
    expect(one(numeric({ metric: 'nibp-systolic', value: 16, unit: 'kPa' })).value).toBeCloseTo(120.01, 2);
    expect(one(numeric({ metric: 'air-temperature', value: 98.6, unit: '[degF]' })).value).toBeCloseTo(37, 6);
  });

  it('makes no number of a unit it does not know for the metric', () => {
    expect(one(numeric({ unit: 'mV' }))).toMatchObject({ value: null, quality: 'invalid', reasons: ['unknown-unit'] });
  });

  it('never invents a value: null and not-a-number are missing, with a reason', () => {
    expect(one(numeric({ value: null, reasons: ['lead-off'] }))).toMatchObject({
      value: null,
      quality: 'missing',
      reasons: ['lead-off'],
    });
    expect(one(numeric({ value: Number.NaN }))).toMatchObject({
      value: null,
      quality: 'missing',
      reasons: ['not-measured'],
    });
  });

  it('flags what is implausible and refuses what is impossible', () => {
    expect(one(numeric({ value: 12 })).quality).toBe('questionable');
    expect(one(numeric({ value: 400 })).quality).toBe('invalid');
    expect(one(numeric({ value: 400 })).reasons).toContain('implausible');
  });

  it('does not call a meter’s LO implausible', () => {
    expect(one(numeric({ metric: 'glucose', value: 20, unit: 'mg/dL', comparator: '<' }))).toMatchObject({
      quality: 'good',
      comparator: '<',
    });
  });

  it('marks a pressure whose mean is outside its systolic and diastolic', () => {
    const pressures = [120, 80, 130].map((value, index) =>
      numeric({ metric: ['nibp-systolic', 'nibp-diastolic', 'nibp-mean'][index] ?? '', value, unit: 'mm[Hg]' }),
    );
    const samples = normalise(pressures, context());
    expect(samples.map((sample) => sample.quality)).toEqual(['questionable', 'questionable', 'questionable']);
    expect(new Set(samples.map((sample) => sample.measurement)).size).toBe(1);
  });

  it('marks everything of a simulated device, and a doubtful value stays doubtful', () => {
    expect(one(numeric(), { simulated: true })).toMatchObject({ quality: 'simulated', reasons: ['simulated'] });
    expect(one(numeric({ value: 12 }), { simulated: true }).quality).toBe('questionable');
  });
});

describe('event time', () => {
  const reading = numeric({ metric: 'glucose', value: 104, unit: 'mg/dL', taken: local(17, 40) });

  it('takes a device’s local time in the zone of the site', () => {
    const sample = one(reading, { clock: { offsetMs: 1000, readAt: receivedAt } });
    expect(new Date(sample.takenAt).toISOString()).toBe('2026-11-22T16:40:00.000Z');
    expect(sample).toMatchObject({
      timeSource: 'device',
      deviceTime: '11/22/26 17:40',
      quality: 'good',
      clockOffsetMs: 1000,
    });
  });

  it('corrects a clock that is off, and says so', () => {
    const sample = one(reading, { clock: { offsetMs: 3_600_000, readAt: receivedAt } });
    expect(new Date(sample.takenAt).toISOString()).toBe('2026-11-22T15:40:00.000Z');
    expect(sample).toMatchObject({ timeSource: 'device-corrected', reasons: ['clock-corrected'] });
  });

  it('does not believe the future', () => {
    expect(one(numeric({ taken: local(19) }))).toMatchObject({
      takenAt: receivedAt,
      timeSource: 'gateway',
      quality: 'questionable',
      reasons: ['future-time'],
    });
  });

  it('asks who was on the device then, not now', () => {
    const asked: number[] = [];
    one(reading, {
      subjectAt: (takenAt) => {
        asked.push(takenAt);
        return { patient: null, place: null };
      },
    });
    expect(asked).toEqual([Date.parse('2026-11-22T16:40:00Z')]);
  });
});

describe('identity', () => {
  const reading = numeric({ metric: 'glucose', value: 104, unit: 'mg/dL', taken: local(17, 40), sequence: 3 });

  it('is the same however often, whenever and with whatever clock correction a reading arrives', () => {
    const first = one(reading);
    const again = one(reading, {
      receivedAt: receivedAt + 86_400_000,
      arrival: 9,
      clock: { offsetMs: 7_200_000, readAt: 0 },
    });
    expect(again.id).toBe(first.id);
    expect(again.measurement).toBe(first.measurement);
  });

  it('differs by device, metric, time and sequence', () => {
    const ids = [
      one(reading),
      one(reading, { device: 'meter-2' }),
      one({ ...reading, metric: 'glucose-control' }),
      one({ ...reading, taken: local(17, 41) }),
      one({ ...reading, sequence: 4 }),
    ].map((sample) => sample.id);
    expect(new Set(ids).size).toBe(5);
  });

  it('without a time or sequence each arrival is a reading of its own', () => {
    expect(one(numeric()).id).not.toBe(one(numeric(), { arrival: 1 }).id);
  });
});

describe('a waveform block', () => {
  it('ends when its message came', () => {
    const [block] = normalise(
      [
        {
          kind: 'waveform',
          metric: 'ecg-lead-ii',
          unit: 'uV',
          rateHz: 200,
          scale: 20,
          offset: -2000,
          raw: Array(200).fill(100),
        },
      ],
      context(),
    );
    expect(block).toMatchObject({
      takenAt: receivedAt - 1000,
      endsAt: receivedAt,
      unit: 'mV',
      scale: 0.02,
      offset: -2,
    });
  });
});
