import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GlucosePatient, glucoseMeter } from '../../../simulators/models/glucose.ts';

const startMs = Date.UTC(2026, 10, 26, 6);
const minutes = (count: number) => startMs + count * 60_000;

const course = (patient: GlucosePatient, until: number) => {
  const values: number[] = [];
  for (let minute = 0; minute <= until; minute++) values.push(patient.at(minutes(minute)));
  return values;
};

describe('the glucose model', () => {
  it('stays where it is without food or insulin, and returns there', () => {
    expect(new GlucosePatient({ startMs }).at(minutes(600))).toBeCloseTo(81, 6);
    const high = course(new GlucosePatient({ startMs, initial: 250 }), 600);
    expect(high.at(-1)).toBeCloseTo(81, 0);
    for (const [index, value] of high.entries()) if (index > 0) expect(value).toBeLessThanOrEqual(high[index - 1] ?? 0);
  });

  it('rises after a meal, is highest after about an hour, and comes down', () => {
    const patient = new GlucosePatient({ startMs });
    patient.eat(minutes(30), 50);
    const values = course(patient, 600);
    const top = Math.max(...values);
    expect(top).toBeGreaterThan(150);
    expect(top).toBeLessThan(400);
    expect(values.indexOf(top)).toBeGreaterThan(60);
    expect(values.indexOf(top)).toBeLessThan(180);
    expect(values.at(-1)).toBeLessThan(90);
  });

  it('falls after insulin: more of it, lower', () => {
    const lowest = (units: number) => {
      const patient = new GlucosePatient({ startMs, initial: 180 });
      patient.inject(minutes(10), units);
      return Math.min(...course(patient, 300));
    };
    expect(lowest(1)).toBeLessThan(lowest(0));
    expect(lowest(6)).toBeLessThan(54);
  });

  it('remains a concentration, whatever is eaten and injected, and does not depend on how it is asked for', () => {
    const dose = fc.record({
      minute: fc.integer({ min: 0, max: 600 }),
      amount: fc.double({ min: 0, max: 150, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(dose, { maxLength: 6 }), fc.array(dose, { maxLength: 6 }), (meals, boluses) => {
        const make = () => {
          const patient = new GlucosePatient({ startMs });
          for (const { minute, amount } of meals) patient.eat(minutes(minute), amount);
          for (const { minute, amount } of boluses) patient.inject(minutes(minute), amount / 5);
          return patient;
        };
        const values = course(make(), 700);
        for (const value of values) expect(value > 0 && value < 10_000).toBe(true);
        expect(make().at(minutes(700))).toBe(values.at(-1));
      }),
    );
  });

  it('is read by a meter that keeps its records, newest first, and shows LO and HI instead of numbers', () => {
    const levels = [19, 20, 100, 600, 601];
    const patient = { at: (ms: number) => levels[(ms - startMs) / 60_000] ?? 0 };
    const meter = glucoseMeter({ seed: 'm', patient });
    for (const index of levels.keys()) meter.measure(minutes(index));
    expect(meter.records.map(({ value, shown }) => value ?? shown)).toEqual(['HI', 600, 100, 20, 'LO']);
    expect(meter.records[0]?.atMs).toBe(minutes(4));
  });

  it('is read with the error of the meter', () => {
    const meter = glucoseMeter({ seed: 'm', patient: { at: () => 100 }, errorPercent: 5 });
    const values = Array.from({ length: 500 }, () => meter.measure(startMs).value ?? 0);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean - 100)).toBeLessThan(1);
    expect(new Set(values).size).toBeGreaterThan(10);
  });
});
