import { fitsInt16, readInt16, writeInt16 } from '../journal/wave-bytes.ts';

/** A stretch of a waveform without a gap. Physical value = offset + scale x raw; null is a missing sample. */
export interface WaveSegment {
  /** Time of the first sample. */
  readonly from: number;
  /** Time just after the last. */
  readonly to: number;
  readonly rateHz: number;
  readonly scale: number;
  readonly offset: number;
  readonly raw: readonly (number | null)[];
}

/** True where `next` goes on where `segment` ends, to within half a sample: anything else is a gap. */
const continues = (segment: WaveSegment, next: WaveSegment): boolean =>
  segment.rateHz === next.rateHz &&
  segment.scale === next.scale &&
  segment.offset === next.offset &&
  Math.abs(next.from - segment.to) <= 500 / segment.rateHz;

/** Joins what follows without a gap, up to a length. Gaps stay gaps. */
export const joinSegments = (segments: readonly WaveSegment[], maxMs = Number.POSITIVE_INFINITY): WaveSegment[] => {
  const joined: (WaveSegment & { raw: (number | null)[]; to: number })[] = [];
  for (const segment of segments) {
    const last = joined.at(-1);
    if (last && continues(last, segment) && segment.to - last.from <= maxMs) {
      for (const value of segment.raw) last.raw.push(value);
      last.to = segment.to;
    } else {
      joined.push({ ...segment, raw: [...segment.raw] });
    }
  }
  return joined;
};

/** The part of a segment within from <= t < to; null where there is none. */
export const cutSegment = (segment: WaveSegment, from: number, to: number): WaveSegment | null => {
  const step = 1000 / segment.rateHz;
  const first = Math.max(0, Math.ceil((from - segment.from) / step));
  const end = Math.min(segment.raw.length, Math.ceil((to - segment.from) / step));
  if (first >= end) return null;
  if (first === 0 && end === segment.raw.length) return segment;
  return {
    ...segment,
    from: segment.from + first * step,
    to: end === segment.raw.length ? segment.to : segment.from + end * step,
    raw: segment.raw.slice(first, end),
  };
};

/** In pieces no longer than that. */
export const splitSegment = (segment: WaveSegment, maxMs: number): WaveSegment[] => {
  if (segment.to - segment.from <= maxMs) return [segment];
  const pieces: WaveSegment[] = [];
  for (let from = segment.from; from < segment.to; from += maxMs) {
    const piece = cutSegment(segment, from, from + maxMs);
    if (piece) pieces.push(piece);
  }
  return pieces;
};

/** Two bytes a sample where it fits, else eight (NaN is missing). */
export const encodeWave = (raw: readonly (number | null)[]): { width: number; bytes: Uint8Array } => {
  const width = fitsInt16(raw) ? 2 : 8;
  const bytes = new Uint8Array(raw.length * width);
  const view = new DataView(bytes.buffer);
  if (width === 2) writeInt16(raw, view, 0);
  else for (const [index, value] of raw.entries()) view.setFloat64(index * 8, value ?? Number.NaN, true);
  return { width, bytes };
};

export const decodeWave = (width: number, bytes: Uint8Array): (number | null)[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (width === 2) return readInt16(view, 0, bytes.byteLength / 2);
  return Array.from({ length: bytes.byteLength / 8 }, (_, index) => {
    const value = view.getFloat64(index * 8, true);
    return Number.isNaN(value) ? null : value;
  });
};
