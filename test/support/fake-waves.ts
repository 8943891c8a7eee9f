import { WAVE_FRAME } from '../../model/api.ts';

/** Bumps of one heart beat: place in the beat (0–1 at 60/min), height in mV, width. Made up to look like lead II. */
const bumps = [
  { at: 0.18, height: 0.14, width: 0.025 },
  { at: 0.285, height: -0.12, width: 0.009 },
  { at: 0.3, height: 1.15, width: 0.011 },
  { at: 0.318, height: -0.26, width: 0.01 },
  { at: 0.52, height: 0.3, width: 0.045 },
];

const bump = (phase: number, at: number, width: number): number => Math.exp(-((phase - at) ** 2) / (2 * width ** 2));

/** Lead II in mV at a moment; the beat shortens with the rate. */
export const ekgAt = (seconds: number, perMinute: number): number => {
  const phase = (seconds * perMinute) / 60;
  const inBeat = phase - Math.floor(phase);
  const stretch = Math.min(1, 60 / perMinute + 0.25);
  const wave = bumps.reduce(
    (sum, { at, height, width }) => sum + height * bump(inBeat * stretch, at * stretch, width),
    0,
  );
  return wave + 0.03 * Math.sin(seconds * 1.6) + 0.008 * Math.sin(seconds * 217);
};

export const plethAt = (seconds: number, perMinute: number): number => {
  const phase = (seconds * perMinute) / 60 - 0.25;
  const inBeat = phase - Math.floor(phase);
  return 50 + 38 * bump(inBeat, 0.22, 0.09) + 14 * bump(inBeat, 0.5, 0.1);
};

export const respirationAt = (seconds: number, perMinute: number): number =>
  50 + 32 * Math.sin((seconds * perMinute * 2 * Math.PI) / 60) ** 3;

/** One binary frame of the live socket (model/api.ts). */
export const waveFrame = (
  channel: number,
  sequence: number,
  startMs: number,
  raw: readonly (number | null)[],
): ArrayBuffer => {
  const buffer = new ArrayBuffer(WAVE_FRAME.headerBytes + raw.length * 2);
  const view = new DataView(buffer);
  view.setUint8(0, WAVE_FRAME.type);
  view.setUint8(1, WAVE_FRAME.version);
  view.setUint16(2, channel, true);
  view.setUint32(4, sequence, true);
  view.setFloat64(8, startMs, true);
  view.setUint16(16, raw.length, true);
  raw.forEach((value, at) => {
    view.setInt16(WAVE_FRAME.headerBytes + at * 2, value ?? WAVE_FRAME.missing, true);
  });
  return buffer;
};
