import { describe, expect, it } from 'vitest';
import { storageClimate } from '../../rules/storage-climate.ts';
import { runRule } from '../support/rule-run.ts';
import { numeric } from '../support/samples.ts';

const refrigerator = {
  title: 'Refrigerator',
  source: 'standards.md 5.1',
  limits: {
    'air-temperature': {
      low: 2,
      high: 8,
      extremeLow: 0.5,
      hysteresis: 0.5,
      onDelaySeconds: 300,
      extremeDelaySeconds: 60,
      offDelaySeconds: 60,
    },
  },
};
const store = {
  title: 'Records',
  source: 'standards.md 5.1',
  ventilation: true,
  limits: {
    'relative-humidity': { high: 55, hysteresis: 3, onDelaySeconds: 900, priority: 'low' },
    co2: { high: 1000, extremeHigh: 5000, hysteresis: 50, onDelaySeconds: 900 },
  },
};
const watch = (profile: string) =>
  runRule(
    storageClimate,
    { profiles: { refrigerator, store }, places: { here: profile }, notMeasuredAfterSeconds: 60 },
    { subject: { kind: 'place', id: 'here' } },
  );

/** One value every 10 s. */
const every10 = (metric: string, from: number, values: readonly number[]) =>
  values.map((value, i) => numeric(metric, from + 10 * i, value, { device: 'probe' }));
const times = (count: number, value: number): number[] => Array.from({ length: count }, () => value);

describe('storage climate', () => {
  it('lets a door opening pass, and not one that stays open', () => {
    const short = watch('refrigerator');
    short.give(...every10('air-temperature', 0, [5, ...times(25, 9.5), 6, 5]));
    expect(short.said.filter(({ state }) => state === 'on')).toEqual([]);
    const long = watch('refrigerator');
    long.give(...every10('air-temperature', 0, [5, ...times(40, 9.5)]));
    expect(long.lines()).toContain('310 air-temperature-high on');
    expect(long.said.at(-1)).toMatchObject({ kind: 'technical', priority: 'medium', message: 'T 9.5 > 8 °C' });
  });

  it('does not wait for the door when it freezes', () => {
    const run = watch('refrigerator');
    run.give(...every10('air-temperature', 0, [4, 1.5, ...times(10, 0.2)]));
    expect(run.lines()).toContain('80 air-temperature-low on');
    expect(run.said.at(-1)).toMatchObject({ priority: 'high' });
  });

  it('says that ventilation is not measured, for information, and never that it is fine', () => {
    const run = watch('store');
    run.give(...every10('relative-humidity', 0, times(10, 45)));
    expect(run.lines()).toContain('60 ventilation-not-measured on');
    expect(run.said.at(-1)).toMatchObject({ priority: 'information', message: 'Ventilation: not measured' });
    run.give(numeric('co2', 200, null, { device: 'meter' }));
    expect(run.lines().at(-1)).toBe('60 ventilation-not-measured on');
    run.give(numeric('co2', 210, 600, { device: 'meter' }));
    expect(run.lines()).toContain('210 ventilation-not-measured off');
  });

  it('says of every quantity of the profile that has no sensor that it is not measured', () => {
    const run = watch('refrigerator');
    run.until(100);
    expect(run.lines()).toEqual(['60 air-temperature-not-measured on']);
    expect(run.said[0]).toMatchObject({ priority: 'low', message: 'Air temperature: not measured' });
  });

  it('raises on carbon dioxide after a while, and at once where it is dangerous', () => {
    const run = watch('store');
    run.give(...every10('co2', 0, [500, ...times(91, 1200)]));
    expect(run.lines().at(-1)).toBe('910 co2-high on');
    run.give(numeric('co2', 1000, 5200, { device: 'probe' }));
    expect(run.said.at(-1)).toMatchObject({ priority: 'high' });
  });

  it('watches nothing in a place without a profile', () => {
    const run = watch('nothing');
    run.give(...every10('air-temperature', 0, times(100, 60)));
    expect(run.said).toEqual([]);
  });
});
