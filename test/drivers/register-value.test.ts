import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orders, readRaw, registerTypes, shortestFloat32, writeRaw } from '../../drivers/kit/register-value.ts';

const bigEndian = { wordOrder: 'high-first', byteOrder: 'high-first' } as const;

describe('register values', () => {
  it('read the published numbers', () => {
    expect(readRaw([0xff33], { type: 'i16', ...bigEndian })).toBe(-205);
    expect(readRaw([0xff33], { type: 'u16', ...bigEndian })).toBe(0xff33);
    expect(readRaw([0xe666, 0xc2f6], { type: 'f32', ...bigEndian, wordOrder: 'low-first' })).toBe(Math.fround(-123.45));
    expect(readRaw([0xcccd, 0x4234], { type: 'f32', ...bigEndian, wordOrder: 'low-first' })).toBe(Math.fround(45.2));
    expect(readRaw([0x3412, 0x7856], { type: 'u32', wordOrder: 'high-first', byteOrder: 'low-first' })).toBe(
      0x12345678,
    );
    expect(readRaw([0xffff, 0xfffe], { type: 'i32', ...bigEndian })).toBe(-2);
  });

  // Made with pymodbus 3.0 (BinaryPayloadBuilder), an implementation that is not ours.
  it.each([
    ['i16', 'high-first', [65331], -205],
    ['u16', 'high-first', [54321], 54321],
    ['i32', 'high-first', [63652, 13035], -123456789],
    ['u32', 'high-first', [45776, 24064], 3000000000],
    ['f32', 'high-first', [49910, 58982], -123.45],
    ['i32', 'low-first', [13035, 63652], -123456789],
    ['u32', 'low-first', [24064, 45776], 3000000000],
    ['f32', 'low-first', [58982, 49910], -123.45],
    ['f32', 'low-first', [0, 16812], 21.5],
  ] as const)('read and write %s, %s as pymodbus does', (type, wordOrder, registers, value) => {
    const layout = { type, wordOrder, byteOrder: 'high-first' } as const;
    expect(readRaw(registers, layout)).toBe(type === 'f32' ? Math.fround(value) : value);
    expect(writeRaw(value, layout)).toEqual(registers);
  });

  it('are missing where a register is', () => {
    expect(readRaw([1], { type: 'f32', ...bigEndian })).toBeNull();
    expect(readRaw([], { type: 'u16', ...bigEndian })).toBeNull();
  });

  it('come back as they were written, in every order', () => {
    const layout = fc.record({
      type: fc.constantFrom(...registerTypes),
      wordOrder: fc.constantFrom(...orders),
      byteOrder: fc.constantFrom(...orders),
    });
    fc.assert(
      fc.property(
        layout,
        fc.integer({ min: 0, max: 0xffff }),
        fc.integer({ min: 0, max: 0xffff }),
        (chosen, high, low) => {
          const raw = readRaw([high, low], chosen);
          if (raw === null || Number.isNaN(raw)) return;
          const width = chosen.type.endsWith('16') ? 1 : 2;
          expect(writeRaw(raw, chosen)).toEqual([high, low].slice(0, width));
        },
      ),
    );
  });

  it('hold a number that the type cannot carry at its end, and never wrap it round', () => {
    expect(writeRaw(70_000, { type: 'u16', ...bigEndian })).toEqual([0xffff]);
    expect(writeRaw(-1, { type: 'u16', ...bigEndian })).toEqual([0]);
    expect(writeRaw(40_000, { type: 'i16', ...bigEndian })).toEqual([0x7fff]);
  });

  it('show a float in its shortest decimal form', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        // A register of -0 is shown as 0.
        expect(Math.fround(shortestFloat32(value)) + 0).toBe(value + 0);
      }),
    );
    expect(shortestFloat32(Math.fround(45.2))).toBe(45.2);
  });
});
