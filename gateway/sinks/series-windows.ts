/** Lengths of the tiers' windows, ms. The finest also keeps its points. */
export const TIERS = [60_000, 900_000, 14_400_000] as const;

/** Figures of the values in one window. */
export interface Figures {
  count: number;
  low: number;
  high: number;
  sum: number;
}

export const noFigures = (): Figures => ({
  count: 0,
  low: Number.POSITIVE_INFINITY,
  high: Number.NEGATIVE_INFINITY,
  sum: 0,
});

export const addValue = (figures: Figures, value: number): void => {
  figures.count++;
  figures.low = Math.min(figures.low, value);
  figures.high = Math.max(figures.high, value);
  figures.sum += value;
};

export const addFigures = (figures: Figures, more: Figures): void => {
  figures.count += more.count;
  figures.low = Math.min(figures.low, more.low);
  figures.high = Math.max(figures.high, more.high);
  figures.sum += more.sum;
};

export interface Point {
  readonly at: number;
  readonly value: number;
}

export const windowOf = (at: number, width: number): number => Math.floor(at / width) * width;

/** A point in a window's blob: ms from its start (u32), value (f64), little-endian. */
const POINT_BYTES = 12;

export const encodePoints = (start: number, points: readonly Point[], before?: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array((before?.length ?? 0) + points.length * POINT_BYTES);
  if (before) bytes.set(before);
  const view = new DataView(bytes.buffer);
  let byte = before?.length ?? 0;
  for (const { at, value } of points) {
    view.setUint32(byte, at - start, true);
    view.setFloat64(byte + 4, value, true);
    byte += POINT_BYTES;
  }
  return bytes;
};

export const decodePoints = (start: number, bytes: Uint8Array): Point[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const points: Point[] = [];
  for (let byte = 0; byte + POINT_BYTES <= bytes.byteLength; byte += POINT_BYTES) {
    points.push({ at: start + view.getUint32(byte, true), value: view.getFloat64(byte + 4, true) });
  }
  return points;
};
