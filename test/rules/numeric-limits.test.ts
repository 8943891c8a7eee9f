import { describe, expect, it } from 'vitest';
import { numericLimits } from '../../rules/numeric-limits.ts';
import { runRule } from '../support/rule-run.ts';
import { numeric, START } from '../support/samples.ts';

const spo2 = { low: 90, extremeLow: 80, hysteresis: 2, onDelaySeconds: 15, offDelaySeconds: 5 };
const heartRate = { low: 50, high: 120, extremeLow: 40, extremeHigh: 140, hysteresis: 3, onDelaySeconds: 5 };

const watch = (limits: Record<string, unknown>, rest = {}) => runRule(numericLimits, { limits, ...rest });

/** One value a second, from a second on. */
const seconds = (metric: string, from: number, values: readonly (number | null)[]) =>
  values.map((value, i) => numeric(metric, from + i, value));

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('numeric limits: on-delay (standards.md 9, vector 2)', () => {
  it('lets a dip of 10 s pass', () => {
    const run = watch({ spo2 });
    run.give(...seconds('spo2', 0, [97, ...times(10, 88), 97, 97]));
    run.until(60);
    expect(run.lines()).toEqual(['0 spo2-low off']);
  });

  it('raises one alert 15 s after the onset of a dip of 16 s', () => {
    const run = watch({ spo2 });
    run.give(...seconds('spo2', 0, times(17, 88)));
    expect(run.lines()).toEqual(['15 spo2-low on']);
    expect(run.said[0]).toMatchObject({ priority: 'medium', message: 'SpO₂ 88 < 90 %', limit: 90, at: START + 15_000 });
  });

  it('raises at 15 s even where no sample comes at that moment', () => {
    const run = watch({ spo2 });
    run.give(numeric('spo2', 0, 88), numeric('spo2', 8.5, 87));
    run.until(14.999);
    expect(run.lines()).toEqual([]);
    run.until(15);
    expect(run.lines()).toEqual(['15 spo2-low on']);
  });

  it('does not wait beyond the extreme limit', () => {
    const run = watch({ spo2 });
    run.give(...seconds('spo2', 0, [88, 88, 88, 79]));
    expect(run.lines()).toEqual(['3 spo2-low on']);
    expect(run.said[0]).toMatchObject({ priority: 'high', value: 79 });
  });

  it('becomes more urgent when it gets extreme later', () => {
    const run = watch({ spo2: { ...spo2, extremeLatching: true } });
    run.give(...seconds('spo2', 0, times(17, 88)), numeric('spo2', 17, 78));
    expect(run.said.map(({ priority, latching }) => [priority, latching])).toEqual([
      ['medium', false],
      ['high', true],
    ]);
  });

  it('waits for the extreme limit’s own delay, and forgets it when the value is only beyond the plain one', () => {
    const limits = { spo2: { ...spo2, onDelaySeconds: 5, extremeDelaySeconds: 10 } };
    const short = watch(limits);
    short.give(...seconds('spo2', 0, [79, 79, 79, ...times(20, 85)]));
    expect(short.said.map(({ priority }) => priority)).toEqual(['medium']);
    const long = watch(limits);
    long.give(...seconds('spo2', 0, times(20, 79)));
    expect(long.lines()).toEqual(['5 spo2-low on', '10 spo2-low on']);
    expect(long.said.map(({ priority }) => priority)).toEqual(['medium', 'high']);
  });

  it('does not alarm again within the hysteresis, and ends after the off-delay', () => {
    const run = watch({ spo2: { ...spo2, low: 88, onDelaySeconds: 0 } });
    run.give(...seconds('spo2', 0, [87, 88, 87, 88, 89, 87, 90, 90]));
    run.until(10.999);
    expect(run.lines()).toEqual(['0 spo2-low on']);
    run.until(11);
    expect(run.lines()).toEqual(['0 spo2-low on', '11 spo2-low off']);
  });

  it('does not end while values fall back within the off-delay', () => {
    const run = watch({ spo2: { ...spo2, onDelaySeconds: 0 } });
    run.give(...seconds('spo2', 0, [85, 93, 93, 85, 93, 93]));
    run.until(8);
    expect(run.lines()).toEqual(['0 spo2-low on']);
    run.until(9);
    expect(run.lines().at(-1)).toBe('9 spo2-low off');
  });

  it('bypasses the delay on a fast change that ends beyond the limit, where the site gives one', () => {
    const fastChange = { by: 30, withinSeconds: 5 };
    const fast = watch({ 'heart-rate': { ...heartRate, fastChange } });
    fast.give(...seconds('heart-rate', 0, [90, 90, 125]));
    expect(fast.lines()).toContain('2 heart-rate-high on');
    const slow = watch({ 'heart-rate': { ...heartRate, fastChange } });
    slow.give(...seconds('heart-rate', 0, [100, 105, 110, 115, 125]));
    expect(slow.lines()).not.toContain('4 heart-rate-high on');
  });

  it('says high and low apart, with the limit that was broken', () => {
    const run = watch({ 'heart-rate': { ...heartRate, onDelaySeconds: 0 } });
    run.give(numeric('heart-rate', 0, 148));
    expect(run.said.find(({ state }) => state === 'on')).toMatchObject({
      code: 'heart-rate-high',
      message: 'HR 148 > 120 /min',
      priority: 'high',
      limit: 120,
      metric: 'heart-rate',
    });
    run.give(numeric('heart-rate', 1, 45));
    expect(run.lines()).toEqual([
      '0 heart-rate-high on',
      '0 heart-rate-low off',
      '1 heart-rate-high off',
      '1 heart-rate-low on',
    ]);
  });

  it('raises on a step from 80 to 120 and to 40 within 10 s, as shipped (IEC 60601-2-27, standards.md 4.4)', () => {
    const shipped = { low: 50, high: 119, extremeLow: 40, extremeHigh: 140, hysteresis: 3, onDelaySeconds: 5 };
    for (const [value, code] of [
      [120, 'heart-rate-high'],
      [40, 'heart-rate-low'],
    ] as const) {
      const run = watch({ 'heart-rate': shipped });
      run.give(...seconds('heart-rate', 0, [80, ...times(10, value)]));
      const on = run.lines().find((line) => line === `6 ${code} on`);
      expect(on).toBeDefined();
    }
  });
});

