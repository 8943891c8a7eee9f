import { PIXELS_PER_MM } from './sweep.ts';

export interface VerticalScale {
  /** y in pixels from the top of a strip. */
  y(value: number): number;
  valueAt(y: number): number;
  /** False for what would be cut off. */
  fits(value: number): boolean;
  /** Height of 1 mV in pixels; null where the scale is not in mV. */
  readonly unitPx: number | null;
}

/** What a channel spanned in the last sweep; null where nothing came. */
export interface Extent {
  readonly low: number;
  readonly high: number;
}

/** The usual gains in mm/mV (screens-and-alarms.md 1.3), and half the smallest for what would be cut off. */
const GAINS = [20, 10, 5, 2.5] as const;
const USUAL_GAIN = 10;
/** Share of the strip's height a wave may fill. */
const FILL = 0.86;
/** A line that is flat to this is drawn flat. */
const LEAST_SPAN = 1e-6;

/** The largest of the usual gains at which the whole wave is seen. */
export const gainFor = (height: number, extent: Extent | null): number => {
  if (extent === null) return USUAL_GAIN;
  const span = extent.high - extent.low;
  return GAINS.find((gain) => span * gain * PIXELS_PER_MM <= height * FILL) ?? GAINS[3];
};

/** A line through the point (`value`, `y`), rising by `pxPerUnit`. */
const linear = (
  height: number,
  through: { readonly value: number; readonly y: number },
  pxPerUnit: number,
  unitPx: number | null,
): VerticalScale => {
  const place = (value: number) => through.y - (value - through.value) * pxPerUnit;
  return {
    y: (value) => Math.max(1, Math.min(height - 1, place(value))),
    valueAt: (y) => through.value + (through.y - y) / pxPerUnit,
    fits: (value) => place(value) >= 0 && place(value) <= height,
    unitPx,
  };
};

/** A strip may stand this much off its ideal place or size before it is drawn anew. */
const TOLERANCE = 0.15;

/** True where `better` would show the wave markedly otherwise than `present`. */
export const isOff = (present: VerticalScale, better: VerticalScale, height: number): boolean => {
  if (present.unitPx !== better.unitPx) return true;
  return [0, height].some((y) => Math.abs(present.y(better.valueAt(y)) - y) > TOLERANCE * height);
};

/** EKG: one of the fixed gains, the wave in the middle of the strip. */
export const millivoltScale = (height: number, extent: Extent | null): VerticalScale => {
  const unitPx = gainFor(height, extent) * PIXELS_PER_MM;
  const middle = extent === null ? 0 : (extent.low + extent.high) / 2;
  return linear(height, { value: middle, y: height / 2 }, unitPx, unitPx);
};

/** Respiration, pleth, pressure: the range of the last sweep fills the strip. */
export const fitScale = (height: number, extent: Extent | null): VerticalScale => {
  const { low, high } = extent ?? { low: 0, high: 1 };
  const pxPerUnit = (height * FILL) / Math.max(high - low, LEAST_SPAN);
  return linear(height, { value: (low + high) / 2, y: height / 2 }, pxPerUnit, null);
};
