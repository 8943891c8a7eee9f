import { createHash } from 'node:crypto';

/** Namespace of every identifier Wardwire makes (RFC 4122 version 5); fixed for ever, or replays would not match. */
const NAMESPACE = Buffer.from('7b0f3f3ad5a34c3e9d0b6a1f8c2e4d57', 'hex');

/** The same name always gives the same UUID (RFC 4122, 4.3). */
export const uuidv5 = (name: string): string => {
  const hash = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

const name = (...parts: readonly (string | number | null)[]): string => JSON.stringify(parts);

/**
 * Identity of one reading: the device, what was read (`heart-rate`, `status:infusing`), the moment as the device or
 * the arrival names it, and the sequence. A corrected clock does not change it.
 */
export const sampleId = (device: string, what: string, moment: string, sequence: string | number | null): string =>
  uuidv5(name('sample', device, what, moment, sequence));

/** Identity of one measurement: what its samples share. `group` tells measurements of one message apart. */
export const measurementId = (
  device: string,
  moment: string,
  sequence: string | number | null,
  group: string,
): string => uuidv5(name('measurement', device, moment, sequence, group));

/** SHA-256 of a frame, first 16 bytes, hex. */
export const frameDigest = (frame: Uint8Array): string => createHash('sha256').update(frame).digest('hex').slice(0, 32);
