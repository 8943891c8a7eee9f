/** CSS defines 96 px to the inch. What that is on the glass is unknown without calibration, hence the sign ≈. */
export const PIXELS_PER_MM = 96 / 25.4;
export const SWEEP_MM_PER_S = 25;
/** 94.5 px/s (screens-and-alarms.md 1.3). */
export const SWEEP_PX_PER_MS = (SWEEP_MM_PER_S * PIXELS_PER_MM) / 1000;
/** Width of the blank ahead of the pen (screens-and-alarms.md 1.3). */
export const ERASE_BAR_PX = 14;
/** Right of the sweep, for the calibration bar. */
export const CALIBRATION_PX = 18;

/** Where the pen stands at a time: the sweep wraps with the width, so that equal times stand at equal places. */
export const sweepX = (ms: number, width: number): number => {
  const span = width / SWEEP_PX_PER_MS;
  return ((ms % span) / span) * width;
};

export const sweepSpanMs = (width: number): number => width / SWEEP_PX_PER_MS;

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The stretches of x that the pen passes between two times, in order; two where it wraps. Never more than a full sweep. */
export const stretches = (fromMs: number, toMs: number, width: number): readonly Stretch[] => {
  const length = (toMs - fromMs) * SWEEP_PX_PER_MS;
  if (length <= 0 || width <= 0) return [];
  if (length >= width) return [{ from: 0, to: width }];
  const start = sweepX(fromMs, width);
  const end = start + length;
  return end <= width
    ? [{ from: start, to: end }]
    : [
        { from: start, to: width },
        { from: 0, to: end - width },
      ];
};
