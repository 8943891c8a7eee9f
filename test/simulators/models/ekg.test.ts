import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ekg, type EkgOptions } from '../../../simulators/models/ekg.ts';
import { quiet } from '../../../simulators/models/ekg-noise.ts';
import { rhythms, usualRate } from '../../../simulators/models/ekg-rhythm.ts';

const startMs = Date.UTC(2026, 10, 26, 8);
const ekg = (options: Partial<EkgOptions> = {}) => new Ekg({ seed: 'bed-1', startMs, ...options });
const minute = { from: startMs + 10_000, to: startMs + 70_000 };

/** R peaks as a reader would count them: tops above half of the largest, a quarter second apart. */
const countPeaks = (samples: Float64Array, rateHz: number): number => {
  const threshold = 0.5 * Math.max(...samples);
  let [count, last] = [0, Number.NEGATIVE_INFINITY];
  for (const [index, value] of samples.entries()) {
    const isTop = value >= (samples[index - 1] ?? value) && value > (samples[index + 1] ?? value);
    if (isTop && value > threshold && index - last > 0.25 * rateHz) {
      count++;
      last = index;
    }
  }
  return count;
};

const intervals = (model: Ekg) => model.beats(minute.from, minute.to).map((beat) => beat.rrMs);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

describe('the EKG model', () => {
  it.each([40, 60, 72, 100, 135, 160])('shows %i R peaks in a minute of sinus rhythm, within one', (heartRate) => {
    const samples = ekg({ heartRate }).samples('II', minute.from, minute.to, 250);
    expect(Math.abs(countPeaks(samples, 250) - heartRate)).toBeLessThanOrEqual(1);
    expect(samples).toHaveLength(15_000);
  });

  it('has an R peak in lead II of about 1.2 mV, and a P wave before it', () => {
    const model = ekg({ heartRate: 60, noise: { ...quiet, wander: 0, muscle: 0, mains: 0 } });
    const beat = model.beats(minute.from, minute.to)[3];
    if (!beat) throw new Error('no beat');
    const samples = model.samples('II', beat.atMs - 300, beat.atMs + 400, 1000);
    expect(Math.max(...samples)).toBeGreaterThan(1);
    expect(Math.max(...samples)).toBeLessThan(1.4);
    expect(Math.max(...samples.slice(50, 160))).toBeGreaterThan(0.2);
    expect(Math.max(...samples.slice(200, 250))).toBeLessThan(0.1);
  });

  it('is the same in any chunking, from the same seed, and another from another', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...rhythms),
        fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom(50, 200, 250, 360),
        (rhythm, chunks, rateHz) => {
          const model = ekg({ rhythm });
          const pieces: number[] = [];
          let at = startMs + 3_000;
          const from = at;
          for (const chunk of chunks) {
            pieces.push(...model.samples('II', at, at + chunk, rateHz));
            at += chunk;
          }
          expect(pieces).toEqual([...ekg({ rhythm }).samples('II', from, at, rateHz)]);
          const other = [...ekg({ rhythm, seed: 'bed-2' }).samples('II', from, at, rateHz)];
          if (pieces.length > 0) expect(other).not.toEqual(pieces);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('obeys Einthoven: I and III make II', () => {
    const model = ekg({ rhythm: 'premature-ventricular' });
    const [one, two, three] = (['I', 'II', 'III'] as const).map((lead) =>
      model.samples(lead, minute.from, minute.to, 100),
    );
    for (const [index, value] of (two ?? []).entries()) {
      expect((one?.[index] ?? 0) + (three?.[index] ?? 0)).toBeCloseTo(value, 9);
    }
  });

  it('stays within what electrodes can show, in every rhythm and noise', () => {
    const noise = { wander: 0.3, muscle: 0.2, mains: 0.1, mainsHz: 60, motion: 1 } as const;
    for (const rhythm of rhythms) {
      for (const value of ekg({ rhythm, noise }).samples('II', minute.from, minute.to, 100)) {
        expect(Math.abs(value)).toBeLessThan(8);
      }
    }
  });

  it.each(rhythms.filter((rhythm) => usualRate[rhythm] !== null))('beats at its usual rate in %s', (rhythm) => {
    const beats = ekg({ rhythm }).beats(minute.from, minute.to);
    const usual = usualRate[rhythm] ?? 0;
    expect(Math.abs(beats.length - usual)).toBeLessThanOrEqual(rhythm === 'atrial-fibrillation' ? 12 : 2);
  });

  it('is irregular and without P waves in atrial fibrillation, regular in sinus rhythm and tachycardia', () => {
    const fibrillating = ekg({ rhythm: 'atrial-fibrillation' });
    expect(deviation(intervals(fibrillating)) / mean(intervals(fibrillating))).toBeGreaterThan(0.15);
    expect(Math.min(...intervals(fibrillating))).toBeGreaterThanOrEqual(300);
    expect(fibrillating.beats(minute.from, minute.to).some((beat) => beat.pWave)).toBe(false);
    expect(deviation(intervals(ekg())) / mean(intervals(ekg()))).toBeLessThan(0.06);
    expect(deviation(intervals(ekg({ rhythm: 'ventricular-tachycardia' })))).toBeLessThan(20);
  });

  it('lets a full pause follow a premature beat', () => {
    const beats = ekg({ rhythm: 'premature-ventricular' }).beats(minute.from, minute.to);
    const early = beats.findIndex((beat, index) => beat.kind === 'ventricular' && index < beats.length - 1);
    expect(early).toBeGreaterThanOrEqual(0);
    const [before, after] = [beats[early]?.rrMs ?? 0, beats[early + 1]?.rrMs ?? 0];
    expect(before + after).toBeCloseTo((2 * 60_000) / 72, 6);
    expect(before).toBeLessThan(0.71 * (60_000 / 72));
  });

  it('has no beats in fibrillation and asystole: one is chaos of 3 to 8 Hz, the other nearly nothing', () => {
    const flat = ekg({ rhythm: 'asystole', noise: { ...quiet, wander: 0 } });
    expect(flat.beats(startMs, minute.to)).toEqual([]);
    expect(flat.heartRateAt(minute.to)).toBeNull();
    for (const value of flat.samples('II', minute.from, minute.to, 250)) expect(Math.abs(value)).toBeLessThan(0.06);

    const chaos = ekg({ rhythm: 'ventricular-fibrillation' });
    const wave = chaos.samples('II', minute.from, minute.to, 250);
    expect(chaos.beats(startMs, minute.to)).toEqual([]);
    const crossings = wave.filter((value, index) => index > 0 && value > 0 && (wave[index - 1] ?? 0) <= 0).length;
    expect(crossings / 60).toBeGreaterThan(3);
    expect(crossings / 60).toBeLessThan(10);
    const size = Math.max(...wave) - Math.min(...wave);
    expect(size).toBeGreaterThan(0.5);
    expect(size).toBeLessThan(4);
  });

  it('stops and starts when a scenario says so, also after it was asked for', () => {
    const run = (askFirst: boolean) => {
      const model = ekg();
      if (askFirst) model.samples('II', startMs, startMs + 20_000, 250);
      model.change(startMs + 20_000, { rhythm: 'ventricular-fibrillation' });
      if (askFirst) model.samples('II', startMs + 20_000, startMs + 40_000, 250);
      model.change(startMs + 40_000, { rhythm: 'sinus', heartRate: 50 });
      return model;
    };
    expect(run(true).beats(startMs, startMs + 60_000)).toEqual(run(false).beats(startMs, startMs + 60_000));
    expect(run(true).beats(startMs + 20_000, startMs + 40_000)).toEqual([]);
    expect(Math.abs((run(true).heartRateAt(startMs + 60_000) ?? 0) - 50)).toBeLessThan(3);
  });

  it('follows a heart rate that is a function of time', () => {
    const model = ekg({ heartRate: (at) => (at < startMs + 60_000 ? 60 : 120) });
    expect(Math.abs((model.heartRateAt(startMs + 50_000) ?? 0) - 60)).toBeLessThan(4);
    expect(Math.abs((model.heartRateAt(startMs + 90_000) ?? 0) - 120)).toBeLessThan(4);
  });

  it('shows mains instead of a heart while a lead is off, and says so', () => {
    const model = ekg();
    model.change(minute.from, { leadOff: true });
    expect([model.isLeadOff(minute.from - 1), model.isLeadOff(minute.from)]).toEqual([false, true]);
    const off = model.samples('II', minute.from, minute.from + 2_000, 250);
    expect(Math.max(...off)).toBeLessThan(0.2);
  });
});
