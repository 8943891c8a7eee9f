import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rhythms } from '../../../simulators/models/ekg-rhythm.ts';
import { SimulatedPatient } from '../../../simulators/models/patient.ts';
import { calmAdult, VitalSigns, type VitalsNow } from '../../../simulators/models/vital-signs.ts';

const startMs = Date.UTC(2026, 10, 26, 8);
const minutes = (count: number) => startMs + count * 60_000;

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const correlation = (a: readonly number[], b: readonly number[]) => {
  const [ma, mb] = [mean(a), mean(b)];
  const sum = (f: (x: number, y: number) => number) =>
    a.reduce((total, x, index) => total + f(x - ma, (b[index] ?? 0) - mb), 0);
  return sum((x, y) => x * y) / Math.sqrt(sum((x) => x * x) * sum((_, y) => y * y));
};

describe('the vital signs of a simulated patient', () => {
  it('wander about their means, within what a body can have', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const patient = new VitalSigns({ seed, startMs });
        for (let minute = 0; minute < 240; minute += 5) {
          const now = patient.at(minutes(minute));
          expect(now.heartRate).toBeGreaterThan(calmAdult.heartRate - 40);
          expect(now.heartRate).toBeLessThan(calmAdult.heartRate + 40);
          expect(now.spo2).toBeLessThanOrEqual(100);
          expect(now.spo2).toBeGreaterThan(92);
          expect(now.systolic > now.mean && now.mean > now.diastolic).toBe(true);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('are the same from the same seed, however often they are asked for', () => {
    const often = new VitalSigns({ seed: 'a', startMs });
    for (let ms = startMs; ms < minutes(20); ms += 700) often.at(ms);
    expect(often.at(minutes(20))).toEqual(new VitalSigns({ seed: 'a', startMs }).at(minutes(20)));
    expect(often.at(minutes(20))).not.toEqual(new VitalSigns({ seed: 'b', startMs }).at(minutes(20)));
  });

  it('follow a course: a deterioration over ten minutes', () => {
    const patient = new VitalSigns({
      seed: 'worse',
      startMs,
      liveliness: 0,
      course: [
        { minute: 5, to: { spo2: 97, respirationRate: 15 } },
        { minute: 15, to: { spo2: 85, respirationRate: 30 } },
      ],
    });
    const at = (minute: number): VitalsNow => patient.at(minutes(minute));
    expect(at(5).spo2).toBe(97);
    expect(at(10)).toMatchObject({ spo2: 91, respirationRate: 22.5, heartRate: calmAdult.heartRate });
    expect([at(15).spo2, at(60).spo2]).toEqual([85, 85]);
  });

  it('let the heart slow down when pressure swings up, and quicken when it falls', () => {
    const patient = new VitalSigns({ seed: 'reflex', startMs });
    const [pressures, rates]: [number[], number[]] = [[], []];
    for (let minute = 1; minute < 2_000; minute++) {
      pressures.push(patient.at(minutes(minute)).mean);
      rates.push(patient.at(minutes(minute) + 7_000).heartRate);
    }
    expect(correlation(pressures, rates)).toBeLessThan(-0.3);
  });

  it('breathe as often as they say', () => {
    const patient = new VitalSigns({ seed: 'breath', startMs, liveliness: 0, baseline: { respirationRate: 18 } });
    const wave = patient.respiration(startMs, minutes(2), 25);
    const breaths = wave.filter((value, index) => value > 0 && (wave[index - 1] ?? 0) <= 0).length;
    expect(Math.abs(breaths - 36)).toBeLessThanOrEqual(1);
    const still = new VitalSigns({ seed: 'apnoea', startMs, liveliness: 0, baseline: { respirationRate: 0 } });
    expect(Math.max(...still.respiration(startMs, minutes(1), 25).map(Math.abs))).toBe(0);
  });
});

describe('a simulated patient', () => {
  const patient = (options = {}) => new SimulatedPatient({ seed: 'bed-4', startMs, ...options });

  it('has one heart: the EKG, the pulse and the vital signs agree', () => {
    const model = patient({ baseline: { heartRate: 90 } });
    const now = model.at(minutes(2));
    expect(Math.abs((now.heartRate ?? 0) - model.vitals.at(minutes(2)).heartRate)).toBeLessThan(5);
    expect(now.pulseRate).toBeCloseTo(now.heartRate ?? 0, 6);
    const wave = model.pleth(minutes(2), minutes(3), 50);
    const pulses = wave.filter((value, index) => value > 0.5 && (wave[index - 1] ?? 0) <= 0.5).length;
    expect(Math.abs(pulses - model.ekg.beats(minutes(2), minutes(3)).length)).toBeLessThanOrEqual(1);
  });

  it('has no pulse, saturation or pressure in arrest, and has them again after it', () => {
    const model = patient();
    model.change(minutes(1), { rhythm: 'ventricular-fibrillation' });
    expect(model.at(minutes(2))).toMatchObject({
      heartRate: null,
      pulseRate: null,
      spo2: null,
      systolic: null,
      mean: null,
    });
    expect(Math.max(...model.pleth(minutes(2), minutes(3), 50))).toBeLessThan(0.01);
    model.change(minutes(3), { rhythm: 'sinus' });
    expect(model.at(minutes(4)).spo2).toBeGreaterThan(90);
  });

  it('gives waves that do not depend on how they are asked for', () => {
    for (const rhythm of rhythms) {
      const whole = patient({ rhythm }).pleth(minutes(1), minutes(1) + 3_000, 50);
      const cut = patient({ rhythm });
      const pieces = [0, 1, 2].flatMap((second) => [
        ...cut.pleth(minutes(1) + second * 1000, minutes(1) + (second + 1) * 1000, 50),
      ]);
      expect(pieces).toHaveLength(whole.length);
      for (const [index, value] of whole.entries()) expect(pieces[index]).toBeCloseTo(value, 3);
    }
  });
});
