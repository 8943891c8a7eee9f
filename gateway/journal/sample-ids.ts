import { createHash } from 'node:crypto';

/** Bytes of an id in the store. */
export const ID_BYTES = 16;

const HYPHENS = [8, 13, 18, 23] as const;

const nibble = (code: number): number => {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 97 && code <= 102) return code - 87;
  return -1;
};

/** Writes the bytes of a UUID in lower case; false, and nothing of use written, where the text is none. */
const writeUuid = (text: string, target: Uint8Array, at: number): boolean => {
  if (text.length !== 36 || HYPHENS.some((place) => text.charCodeAt(place) !== 45)) return false;
  let byte = at;
  for (let place = 0; place < 36; place += 2) {
    if (place === 8 || place === 13 || place === 18 || place === 23) place++;
    const high = nibble(text.charCodeAt(place));
    const low = nibble(text.charCodeAt(place + 1));
    if (high < 0 || low < 0) return false;
    target[byte++] = (high << 4) | low;
  }
  return true;
};

/**
 * Writes 16 bytes that stand for the id: a UUID's own, else a digest. Returns whether the text can be made of them
 * again.
 */
export const writeId = (text: string, target: Uint8Array, at: number): boolean => {
  if (writeUuid(text, target, at)) return true;
  target.set(createHash('sha256').update(text).digest().subarray(0, ID_BYTES), at);
  return false;
};

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The UUID whose 16 bytes stand at `at`. */
export const uuidAt = (bytes: Uint8Array, at: number): string => {
  let text = '';
  for (let byte = 0; byte < ID_BYTES; byte++) {
    if (byte === 4 || byte === 6 || byte === 8 || byte === 10) text += '-';
    text += HEX[bytes[at + byte] ?? 0];
  }
  return text;
};
