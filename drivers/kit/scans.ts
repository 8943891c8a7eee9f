import { frame, junk, more, type Scan } from './framer.ts';

/* Ready-made scans for the usual ways of marking a frame. */

const indexOfAny = (bytes: Uint8Array, wanted: (byte: number) => boolean, from: number): number => {
  for (let at = from; at < bytes.length; at++) if (wanted(bytes[at] ?? 0)) return at;
  return -1;
};

/** Everything before the next byte that may begin a frame is junk. */
const skipTo = (bytes: Uint8Array, isStart: (byte: number) => boolean) => {
  const start = indexOfAny(bytes, isStart, 1);
  return junk(start < 0 ? bytes.length : start, 'no start of a frame');
};

export interface Delimited {
  readonly start: number;
  readonly end: number;
  /** Bytes from the start that are not searched for the end; they are checked by `check`. */
  readonly fixedLength?: number;
  /** Bytes allowed between the fixed part and the end. */
  accepts(byte: number): boolean;
  /** Why the bytes so far cannot be the front of a frame, or null. Called with a growing prefix. */
  check?(bytes: Uint8Array): string | null;
  readonly maxLength: number;
}

/** `start … end`. A byte that cannot be inside gives the frame up, and the search begins again right behind its start. */
export const delimited = ({ start, end, fixedLength = 1, accepts, check, maxLength }: Delimited): Scan => {
  const isStart = (byte: number) => byte === start;
  return (bytes) => {
    if (bytes[0] !== start) return skipTo(bytes, isStart);
    const wrong = check?.(bytes.subarray(0, fixedLength)) ?? null;
    if (wrong !== null) return junk(1, wrong);
    for (let at = fixedLength; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (at >= maxLength) return junk(1, 'too long');
      if (byte === end) return frame(at + 1);
      if (byte === start) return junk(at, 'cut short');
      if (!accepts(byte)) return junk(1, 'a byte that cannot be inside a frame');
    }
    return more;
  };
};

export interface LengthPrefixed {
  readonly start: number;
  /** Total length from the bytes so far; null: not known yet; a text: why it is no frame. */
  length(bytes: Uint8Array): number | string | null;
  isIntact(frame: Uint8Array): boolean;
}

/** `start length … checksum`. A frame whose checksum is wrong is not believed in its length either: search goes on inside it. */
export const lengthPrefixed = ({ start, length, isIntact }: LengthPrefixed): Scan => {
  const isStart = (byte: number) => byte === start;
  return (bytes) => {
    if (bytes[0] !== start) return skipTo(bytes, isStart);
    const total = length(bytes);
    if (total === null) return more;
    if (typeof total === 'string') return junk(1, total);
    if (bytes.length < total) return more;
    return isIntact(bytes.subarray(0, total)) ? frame(total) : junk(1, 'checksum');
  };
};

const LF = 0x0a;
const CR = 0x0d;
const isPrintable = (byte: number): boolean => byte >= 0x20 && byte < 0x7f;

/** Lines of printable ASCII that end CR LF. Line ends without a line are skipped. */
export const lines =
  (maxLength: number): Scan =>
  (bytes) => {
    if (!isPrintable(bytes[0] ?? 0)) {
      const start = indexOfAny(bytes, isPrintable, 1);
      return junk(start < 0 ? bytes.length : start, 'not text');
    }
    const end = indexOfAny(bytes, (byte) => !isPrintable(byte), 1);
    if (end < 0 && bytes.length <= maxLength) return more;
    if (end < 0 || end > maxLength) return junk(maxLength + 1, 'too long');
    if (bytes[end] !== CR) return junk(end + 1, 'not text');
    if (end + 1 >= bytes.length) return more;
    return bytes[end + 1] === LF ? frame(end + 2) : junk(end + 1, 'not a line end');
  };
