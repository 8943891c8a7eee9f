import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { glucoseCritical } from '../../rules/glucose-critical.ts';
import { runRule } from '../support/rule-run.ts';
import { numeric, START } from '../support/samples.ts';

/** As shipped: standards.md 4.5. */
const bands = { criticalLow: 54, low: 70, high: 250, criticalHigh: 450 };
const watch = () => runRule(glucoseCritical, bands);

/** What is on after one result: code and priority. */
const alertsAfter = (value: number, comparator: '<' | '>' | null = null) => {
  const run = watch();
  run.give(numeric('glucose', 0, value, { comparator }));
  return run.said.flatMap(({ code, state, priority }) => (state === 'on' ? [`${code} ${priority}`] : []));
};

describe('glucose', () => {
  it.each([
    [39, ['glucose-low high']],
    [53.9, ['glucose-low high']],
    [54, ['glucose-low medium']],
    [69, ['glucose-low medium']],
    [70, []],
    [180, []],
    [250, []],
    [251, ['glucose-high medium']],
    [450, ['glucose-high medium']],
    [451, ['glucose-high high']],
  ])('%d mg/dL', (value, expected) => {
    expect(alertsAfter(value)).toEqual(expected);
  });

  it('takes LO and HI for beyond every limit', () => {
    expect(alertsAfter(20, '<')).toEqual(['glucose-low high']);
    expect(alertsAfter(600, '>')).toEqual(['glucose-high high']);
    const run = watch();
    run.give(numeric('glucose', 0, 20, { comparator: '<' }));
    expect(run.said[0]).toMatchObject({ message: 'GLU LO < 54 mg/dL, critically low', latching: true });
  });

  it('does not guess where "below" does not reach a limit', () => {
    const run = watch();
    run.give(numeric('glucose', 0, 100, { comparator: '<' }));
    expect(run.lines()).toEqual(['0 glucose-low unknown', '0 glucose-high off']);
    run.give(numeric('glucose', 1, 300, { comparator: '<' }));
    expect(run.lines().slice(2)).toEqual(['1 glucose-low unknown', '1 glucose-high unknown']);
  });

  it('ends with the next result that is back inside, from whichever meter', () => {
    const run = watch();
    run.give(numeric('glucose', 0, 45, { device: 'meter-1' }), numeric('glucose', 900, 95, { device: 'meter-2' }));
    expect(run.lines()).toContain('0 glucose-low on');
    expect(run.lines().at(-2)).toBe('900 glucose-low off');
  });

  it('does not let an older record overrule a newer one: meters are read newest first', () => {
    const run = watch();
    run.give(numeric('glucose', 100, 95), numeric('glucose', 100, 40, { takenAt: START + 1000 }));
    expect(run.lines()).toEqual(['100 glucose-low off', '100 glucose-high off']);
  });

  it('decides nothing without a usable value', () => {
    const run = watch();
    run.give(
      numeric('glucose', 0, null),
      numeric('glucose', 1, 40, { quality: 'invalid', reasons: ['control-solution'] }),
    );
    expect(run.said).toEqual([]);
  });

  it('is never low and high at once, and more urgent the further out', () => {
    fc.assert(
      fc.property(fc.double({ min: 10, max: 1500, noNaN: true }), (value) => {
        const on = alertsAfter(value);
        expect(on.length).toBeLessThan(2);
        expect(on.some((line) => line.endsWith('high high') || line.endsWith('low high'))).toBe(
          value < bands.criticalLow || value > bands.criticalHigh,
        );
      }),
    );
  });
});