describe('numeric limits: what is not a value', () => {
  const limits = { spo2: { ...spo2, onDelaySeconds: 0, offDelaySeconds: 0 } };

  it('does not end an alert: it is unknown after a hold', () => {
    const run = watch(limits, { unknownAfterSeconds: 10 });
    run.give(numeric('spo2', 0, 85), ...seconds('spo2', 1, times(12, null)));
    expect(run.lines()).toEqual(['0 spo2-low on', '11 spo2-low unknown']);
    run.give(numeric('spo2', 13, 85));
    expect(run.lines().at(-1)).toBe('13 spo2-low on');
  });

  it('of bad quality decides nothing', () => {
    const run = watch(limits);
    run.give(numeric('spo2', 0, 97), numeric('spo2', 1, 60, { quality: 'invalid', reasons: ['sensor-off'] }));
    expect(run.lines()).toEqual(['0 spo2-low off']);
    run.give(numeric('spo2', 2, 60, { quality: 'questionable' }));
    expect(run.lines().at(-1)).toBe('2 spo2-low on');
  });

  it('a short gap changes nothing', () => {
    const run = watch(limits, { unknownAfterSeconds: 10 });
    run.give(numeric('spo2', 0, 97), numeric('spo2', 1, null), numeric('spo2', 2, 97));
    run.until(60);
    expect(run.lines()).toEqual(['0 spo2-low off']);
  });

  it('and no sample at all makes it unknown too, where a site says how long', () => {
    const run = watch({ spo2: { ...limits.spo2, absentAfterSeconds: 30 } });
    run.give(...seconds('spo2', 0, [97, 97, 97]));
    run.until(31.9);
    expect(run.lines()).toEqual(['0 spo2-low off']);
    run.until(32);
    expect(run.lines().at(-1)).toBe('32 spo2-low unknown');
    run.give(numeric('spo2', 40, 97));
    expect(run.lines().at(-1)).toBe('40 spo2-low off');
    run.until(70);
    expect(run.lines().at(-1)).toBe('70 spo2-low unknown');
  });

  it('a violation that was still waiting is not raised from a value that is gone', () => {
    const run = watch({ spo2: { ...spo2, absentAfterSeconds: 10 } });
    run.give(numeric('spo2', 0, 88));
    run.until(60);
    expect(run.lines()).toEqual(['10 spo2-low unknown']);
  });
});

