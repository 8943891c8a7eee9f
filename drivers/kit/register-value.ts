/*
 * One value in one or two Modbus registers. Makers differ in which register of a pair comes first, and a few in which
 * byte of a register does (protocols.md 5.4).
 */

export const registerTypes = ['i16', 'u16', 'i32', 'u32', 'f32'] as const;
export type RegisterType = (typeof registerTypes)[number];

export const orders = ['high-first', 'low-first'] as const;
export type Order = (typeof orders)[number];

export interface RegisterLayout {
  readonly type: RegisterType;
  readonly wordOrder: Order;
  readonly byteOrder: Order;
}

export const widthOf = (type: RegisterType): 1 | 2 => (type === 'i16' || type === 'u16' ? 1 : 2);

const integerRanges = {
  i16: { low: -0x8000, high: 0x7fff },
  u16: { low: 0, high: 0xffff },
  i32: { low: -0x8000_0000, high: 0x7fff_ffff },
  u32: { low: 0, high: 0xffff_ffff },
} as const;

/** The raw numbers an integer type can hold; null for a float. */
export const rangeOf = (type: RegisterType): { readonly low: number; readonly high: number } | null =>
  type === 'f32' ? null : integerRanges[type];

const swapBytes = (register: number): number => ((register & 0xff) << 8) | (register >>> 8);

/** Registers in wire order to most significant first, and back. */
const reorder = (registers: readonly number[], layout: RegisterLayout): number[] => {
  const words = registers.map((register) => (layout.byteOrder === 'low-first' ? swapBytes(register) : register));
  return layout.wordOrder === 'low-first' ? words.reverse() : words;
};

/** The raw number, or null where a register is missing. A float may be NaN or infinite. */
export const readRaw = (registers: readonly number[], layout: RegisterLayout): number | null => {
  const width = widthOf(layout.type);
  if (registers.length < width) return null;
  const words = reorder(registers.slice(0, width), layout);
  const view = new DataView(new ArrayBuffer(4));
  for (const [index, word] of words.entries()) view.setUint16(index * 2, word);
  if (layout.type === 'i16') return view.getInt16(0);
  if (layout.type === 'u16') return view.getUint16(0);
  if (layout.type === 'i32') return view.getInt32(0);
  if (layout.type === 'u32') return view.getUint32(0);
  return view.getFloat32(0);
};

/** The registers of a raw number; an integer is rounded and held within what the type can carry. */
export const writeRaw = (raw: number, layout: RegisterLayout): number[] => {
  const view = new DataView(new ArrayBuffer(4));
  const range = rangeOf(layout.type);
  if (!range) view.setFloat32(0, raw);
  else {
    const held = Math.min(range.high, Math.max(range.low, Math.round(raw)));
    if (widthOf(layout.type) === 1) view.setUint16(0, held & 0xffff);
    else view.setUint32(0, held >>> 0);
  }
  const words = widthOf(layout.type) === 1 ? [view.getUint16(0)] : [view.getUint16(0), view.getUint16(2)];
  return reorder(words, layout);
};

/** The shortest decimal that is the same 32-bit float: 45.2, not 45.20000076293945. */
export const shortestFloat32 = (value: number): number => {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
};
