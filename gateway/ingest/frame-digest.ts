import { createHash } from 'node:crypto';

/** SHA-256 of a frame, first 16 bytes, hex. */
export const frameDigest = (frame: Uint8Array): string => createHash('sha256').update(frame).digest('hex').slice(0, 32);