describe('numeric limits: devices and time', () => {
  it('keeps two devices of one patient apart', () => {
    const run = watch({ spo2: { ...spo2, onDelaySeconds: 0 } });
    run.give(numeric('spo2', 0, 85, { device: 'a' }), numeric('spo2', 0, 97, { device: 'b' }));
    expect(run.said.map(({ device, state }) => [device, state])).toEqual([
      ['a', 'on'],
      ['b', 'off'],
    ]);
  });

  it('counts the delay from when it was measured, and not from a clock that is ahead', () => {
    const held = watch({ spo2 });
    held.give(numeric('spo2', 10, 88, { takenAt: START }));
    held.until(15);
    expect(held.lines()).toEqual(['15 spo2-low on']);
    const ahead = watch({ spo2 });
    ahead.give(numeric('spo2', 0, 88, { takenAt: START + 100_000 }));
    ahead.until(15);
    expect(ahead.lines()).toEqual(['15 spo2-low on']);
  });

  it('does not let an older cuff reading overrule a newer one', () => {
    const run = watch({ 'nibp-systolic': { low: 90, high: 160, hysteresis: 5 } });
    run.give(numeric('nibp-systolic', 100, 185), numeric('nibp-systolic', 101, 120, { takenAt: START }));
    expect(run.lines()).toEqual(['100 nibp-systolic-high on', '100 nibp-systolic-low off']);
  });

  it('uses "below" and "above" only where they are certain', () => {
    const limits = { 'heart-rate': { low: 50, high: 120 } };
    const below = watch(limits);
    below.give(numeric('heart-rate', 0, 30, { comparator: '<' }));
    expect(below.lines()).toEqual(['0 heart-rate-high off', '0 heart-rate-low on']);
    const above = watch(limits);
    above.give(numeric('heart-rate', 0, 30, { comparator: '>' }));
    expect(above.lines()).toEqual([]);
  });

  it('says which limits are in force', () => {
    const parameters = numericLimits.parameters.parse({ limits: { spo2, 'heart-rate': heartRate } });
    expect(numericLimits.limits?.(parameters, { kind: 'patient', id: 'p1' })).toEqual([
      { metric: 'spo2', low: 90, high: null },
      { metric: 'heart-rate', low: 50, high: 120 },
    ]);
  });

  it('rejects limits that make no sense', () => {
    const isFine = (limits: unknown) => numericLimits.parameters.safeParse({ limits }).success;
    expect(isFine({ spo2 })).toBe(true);
    expect(isFine({ spo3: spo2 })).toBe(false);
    expect(isFine({ 'ecg-lead-ii': { high: 2 } })).toBe(false);
    expect(isFine({ 'heart-rate': { low: 120, high: 50 } })).toBe(false);
    expect(isFine({ 'heart-rate': { low: 50, extremeLow: 60 } })).toBe(false);
    expect(isFine({ 'heart-rate': { high: 120, extremeHigh: 110 } })).toBe(false);
    expect(isFine({ 'heart-rate': { high: 120, hight: 110 } })).toBe(false);
  });
});
