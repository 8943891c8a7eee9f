import type { Alert } from '../../model/alert.ts';
import type { ApiAlert, ApiAssociation, ApiDevice, ApiReading } from '../../model/api.ts';
import type { Association } from '../../model/association.ts';
import type { NumericSample } from '../../model/sample.ts';
import { isoTime } from '../../model/time.ts';
import { type DeviceRuntime, healthOf } from '../devices/device-runtime.ts';

/* From what the gateway holds to what the API says. */

const moment = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));

export const apiReading = (sample: NumericSample): ApiReading => ({
  id: sample.id,
  measurement: sample.measurement,
  device: sample.device,
  metric: sample.metric,
  value: sample.value,
  unit: sample.unit,
  comparator: sample.comparator,
  original: sample.original,
  quality: sample.quality,
  reasons: [...sample.reasons],
  takenAt: isoTime(sample.takenAt),
  receivedAt: isoTime(sample.receivedAt),
  deviceTime: sample.deviceTime,
  patient: sample.patient,
  place: sample.place,
  context: { ...sample.context },
});

/** `placeOf` says where the subject of an alert is, for its banner. */
export const apiAlert = (alert: Alert, placeOf: (alert: Alert) => string | null): ApiAlert => ({
  id: alert.id,
  rule: alert.rule,
  ruleVersion: alert.ruleVersion,
  code: alert.code,
  kind: alert.kind,
  priority: alert.priority,
  state: alert.state,
  condition: alert.condition,
  subject: alert.subject,
  device: alert.device,
  place: placeOf(alert),
  message: alert.message,
  metric: alert.metric,
  value: alert.value,
  limit: alert.limit,
  latching: alert.latching,
  raisedAt: isoTime(alert.raisedAt),
  endedAt: moment(alert.endedAt),
  acknowledgedBy: alert.acknowledgedBy,
  acknowledgedAt: moment(alert.acknowledgedAt),
  note: alert.note,
  audioPausedUntil: moment(alert.audioPausedUntil),
  occurrences: alert.occurrences,
  inhibitedBy: [...alert.inhibitedBy],
  simulated: alert.simulated,
});

export const apiAssociation = (association: Association): ApiAssociation => ({
  id: association.id,
  device: association.device,
  patient: association.subject.kind === 'patient' ? association.subject.id : null,
  place: association.subject.kind === 'place' ? association.subject.id : null,
  from: isoTime(association.from),
  to: moment(association.to),
});

export interface DeviceSituation {
  readonly now: number;
  readonly patient: string | null;
  readonly place: string | null;
  readonly clockOffsetMs: number | null;
}

export const apiDevice = (device: DeviceRuntime, situation: DeviceSituation): ApiDevice => {
  const { state, why } = healthOf(device, situation.now);
  const link = device.link.report();
  return {
    id: device.id,
    name: device.name,
    driver: device.driver.id,
    class: device.class,
    state,
    lastSampleAt: moment(device.lastSampleAt),
    place: situation.place,
    patient: situation.patient,
    link: { id: link.link, state: link.state, since: isoTime(link.since), reason: link.reason, hint: link.hint },
    why,
    progress: device.progress,
    silentAfterSeconds: device.silentAfterMs === null ? null : device.silentAfterMs / 1000,
    simulated: device.simulated,
    counters: { ...device.counters },
    clockOffsetSeconds: situation.clockOffsetMs === null ? null : Math.round(situation.clockOffsetMs / 1000),
  };
};
