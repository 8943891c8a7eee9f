import { describe, expect, it } from 'vitest';
import { GlucosePatient } from '../../../simulators/models/glucose.ts';
import { SimulatedPatient } from '../../../simulators/models/patient.ts';
import { InfusionPump } from '../../../simulators/models/pump.ts';
import { inBlocks } from '../../../simulators/signals/blocks.ts';
import { moistAir } from '../../../simulators/signals/climate-values.ts';
import { cuffSignals } from '../../../simulators/signals/cuff-signals.ts';
import { meterSignals } from '../../../simulators/signals/meter-signals.ts';
import { monitorSignals } from '../../../simulators/signals/monitor-signals.ts';
import { alarmWord, pumpSignals } from '../../../simulators/signals/pump-signals.ts';

const START = Date.UTC(2026, 10, 26, 9);
const patientOf = (seed = 'p') => new SimulatedPatient({ seed, startMs: START });

describe('a wave in blocks', () => {
  it('is the wave that the model gives, whatever the order of asking', () => {
    const wave = inBlocks(200, (from, to, rate) => patientOf().ekg.samples('II', from, to, rate));
    const whole = patientOf().ekg.samples('II', START + 1000, START + 4000, 200);
    for (const n of [0, 1, 199, 200, 599, 300, 5]) expect(wave(START + 1000 + n * 5)).toBe(whole[n]);
  });

  it('asks the model once a second', () => {
    let asked = 0;
    const wave = inBlocks(200, (from, to, rate) => {
      asked++;
      return new Float64Array(((to - from) * rate) / 1000);
    });
    // A message that does not begin on a whole second takes from two blocks.
    for (let second = 0; second < 10; second++) for (let n = 0; n < 200; n++) wave(START + 370 + second * 1000 + n * 5);
    expect(asked).toBe(11);
  });
});

describe('monitor signals', () => {
  it('stand a cuff reading until the next one, near the artery', () => {
    const patient = patientOf();
    const signals = monitorSignals({ patient, seed: 'm', startMs: START, cuffMinutes: 3 });
    expect(signals.cuff(START + 1000)).toBeNull();
    const first = signals.cuff(START + 10_000);
    const { systolic } = patient.at(START + 10_000);
    expect(Math.abs((first?.systolic ?? 0) - (systolic ?? 0))).toBeLessThan(10);
    expect(signals.cuff(START + 184_000)).toBe(first);
    expect(signals.cuff(START + 186_000)).not.toBe(first);
  });

  it('an arterial line swings between diastolic and systolic pressure; without one there is none', () => {
    const signals = monitorSignals({ patient: patientOf(), seed: 'm', startMs: START, arterialLine: true });
    const wave = Array.from({ length: 250 }, (_, n) => signals.arterial(START + 20_000 + n * 20) ?? 0);
    const numbers = signals.arterialNumbers(START + 22_000);
    expect(Math.max(...wave)).toBeGreaterThan((numbers?.systolic ?? 0) - 12);
    expect(Math.min(...wave)).toBeLessThan((numbers?.diastolic ?? 0) + 8);
    const without = monitorSignals({ patient: patientOf(), seed: 'm', startMs: START });
    expect(without.arterial(START + 20_000)).toBeNull();
    expect(without.arterialNumbers(START + 20_000)).toBeNull();
  });

  it('in arrest there is no pulse, no saturation and no pressure, never an old one', () => {
    const patient = patientOf();
    const signals = monitorSignals({ patient, seed: 'm', startMs: START, arterialLine: true });
    signals.heartRate(START + 20_000);
    patient.change(START + 20_000, { rhythm: 'asystole' });
    const t = START + 40_000;
    expect([signals.heartRate(t), signals.pulseRate(t), signals.spo2(t), signals.arterialNumbers(t)]).toEqual(
      Array(4).fill(null),
    );
  });
});

describe('cuff signals', () => {
  it.each([
    ['leak', 87],
    ['motion', 2],
    ['weak-pulse', 1],
    ['overpressure', 89],
  ] as const)('a fault (%s) is the error code of the module', (fault, error) => {
    const signals = cuffSignals({ patient: patientOf(), seed: 'c', fault: () => fault });
    expect(signals.reading(START + 30_000)).toEqual({ error });
  });
});

describe('pump signals', () => {
  it('tell the flow and the counted volume, and have a bit of their own for each alarm', () => {
    const pump = new InfusionPump({ startMs: START, rate: 60, volume: 100 });
    pump.start(START);
    const signals = pumpSignals(pump);
    expect(signals.rate(START + 60_000)).toBe(60);
    expect(signals.volume(START + 60_000)).toBeCloseTo(1, 3);
    expect(signals.alarm(START + 60_000)).toBe(0);
    pump.bubble(START + 61_000, 200);
    expect(signals.alarm(START + 62_000)).toBe(alarmWord('air-in-line'));
    expect(signals.rate(START + 62_000)).toBe(0);
    expect(
      new Set([null, 'occlusion', 'air-in-line', 'battery-empty'].map((a) => alarmWord(a as 'occlusion'))),
    ).toHaveLength(4);
  });
});

describe('meter signals', () => {
  it('hold what was measured up to now, each test once, out of range as such', () => {
    const tests = [1, 2, 3].map((n) => ({ atMs: START + n * 60_000 }));
    const signals = meterSignals({ patient: { at: (t) => (t < START + 150_000 ? 5 : 900) }, seed: 's', tests });
    expect(signals.entries(START)).toEqual([]);
    expect(signals.entries(START + 120_000).map(({ value }) => value < 20)).toEqual([true, true]);
    expect(signals.entries(START + 999_000).map(({ value }) => value > 600)).toEqual([false, false, true]);
    expect(signals.entries(START + 999_000)).toHaveLength(3);
  });

  it('are near the true glucose', () => {
    const signals = meterSignals({
      patient: new GlucosePatient({ startMs: START, initial: 120, basal: 120 }),
      seed: 's',
      tests: Array.from({ length: 20 }, (_, n) => ({ atMs: START + n * 60_000 })),
    });
    const values = signals.entries(START + 3_600_000).map(({ value }) => value);
    expect(values.every((value) => Math.abs(value - 120) < 25)).toBe(true);
    expect(new Set(values).size).toBeGreaterThan(3);
  });
});

describe('moist air', () => {
  it('of 20 °C and 50 % has its dew point at 9.3 °C and holds 8.6 g/m3 (psychrometric tables)', () => {
    const air = moistAir(20, 50);
    expect(air['dew-point']).toBeCloseTo(9.3, 1);
    expect(air['absolute-humidity']).toBeCloseTo(8.64, 1);
  });
});
