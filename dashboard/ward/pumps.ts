import type { Priority } from '../../model/alert.ts';
import type { ApiAlert, ApiDevice } from '../../model/api.ts';
import { age, elapsed } from '../format/time.ts';
import { NO_VALUE, showReading } from '../format/value.ts';
import { latestKey, type WardState } from '../live/ward-state.ts';
import { isSilent } from './vitals.ts';

export interface PumpLine {
  readonly device: string;
  readonly name: string;
  /** Drug as the pump says it; null where it does not. */
  readonly drug: string | null;
  /** `5.0 mL/h`; the unit is always printed. */
  readonly rate: string;
  readonly left: string | null;
  /** `0:18` hours and minutes until the volume is through. */
  readonly ends: string | null;
  readonly running: boolean | null;
  /** What the pump's own states say, and why a value is missing. */
  readonly note: string;
  readonly alarm: { readonly priority: Priority; readonly message: string } | null;
}

const hoursAndMinutes = (minutes: number): string =>
  `${Math.floor(minutes / 60)}:${String(Math.floor(minutes % 60)).padStart(2, '0')}`;

/** One line of the infusion strip (screens-and-alarms.md 1.3, row 5). */
export const pumpLine = (
  ward: WardState,
  device: ApiDevice,
  alerts: readonly ApiAlert[],
  now: number,
): PumpLine | null => {
  if (device.class !== 'infusion-pump') return null;
  const latest = (metric: string) => ward.readings.get(latestKey(device.id, metric));
  const quantity = (id: string): string | null => {
    const found = latest(id);
    if (!found) return null;
    const metric = ward.metrics.get(id);
    if (isSilent(device, found, now)) return NO_VALUE;
    const shown = showReading(found.reading, metric?.precision ?? 0);
    return shown.valid ? `${shown.text} ${metric?.unitDisplay ?? found.reading.unit}` : NO_VALUE;
  };
  const rate = latest('infusion-rate');
  const remaining = latest('infusion-time-remaining');
  const minutes = remaining && !isSilent(device, remaining, now) ? remaining.reading.value : null;
  const infusing = ward.statuses.get(latestKey(device.id, 'infusing'))?.active ?? null;
  const own = alerts.find((alert) => alert.device === device.id || alert.subject.id === device.id);
  const silent = rate !== undefined && isSilent(device, rate, now);
  return {
    device: device.id,
    name: device.name,
    drug: rate?.reading.context.drug ?? null,
    rate: quantity('infusion-rate') ?? NO_VALUE,
    left: quantity('volume-remaining'),
    ends: minutes === null ? null : hoursAndMinutes(minutes),
    running: silent ? null : infusing,
    note: silent && rate ? `no data ${age(now - rate.takenAt)}` : '',
    alarm: own ? { priority: own.priority, message: own.message } : null,
  };
};

export const pumpsAt = (
  ward: WardState,
  devices: readonly ApiDevice[],
  alerts: readonly ApiAlert[],
  now: number,
): readonly PumpLine[] => devices.map((device) => pumpLine(ward, device, alerts, now)).filter((line) => line !== null);

export const pausedFor = (until: string | null, now: number): string | null => {
  if (until === null) return null;
  const left = Date.parse(until) - now;
  return left > 0 ? elapsed(left + 999) : null;
};
