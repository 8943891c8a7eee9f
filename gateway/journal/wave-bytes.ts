/** Stands for a missing sample in a run of 16-bit numbers. */
const MISSING = -0x8000;

/** True where the run fits into 16 bits a sample: what analogue-to-digital converters give. */
export const fitsInt16 = (raw: readonly (number | null)[]): boolean =>
  raw.every(
    (value) =>
      value === null || (Number.isInteger(value) && value > MISSING && value <= 0x7fff && !Object.is(value, -0)),
  );

/** Two bytes a sample, little-endian. */
export const writeInt16 = (raw: readonly (number | null)[], target: DataView, at: number): void => {
  for (let index = 0; index < raw.length; index++) target.setInt16(at + index * 2, raw[index] ?? MISSING, true);
};

export const readInt16 = (source: DataView, at: number, count: number): (number | null)[] => {
  const raw: (number | null)[] = new Array(count);
  for (let index = 0; index < count; index++) {
    const value = source.getInt16(at + index * 2, true);
    raw[index] = value === MISSING ? null : value;
  }
  return raw;
};
