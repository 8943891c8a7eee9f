import { createHash } from 'node:crypto';

/** Bytes of an id in the store. */
export const ID_BYTES = 16;

/** Where the pairs of digits of a UUID begin. */
const UUID_PAIRS = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;
const HEX_PAIRS = UUID_PAIRS.map((_, index) => index * 2);

const NO_DIGIT = 0x100;
/** Value of each lower-case hexadecimal digit by its character code. */
const DIGITS = Uint16Array.from({ length: 128 }, (_, code) => {
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(code));
  return value < 0 ? NO_DIGIT : value;
});

const writePairs = (text: string, pairs: readonly number[], target: Uint8Array, at: number): boolean => {
  let seen = 0;
  for (let byte = 0; byte < ID_BYTES; byte++) {
    const pair = pairs[byte] ?? 0;
    const high = DIGITS[text.charCodeAt(pair)] ?? NO_DIGIT;
    const low = DIGITS[text.charCodeAt(pair + 1)] ?? NO_DIGIT;
    seen |= high | low;
    target[at + byte] = (high << 4) | low;
  }
  return seen < NO_DIGIT;
};

/** Writes 16 bytes given as 32 hexadecimal digits; false, and nothing of use written, where the text is not that. */
export const writeHex = (text: string, target: Uint8Array, at: number): boolean =>
  text.length === 32 && writePairs(text, HEX_PAIRS, target, at);

const HYPHEN = 45;

/**
 * Writes 16 bytes that stand for the id: a UUID's own, else a digest. Returns whether the text can be made of them
 * again. By hand, since this runs several times for every sample.
 */
export const writeId = (text: string, target: Uint8Array, at: number): boolean => {
  const isUuid =
    text.length === 36 &&
    text.charCodeAt(8) === HYPHEN &&
    text.charCodeAt(13) === HYPHEN &&
    text.charCodeAt(18) === HYPHEN &&
    text.charCodeAt(23) === HYPHEN &&
    writePairs(text, UUID_PAIRS, target, at);
  if (!isUuid) target.set(createHash('sha256').update(text).digest().subarray(0, ID_BYTES), at);
  return isUuid;
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
