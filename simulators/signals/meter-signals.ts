import type { MeterEntry, MeterSignals } from '../devices/signals.ts';

/** A meter with results that were taken before, and those that are taken at set times from now on. */
export const meterSignals = (entries: readonly MeterEntry[], clockErrorMs = 0): MeterSignals => ({
  entries: (t) => entries.filter(({ at }) => at <= t),
  clockError: () => clockErrorMs,
});
