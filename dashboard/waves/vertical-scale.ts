import { gainFor, PIXELS_PER_MM } from './sweep.ts';

export interface VerticalScale {
  /** y in pixels from the top of a strip. */
  y(value: number): number;
  /** Height of 1 mV in pixels; null where the scale is not in mV. */
  readonly unitPx: number | null;
}

/** EKG: fixed gain, the zero line a little below the middle because R waves point up. */
export const millivoltScale = (height: number, centre: number): VerticalScale => {
  const pxPerMv = gainFor(height) * PIXELS_PER_MM;
  const zero = height * 0.6;
  return { y: (value) => clamp(zero - (value - centre) * pxPerMv, height), unitPx: pxPerMv };
};

/** Respiration, pleth, pressure: the range of the last sweep fills the strip. */
export const fitScale = (height: number, low: number, high: number): VerticalScale => {
  const span = high - low || 1;
  const pad = height * 0.12;
  return { y: (value) => clamp(height - pad - ((value - low) / span) * (height - 2 * pad), height), unitPx: null };
};

const clamp = (y: number, height: number): number => Math.max(1, Math.min(height - 1, y));
