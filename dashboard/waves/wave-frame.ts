import type { WAVE_FRAME } from '../../model/api.ts';

/** The same constants as `model/api.ts`, checked by the compiler: importing the value would bring the schemas along. */
export const FRAME: typeof WAVE_FRAME = { type: 1, version: 1, headerBytes: 18, missing: -32768 };

export interface WaveFrame {
  readonly channel: number;
  readonly sequence: number;
  /** Time of the first sample, ms UTC. */
  readonly startMs: number;
  readonly samples: Int16Array;
}

/** Reads a binary frame; null for anything that is not one. */
export const parseWaveFrame = (buffer: ArrayBuffer): WaveFrame | null => {
  if (buffer.byteLength < FRAME.headerBytes) return null;
  const view = new DataView(buffer);
  if (view.getUint8(0) !== FRAME.type || view.getUint8(1) !== FRAME.version) return null;
  const count = view.getUint16(16, true);
  if (buffer.byteLength !== FRAME.headerBytes + count * 2) return null;
  const samples = new Int16Array(count);
  for (let at = 0; at < count; at++) samples[at] = view.getInt16(FRAME.headerBytes + at * 2, true);
  return {
    channel: view.getUint16(2, true),
    sequence: view.getUint32(4, true),
    startMs: view.getFloat64(8, true),
    samples,
  };
};
