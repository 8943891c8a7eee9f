import type { Priority } from '../../model/alert.ts';
import type { ApiAlert, ApiDevice, ApiPlace } from '../../model/api.ts';
import { age, ago } from '../format/time.ts';
import { noValue, showNumber, showReading } from '../format/value.ts';
import { latestKey, type WardState } from '../live/ward-state.ts';
import { alertsAt } from './alert-view.ts';
import { devicesAt, isSilent, limitFor, newest } from './vitals.ts';

export interface RoomValue {
  readonly metric: string;
  readonly device: string;
  readonly label: string;
  readonly text: string;
  readonly unit: string;
  readonly valid: boolean;
  readonly note: string;
  readonly low: string;
  readonly high: string;
  /** Where the value stands in its band widened by half on both sides, 0–1; null without a two-sided band. */
  readonly position: number | null;
  readonly value: number | null;
  readonly outside: boolean;
  readonly alarm: Priority | null;
}

/** Something a sensor says yes or no to, or that no sensor watches. */
export interface RoomFact {
  readonly label: string;
  readonly text: string;
  readonly state: 'good' | 'bad' | 'unmeasured' | 'unknown';
}

export interface RoomView {
  readonly place: ApiPlace;
  readonly devices: readonly ApiDevice[];
  readonly alerts: readonly ApiAlert[];
  readonly values: readonly RoomValue[];
  readonly facts: readonly RoomFact[];
  readonly freshness: string;
  readonly simulated: boolean;
}

const shownMetrics = ['air-temperature', 'relative-humidity', 'co2', 'differential-pressure', 'dew-point'] as const;
/** What tells of ventilation: CO₂, air flow, differential pressure (screens-and-alarms.md 2.6). */
const ventilationMetrics = ['co2', 'differential-pressure'] as const;

const position = (value: number | null, low: number | null, high: number | null): number | null => {
  if (value === null || low === null || high === null || high <= low) return null;
  const span = high - low;
  return Math.max(0, Math.min(1, (value - (low - span / 2)) / (2 * span)));
};

const roomValue = (
  ward: WardState,
  place: ApiPlace,
  devices: readonly ApiDevice[],
  alerts: readonly ApiAlert[],
  id: string,
  now: number,
): RoomValue | null => {
  const found = newest(ward, place, devices, id);
  if (found === null) return null;
  const { latest, device } = found;
  const metric = ward.metrics.get(id);
  const limit = limitFor(ward, id, { patient: null, place: place.id, device: device.id });
  const shown = isSilent(device, latest, now)
    ? noValue(`no data ${age(now - latest.takenAt)}`)
    : showReading(latest.reading, metric?.precision ?? 0);
  const value = shown.valid ? latest.reading.value : null;
  const low = limit?.low ?? null;
  const high = limit?.high ?? null;
  return {
    metric: id,
    device: device.id,
    label: metric?.name ?? id,
    text: shown.text,
    unit: metric?.unitDisplay ?? latest.reading.unit,
    valid: shown.valid,
    note: shown.note,
    low: showNumber(low, metric),
    high: showNumber(high, metric),
    position: position(value, low, high),
    value,
    outside: value !== null && ((low !== null && value < low) || (high !== null && value > high)),
    alarm: alerts.find((alert) => alert.metric === id)?.priority ?? null,
  };
};

/** A door contact counts as one where a device has ever told it; otherwise the door is not measured. */
const doorOf = (ward: WardState, devices: readonly ApiDevice[], now: number): RoomFact => {
  for (const device of devices) {
    const status = ward.statuses.get(latestKey(device.id, 'door-open'));
    if (!status) continue;
    if (status.active === null) return { label: 'Door', text: 'unknown', state: 'unknown' };
    return status.active
      ? { label: 'Door', text: `open ${age(now - Date.parse(status.takenAt))}`, state: 'bad' }
      : { label: 'Door', text: 'closed', state: 'good' };
  }
  return { label: 'Door', text: 'not measured', state: 'unmeasured' };
};

const ventilationOf = (values: readonly RoomValue[]): RoomFact => {
  const measured = values.filter((value) => ventilationMetrics.some((metric) => metric === value.metric));
  if (measured.length === 0) return { label: 'Ventilation', text: 'not measured', state: 'unmeasured' };
  const [first] = measured.filter((value) => value.valid);
  if (!first) return { label: 'Ventilation', text: 'unknown', state: 'unknown' };
  return {
    label: 'Ventilation',
    text: `${first.label} ${first.text} ${first.unit}`,
    state: measured.some((value) => value.outside || value.alarm !== null) ? 'bad' : 'good',
  };
};

const cold: ReadonlySet<ApiPlace['kind']> = new Set(['refrigerator', 'freezer']);

export const roomView = (ward: WardState, place: ApiPlace, now: number): RoomView => {
  const devices = devicesAt(ward, place);
  const alerts = alertsAt(ward, place.id);
  const values = shownMetrics
    .map((metric) => roomValue(ward, place, devices, alerts, metric, now))
    .filter((value) => value !== null);
  const times = devices.map((device) => device.lastSampleAt).filter((at) => at !== null);
  const newestAt = Math.max(
    ...times.map((at) => Date.parse(at)),
    ...values.map((value) => ward.readings.get(latestKey(value.device, value.metric))?.takenAt ?? 0),
  );
  return {
    place,
    devices,
    alerts,
    values,
    facts: [doorOf(ward, devices, now), ...(cold.has(place.kind) ? [] : [ventilationOf(values)])],
    freshness: Number.isFinite(newestAt) && newestAt > 0 ? ago(now - newestAt) : 'never',
    simulated: ward.simulated || devices.some((device) => device.simulated),
  };
};

export const roomsOf = (ward: WardState): readonly ApiPlace[] =>
  [...ward.places.values()].filter((place) => place.kind !== 'bed');
