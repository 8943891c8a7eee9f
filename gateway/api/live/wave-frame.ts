import { WAVE_FRAME } from '../../../model/api.ts';

const LARGEST = 32767;
const U32 = 2 ** 32;

export interface WaveFrame {
  readonly channel: number;
  readonly sequence: number;
  /** Time of the first sample, ms UTC. */
  readonly startsAt: number;
  readonly raw: readonly (number | null)[];
}

/** More samples than this go in several frames: a frame is the unit that is dropped. */
export const MOST_SAMPLES = 4096;

/** What does not fit 16 bits is missing, never a nearby number (promise 3). */
const toInt16 = (value: number | null): number => {
  if (value === null || !Number.isFinite(value)) return WAVE_FRAME.missing;
  const rounded = Math.round(value);
  return Math.abs(rounded) > LARGEST ? WAVE_FRAME.missing : rounded;
};

/** The layout is that of `WAVE_FRAME` in model/api.ts. */
export const encodeWaveFrame = ({ channel, sequence, startsAt, raw }: WaveFrame): Uint8Array => {
  const bytes = new Uint8Array(WAVE_FRAME.headerBytes + 2 * raw.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, WAVE_FRAME.type);
  view.setUint8(1, WAVE_FRAME.version);
  view.setUint16(2, channel, true);
  view.setUint32(4, sequence % U32, true);
  view.setFloat64(8, startsAt, true);
  view.setUint16(16, raw.length, true);
  let offset: number = WAVE_FRAME.headerBytes;
  for (const value of raw) {
    view.setInt16(offset, toInt16(value), true);
    offset += 2;
  }
  return bytes;
};

/** null for bytes that are no such frame. */
export const decodeWaveFrame = (bytes: Uint8Array): WaveFrame | null => {
  if (bytes.length < WAVE_FRAME.headerBytes) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint16(16, true);
  const isKnown = view.getUint8(0) === WAVE_FRAME.type && view.getUint8(1) === WAVE_FRAME.version;
  if (!isKnown || bytes.length !== WAVE_FRAME.headerBytes + 2 * count) return null;
  const raw: (number | null)[] = [];
  for (let index = 0; index < count; index++) {
    const value = view.getInt16(WAVE_FRAME.headerBytes + 2 * index, true);
    raw.push(value === WAVE_FRAME.missing ? null : value);
  }
  return {
    channel: view.getUint16(2, true),
    sequence: view.getUint32(4, true),
    startsAt: view.getFloat64(8, true),
    raw,
  };
};
