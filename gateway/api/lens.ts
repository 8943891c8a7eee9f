import { createHmac } from 'node:crypto';
import type {
  ApiAlert,
  ApiAssociation,
  ApiDevice,
  ApiEvidence,
  ApiLimit,
  ApiPatient,
  ApiPlace,
  ApiReading,
  ApiWaveform,
  LiveFrame,
} from '../../model/api.ts';
import { type Actor, may } from '../access/actor.ts';

/** With or without knowing who a patient is. */
export type Viewer = 'identified' | 'pseudonymous';

export const viewerOf = (actor: Actor): Viewer => (may(actor, 'patients:read') ? 'identified' : 'pseudonymous');

/** How a viewer sees what the gateway tells. Whoever may not know the patients sees stable pseudonyms in their place. */
export interface Lens {
  readonly viewer: Viewer;
  patient(patient: ApiPatient): ApiPatient;
  place(place: ApiPlace): ApiPlace;
  device(device: ApiDevice): ApiDevice;
  reading(reading: ApiReading): ApiReading;
  waveform(waveform: ApiWaveform): ApiWaveform;
  alert(alert: ApiAlert): ApiAlert;
  association(association: ApiAssociation): ApiAssociation;
  limit(limit: ApiLimit): ApiLimit;
  evidence(evidence: ApiEvidence): ApiEvidence;
  history(history: ApiEvidence['history']): ApiEvidence['history'];
  frame(frame: LiveFrame): LiveFrame;
  /** The patient that a viewer means by an id; null where it means none. */
  meant(id: string, patients: readonly ApiPatient[]): string | null;
}

const same = <T>(value: T): T => value;

const identified: Lens = {
  viewer: 'identified',
  patient: same,
  place: same,
  device: same,
  reading: same,
  waveform: same,
  alert: same,
  association: same,
  limit: same,
  evidence: same,
  history: same,
  frame: same,
  meant: same,
};

/** 40 bits: no two patients of a ward share one, and it is short enough to be read out. */
const PSEUDONYM_DIGITS = 10;
const KEPT_PSEUDONYMS = 20_000;

const pseudonymous = (key: Uint8Array): Lens => {
  const known = new Map<string, string>();

  const mask = (id: string): string => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const digest = createHmac('sha256', key).update(id).digest('hex').slice(0, PSEUDONYM_DIGITS);
    if (known.size >= KEPT_PSEUDONYMS) known.clear();
    known.set(id, `pseudonym-${digest}`);
    return `pseudonym-${digest}`;
  };

  const masked = (id: string | null): string | null => (id === null ? null : mask(id));
  const subject = <T extends { kind: string; id: string }>(of: T): T =>
    of.kind === 'patient' ? { ...of, id: mask(of.id) } : of;
  const onPatient = <T extends { patient: string | null }>(value: T): T => ({
    ...value,
    patient: masked(value.patient),
  });

  const patient: Lens['patient'] = ({ id, place }) => {
    const name = mask(id);
    return { id: name, mrn: name, family: name, given: '', birthDate: null, gender: 'unknown', place };
  };
  // Written by people, so it may name a patient.
  const alert: Lens['alert'] = (value) => ({ ...value, subject: subject(value.subject), note: null });
  const limit: Lens['limit'] = (value) => ({ ...value, subject: subject(value.subject) });
  // The reason of an acknowledgement is its note.
  const history: Lens['history'] = (steps) =>
    steps.map((step) => (step.by === null ? step : { ...step, reason: 'withheld' }));

  const frame: Lens['frame'] = (value) => {
    switch (value.t) {
      case 'snapshot':
        return {
          ...value,
          places: value.places.map(onPatient),
          patients: value.patients.map(patient),
          devices: value.devices.map(onPatient),
          readings: value.readings.map(onPatient),
          alerts: value.alerts.map(alert),
          limits: value.limits.map(limit),
          ...(value.missed ? { missed: value.missed.map(alert) } : {}),
        };
      case 'readings':
        return { ...value, readings: value.readings.map(onPatient) };
      case 'alert':
        return { ...value, alert: alert(value.alert) };
      case 'device':
        return { ...value, device: onPatient(value.device) };
      case 'place':
        return { ...value, place: onPatient(value.place) };
      case 'patient':
        return { ...value, patient: patient(value.patient) };
      case 'limits':
        return { ...value, limits: value.limits.map(limit) };
      case 'tick':
      case 'status':
      case 'channel':
        return value;
    }
  };

  return {
    viewer: 'pseudonymous',
    patient,
    place: onPatient,
    device: onPatient,
    reading: onPatient,
    waveform: onPatient,
    alert,
    association: onPatient,
    limit,
    evidence: (value) => ({
      ...value,
      alert: alert(value.alert),
      samples: value.samples.map(onPatient),
      history: history(value.history),
    }),
    history,
    frame,
    meant: (id, patients) => patients.find((candidate) => mask(candidate.id) === id)?.id ?? null,
  };
};

export type Lenses = Readonly<Record<Viewer, Lens>>;

export const createLenses = (key: Uint8Array): Lenses => ({ identified, pseudonymous: pseudonymous(key) });
