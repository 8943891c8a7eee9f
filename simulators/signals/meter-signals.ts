import type { MeterEntry, MeterSignals } from '../devices/signals.ts';
import { type GlucosePatient, glucoseMeter, type MeterRecord } from '../models/glucose.ts';

export interface MeterTest {
  readonly atMs: number;
  /** N: no mark, B: before a meal, A: after it. */
  readonly meal?: MeterEntry['meal'];
}

export interface MeterSignalsOptions {
  readonly patient: Pick<GlucosePatient, 'at'>;
  readonly seed: string;
  /** When the meter is used, oldest first. */
  readonly tests: readonly MeterTest[];
  readonly errorPercent?: number;
  /** How far the meter's clock is ahead, ms. */
  readonly clockErrorMs?: number;
}

/** What stands for the words: a value that the simulated meter itself shows as a word. */
const asNumber = ({ value, shown }: MeterRecord): number => value ?? (shown === 'HI' ? 601 : 19);

/** A meter that is used at set times. */
export const meterSignals = (options: MeterSignalsOptions): MeterSignals => {
  const { patient, seed, tests, errorPercent = 4, clockErrorMs = 0 } = options;
  const meter = glucoseMeter({ seed, patient, errorPercent });
  const taken: MeterEntry[] = [];
  return {
    entries(t) {
      for (let next = tests[taken.length]; next && next.atMs <= t; next = tests[taken.length]) {
        taken.push({ at: next.atMs, value: asNumber(meter.measure(next.atMs)), meal: next.meal ?? 'N' });
      }
      return [...taken];
    },
    clockError: () => clockErrorMs,
  };
};
