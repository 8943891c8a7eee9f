import type { Priority } from '../../model/alert.ts';
import type { ApiAlert, ApiDevice, ApiLimit, ApiPlace } from '../../model/api.ts';
import { age } from '../format/time.ts';
import { NO_VALUE, noValue, type Shown, showNumber, showReading } from '../format/value.ts';
import { type Latest, latestKey, type WardState } from '../live/ward-state.ts';
import { type Tone, type VitalKind, vitalKinds } from './vital-list.ts';

export interface Vital {
  readonly key: string;
  readonly label: string;
  readonly tone: Tone;
  readonly text: string;
  /** The mean of a pressure, in brackets on the screen. */
  readonly mean: string | null;
  readonly unit: string;
  /** As the device sent it, where the unit was converted. */
  readonly original: string | null;
  readonly valid: boolean;
  readonly doubtful: boolean;
  /** Old beyond its validity: grey. */
  readonly stale: boolean;
  readonly note: string;
  /** `↑`, `↑↑`, `↓`, `↓↓` or empty. */
  readonly arrow: string;
  readonly low: string;
  readonly high: string;
  /** Age in words where it matters. */
  readonly age: string;
  /** Priority of the alert that this number stands in. */
  readonly alarm: Priority | null;
}

/** Late by more than this many of its own periods, a continuous value shows its age (screens-and-alarms.md 1.3). */
const LATE_PERIODS = 2;
/** Uneven delivery below this is not worth a word. */
const LATE_AT_LEAST_MS = 4000;

/** Devices at a bed: those the place names, and those that say they stand there. */
export const devicesAt = (ward: WardState, place: ApiPlace): readonly ApiDevice[] =>
  [...ward.devices.values()].filter((device) => device.place === place.id || place.devices.includes(device.id));

/** The newest reading of a metric at the bed that is of the patient who lies there now. */
export const newest = (
  ward: WardState,
  place: ApiPlace,
  devices: readonly ApiDevice[],
  metric: string,
): { readonly latest: Latest; readonly device: ApiDevice } | null => {
  let found: { latest: Latest; device: ApiDevice } | null = null;
  for (const device of devices) {
    const latest = ward.readings.get(latestKey(device.id, metric));
    if (!latest) continue;
    const { patient } = latest.reading;
    if (patient !== null && patient !== place.patient) continue;
    if (found === null || latest.takenAt > found.latest.takenAt) found = { latest, device };
  }
  return found;
};

/** The limit in force: of the patient, else of the place, else of the device. */
export const limitFor = (
  ward: WardState,
  metric: string,
  subjects: { readonly patient: string | null; readonly place: string; readonly device: string },
): ApiLimit | null => {
  const ids = [
    ['patient', subjects.patient],
    ['place', subjects.place],
    ['device', subjects.device],
  ] as const;
  for (const [kind, id] of ids) {
    const limit = ward.limits.find(
      (one) => one.metric === metric && one.subject.kind === kind && one.subject.id === id,
    );
    if (limit) return limit;
  }
  return null;
};

/** True where a continuous value is too old to be shown as one. That there is no value is told once, so it has no age. */
export const isSilent = (device: ApiDevice, latest: Latest, now: number): boolean =>
  device.state === 'silent' ||
  (latest.reading.value !== null &&
    device.silentAfterSeconds !== null &&
    now - latest.takenAt > device.silentAfterSeconds * 1000);

/** Shown on every bed, also without a sensor; the rest only where something measures it. */
const always: ReadonlySet<string> = new Set(['hr', 'spo2', 'nibp', 'rr']);

/** The monitor has the socket, but nothing is plugged in. */
const isUnplugged = ({ reading }: Latest): boolean =>
  reading.value === null &&
  reading.reasons.every((reason) => ['not-measured', 'sensor-off', 'simulated'].includes(reason));

const arrowOf = (value: number | null, limit: ApiLimit | null, alarm: Priority | null): string => {
  if (value === null || limit === null) return '';
  const twice = alarm === 'high' ? 2 : 1;
  if (limit.high !== null && value > limit.high) return '↑'.repeat(twice);
  if (limit.low !== null && value < limit.low) return '↓'.repeat(twice);
  return '';
};

const vitalOf = (
  ward: WardState,
  place: ApiPlace,
  devices: readonly ApiDevice[],
  alerts: readonly ApiAlert[],
  kind: VitalKind,
  now: number,
): Vital | null => {
  const [main, second, third] = kind.metrics;
  const found = newest(ward, place, devices, main);
  if (found === null) return null;
  const { latest, device } = found;
  if (!always.has(kind.key) && isUnplugged(latest)) return null;
  const { reading } = latest;
  const metric = ward.metrics.get(main);
  const episodic = metric?.episodic ?? false;
  const ageMs = now - latest.takenAt;
  const silent = !episodic && isSilent(device, latest, now);
  const shown: Shown = silent ? noValue(`no data ${age(ageMs)}`) : showReading(reading, metric?.precision ?? 0);
  const alarm = alerts.find((alert) => alert.metric !== null && kind.metrics.includes(alert.metric))?.priority ?? null;
  const limit = limitFor(ward, main, { patient: place.patient, place: place.id, device: device.id });
  const partner = (id: string | undefined): string | null => {
    if (id === undefined) return null;
    const other = ward.readings.get(latestKey(device.id, id));
    if (!other || other.reading.measurement !== reading.measurement) return NO_VALUE;
    return showReading(other.reading, ward.metrics.get(id)?.precision ?? 0).text;
  };
  const late = ageMs > Math.max(LATE_AT_LEAST_MS, LATE_PERIODS * (latest.periodMs ?? 0));
  const unassigned = place.patient !== null && reading.patient === null ? 'not assigned' : '';
  return {
    key: kind.key,
    label: kind.label,
    tone: kind.tone,
    text: second === undefined || !shown.valid ? shown.text : `${shown.text}/${partner(second)}`,
    // Many cuffs send no mean: then there is none to miss.
    mean: shown.valid && partner(third) !== NO_VALUE ? partner(third) : null,
    unit: metric?.unitDisplay ?? reading.unit,
    original: reading.original ? `${reading.original.value} ${reading.original.unit}` : null,
    valid: shown.valid,
    doubtful: shown.doubtful,
    stale: kind.validMs !== null && ageMs > kind.validMs,
    note: [shown.note, unassigned].filter(Boolean).join(' · '),
    arrow: shown.valid ? arrowOf(reading.value, limit, alarm) : '',
    low: showNumber(limit?.low ?? null, metric),
    high: showNumber(limit?.high ?? null, metric),
    age: shown.valid && (episodic || late) ? age(ageMs) : '',
    alarm,
  };
};

/** What the bed's devices measure, in the order of the tile. */
export const vitalsAt = (
  ward: WardState,
  place: ApiPlace,
  devices: readonly ApiDevice[],
  alerts: readonly ApiAlert[],
  now: number,
): readonly Vital[] => {
  const all = vitalKinds
    .map((kind) => vitalOf(ward, place, devices, alerts, kind, now))
    .filter((vital) => vital !== null);
  // The oximeter's pulse says the same as the EKG's rate where that is there.
  return all.some((vital) => vital.key === 'hr' && vital.valid) ? all.filter((vital) => vital.key !== 'pr') : all;
};
