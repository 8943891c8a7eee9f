import type { Driver } from '../../drivers/kit/contract.ts';
import { findMetric } from '../../model/metrics.ts';
import type { ObservationFacts } from './observation.ts';

/*
 * When a reading becomes an observation. Every reading is kept; the record of a patient is read by people and sent to
 * other systems, and a monitor that repeats its numbers every second would bury it (standards.md 2.3, notes).
 *
 *   every    what the device delivers is filed: MQTT profiles, meters and cuffs, everything that speaks now and then.
 *   sampled  monitors and polled devices: filed where the last one filed for this device, group and patient is at
 *            least an interval old, or where what must not be missed has changed: a cuff's new result, a pump that
 *            starts, stops or runs at another rate.
 *
 * Besides, whatever decided an alert is always filed.
 */

export type FilingMode = 'every' | 'sampled';

export interface FilingPolicy {
  /** For `sampled`: at most one per device, group and patient in this time, ms. A site's choice. */
  readonly intervalMs: number;
}

export const defaultFilingPolicy: FilingPolicy = { intervalMs: 60_000 };

/** The mode of a device where the site does not choose one. */
export const filingModeOf = (driver: Pick<Driver, 'wire' | 'silentAfterMs'>): FilingMode =>
  driver.wire === 'mqtt' || driver.silentAfterMs === null ? 'every' : 'sampled';

/** What of an observation must not be missed between two that are filed: cuff and meter results, a pump's state. */
export type Fingerprint = Readonly<Record<string, string>>;

export const fingerprintOf = (facts: Pick<ObservationFacts, 'values' | 'states'>): Fingerprint => {
  const marks: Record<string, string> = {};
  for (const { metric, value, comparator } of facts.values) {
    if (metric === 'infusion-rate' || findMetric(metric)?.episodic) marks[metric] = `${comparator ?? ''}${value}`;
  }
  for (const { code, active } of facts.states) marks[`state:${code}`] = String(active);
  return marks;
};

export interface LastFiled {
  readonly effective: number;
  readonly patient: string | null;
  readonly place: string | null;
  /** Of this one and those before it: a device may send its values and its states in turns. */
  readonly fingerprint: Fingerprint;
}

/** `last` is the newest one filed for device and group at or before this one. */
export const mustFile = (
  mode: FilingMode,
  policy: FilingPolicy,
  candidate: Omit<LastFiled, 'effective'> & { readonly takenAt: number },
  last: LastFiled | null,
): boolean =>
  mode === 'every' ||
  last === null ||
  candidate.takenAt - last.effective >= policy.intervalMs ||
  candidate.patient !== last.patient ||
  candidate.place !== last.place ||
  Object.entries(candidate.fingerprint).some(([key, mark]) => last.fingerprint[key] !== mark);
