import type { ApiAlert, ApiChannel, ApiDevice, ApiPatient, ApiPlace } from '../../model/api.ts';
import { age, yearsOld } from '../format/time.ts';
import type { WardState } from '../live/ward-state.ts';
import { alertsAt } from './alert-view.ts';
import { type PumpLine, pumpsAt } from './pumps.ts';
import { ekgLeads } from './vital-list.ts';
import { devicesAt, type Vital, vitalsAt } from './vitals.ts';

/** A device at the bed, for the provenance line. */
export interface Source {
  readonly id: string;
  readonly name: string;
  readonly state: ApiDevice['state'];
  /** `0.4 s` or `no data 4 min`. */
  readonly freshness: string;
  readonly why: string | null;
}

export interface BedView {
  readonly place: ApiPlace;
  readonly patient: ApiPatient | null;
  readonly devices: readonly ApiDevice[];
  readonly alerts: readonly ApiAlert[];
  readonly vitals: readonly Vital[];
  readonly pumps: readonly PumpLine[];
  readonly ekg: ApiChannel | null;
  readonly sources: readonly Source[];
  readonly simulated: boolean;
}

/** `ROSSI, M.`: enough to know the bed's patient, no more than a wall should show. */
export const wallName = (patient: ApiPatient): string =>
  `${patient.family.toUpperCase()}${patient.given ? `, ${patient.given.slice(0, 1)}.` : ''}`;

const sexLetter = { female: 'F', male: 'M', other: 'X', unknown: '' } as const;

/** `F 72`. */
export const sexAndAge = (patient: ApiPatient, now: number): string => {
  const years = yearsOld(patient.birthDate, now);
  return [sexLetter[patient.gender], years === null ? '' : String(years)].filter(Boolean).join(' ');
};

export const stateWords: Readonly<Record<ApiDevice['state'], string>> = {
  running: 'running',
  degraded: 'degraded',
  silent: 'silent',
  'never-seen': 'never seen',
  maintenance: 'maintenance',
};

export const sourceOf = (device: ApiDevice, lastMs: number | null, now: number): Source => {
  const since = lastMs === null ? null : now - lastMs;
  const words = device.state === 'running' || device.state === 'degraded' ? '' : `${stateWords[device.state]} `;
  return {
    id: device.id,
    name: device.name,
    state: device.state,
    freshness: since === null ? stateWords[device.state] : `${words}${since < 1000 ? '<1 s' : age(since)}`,
    why: device.why,
  };
};

/** When a device last spoke: as the gateway said it, or as its readings show since. */
export const lastSeen = (ward: WardState, device: ApiDevice): number | null => {
  let last = device.lastSampleAt === null ? null : Date.parse(device.lastSampleAt);
  for (const { reading, takenAt } of ward.readings.values()) {
    if (reading.device !== device.id) continue;
    const received = Math.max(takenAt, Date.parse(reading.receivedAt));
    if (last === null || received > last) last = received;
  }
  return last;
};

export const channelsOf = (ward: WardState, devices: readonly ApiDevice[]): readonly ApiChannel[] => {
  const ids = new Set(devices.map((device) => device.id));
  return [...ward.channels.values()].filter((channel) => ids.has(channel.device));
};

const ekgOf = (channels: readonly ApiChannel[]): ApiChannel | null => {
  for (const lead of ekgLeads) {
    const channel = channels.find((one) => one.metric === lead);
    if (channel) return channel;
  }
  return null;
};

export const bedView = (ward: WardState, place: ApiPlace, now: number): BedView => {
  const devices = devicesAt(ward, place);
  const alerts = alertsAt(ward, place.id);
  return {
    place,
    patient: place.patient === null ? null : (ward.patients.get(place.patient) ?? null),
    devices,
    alerts,
    vitals: vitalsAt(ward, place, devices, alerts, now),
    pumps: pumpsAt(ward, devices, alerts, now),
    ekg: ekgOf(channelsOf(ward, devices)),
    sources: devices.map((device) => sourceOf(device, lastSeen(ward, device), now)),
    simulated: ward.simulated || devices.some((device) => device.simulated),
  };
};

export const bedsOf = (ward: WardState): readonly ApiPlace[] =>
  [...ward.places.values()].filter((place) => place.kind === 'bed');
