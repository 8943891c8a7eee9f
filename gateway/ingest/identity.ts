import { createHash } from 'node:crypto';

/*
 * Deterministic ids (promise 2): the same reading, measurement or observation gets the same id however often and
 * whenever it arrives, so that every store can recognise it. The key follows standards.md 2.4.
 */

/** Root of all ids made here; fixed for ever, or nothing would be recognised any more. */
const NAMESPACE = '7f1f3b0e-52a4-4a3c-9c53-0f5d6a1e8b27';

const bytesOf = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex');

const ROOT = bytesOf(NAMESPACE);

/** A name-based UUID (RFC 9562 5.5). */
export const uuidv5 = (namespace: string, name: string): string => named(bytesOf(namespace), name);

const named = (namespace: Buffer, name: string): string => {
  const hash = createHash('sha1').update(namespace).update(name, 'utf8').digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/** JSON keeps the parts apart, whatever characters they hold. */
const idOf = (kind: string, ...parts: readonly (string | number | null)[]): string =>
  named(ROOT, JSON.stringify([kind, ...parts]));

export interface SampleKey {
  readonly device: string;
  /** A metric's id; for a status `status:` and its code. */
  readonly metric: string;
  readonly takenAt: number;
  /**
   * What tells readings of one device, metric and time apart: the device's sequence or record number. Where a device
   * gives neither a time nor a number, whatever makes this delivery a reading of its own.
   */
  readonly sequence?: string | number | null;
}

export const sampleId = (key: SampleKey): string =>
  idOf('sample', key.device, key.metric, key.takenAt, key.sequence ?? null);

export interface MeasurementKey {
  readonly device: string;
  readonly takenAt: number;
  readonly sequence?: string | number | null;
  /** The driver's own grouping within one message. */
  readonly group?: string | null;
}

export const measurementId = (key: MeasurementKey): string =>
  idOf('measurement', key.device, key.takenAt, key.sequence ?? null, key.group ?? null);

export interface ObservationKey {
  readonly device: string;
  readonly measurement: string;
  readonly takenAt: number;
  /** A panel (`blood-pressure`) or a single metric. */
  readonly group: string;
}

export const observationId = (key: ObservationKey): string =>
  idOf('observation', key.device, key.measurement, key.takenAt, key.group);

export const deviceMetricId = (device: string, group: string): string => idOf('device-metric', device, group);

/** An id that FHIR allows (`[A-Za-z0-9-.]{1,64}`): the id itself where it fits, else a UUID made of it. */
export const fhirId = (kind: string, id: string): string =>
  /^[A-Za-z0-9\-.]{1,64}$/.test(id) ? id : idOf('fhir', kind, id);
