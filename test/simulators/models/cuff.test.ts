import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CuffMeasurement } from '../../../simulators/models/cuff.ts';

const artery = { systolic: 122, diastolic: 76, heartRate: 72 };

const arteries = fc
  .record({
    diastolic: fc.integer({ min: 50, max: 100 }),
    pulse: fc.integer({ min: 25, max: 60 }),
    heartRate: fc.integer({ min: 50, max: 140 }),
  })
  .map(({ diastolic, pulse, heartRate }) => ({ diastolic, systolic: diastolic + pulse, heartRate }));

describe('the cuff', () => {
  it('finds what is in the artery within the errors that ISO 81060-2 allows: mean 5, deviation 8', () => {
    const errors: number[] = [];
    fc.assert(
      fc.property(arteries, fc.string(), (truth, seed) => {
        const { result } = new CuffMeasurement({ seed, artery: truth, lastSystolic: truth.systolic });
        if (!result.ok) throw new Error(result.code);
        errors.push(result.systolic - truth.systolic, result.diastolic - truth.diastolic);
        expect(result.systolic > result.mean && result.mean > result.diastolic).toBe(true);
        expect(Math.abs(result.systolic - truth.systolic)).toBeLessThanOrEqual(12);
        expect(Math.abs(result.diastolic - truth.diastolic)).toBeLessThanOrEqual(12);
        expect(Math.abs(result.pulseRate - truth.heartRate)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const deviation = Math.sqrt(errors.reduce((sum, error) => sum + (error - mean) ** 2, 0) / errors.length);
    expect(Math.abs(mean)).toBeLessThan(5);
    expect(deviation).toBeLessThan(8);
  });

  it('takes about half a minute: inflates, deflates with a pulse on it, vents', () => {
    const cuff = new CuffMeasurement({ seed: 'a', artery });
    expect(cuff.durationMs).toBeGreaterThan(25_000);
    expect(cuff.durationMs).toBeLessThan(45_000);
    expect([1_000, 20_000, cuff.durationMs - 500, cuff.durationMs].map((ms) => cuff.phaseAt(ms))).toEqual([
      'inflating',
      'deflating',
      'venting',
      'done',
    ]);
    let rises = 0;
    for (let ms = 8_000; ms < 30_000; ms += 20) if (cuff.pressureAt(ms + 20) > cuff.pressureAt(ms)) rises++;
    expect(rises).toBeGreaterThan(20);
    expect(cuff.pressureAt(0)).toBe(0);
    expect(cuff.pressureAt(cuff.durationMs + 1)).toBe(0);
  });

  it.each([
    ['leak', 'leak'],
    ['motion', 'motion'],
    ['weak-pulse', 'weak-signal'],
    ['overpressure', 'overpressure'],
  ] as const)('gives no value with the fault %s, but its reason', (fault, code) => {
    fc.assert(
      fc.property(fc.string(), arteries, (seed, truth) => {
        expect(new CuffMeasurement({ seed, artery: truth, fault }).result).toEqual({ ok: false, code });
      }),
    );
  });

  it('gives no value where there is no pulse, or where it was not inflated far enough', () => {
    expect(new CuffMeasurement({ seed: 'a', artery: null }).result).toEqual({ ok: false, code: 'weak-signal' });
    const high = { systolic: 230, diastolic: 150, heartRate: 90 };
    expect(new CuffMeasurement({ seed: 'a', artery: high }).result).toEqual({ ok: false, code: 'out-of-range' });
    expect(new CuffMeasurement({ seed: 'a', artery: high, lastSystolic: 230 }).result.ok).toBe(true);
  });

  it('never presses more than 300 mmHg nor less than nothing, and is the same from its seed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(undefined, 'leak', 'motion', 'weak-pulse', 'overpressure' as const),
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: -1_000, max: 90_000 }),
        (fault, lastSystolic, ms) => {
          const options = { seed: 'p', artery, lastSystolic, ...(fault ? { fault } : {}) } as const;
          const pressure = new CuffMeasurement(options).pressureAt(ms);
          expect(pressure).toBeGreaterThanOrEqual(0);
          expect(pressure).toBeLessThanOrEqual(306);
          expect(new CuffMeasurement(options).pressureAt(ms)).toBe(pressure);
        },
      ),
    );
  });
});
