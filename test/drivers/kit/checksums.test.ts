import { describe, expect, it } from 'vitest';
import { ascii, bytesOf } from '../../../drivers/kit/bytes.ts';
import { inverted8, sum16, twosComplement8 } from '../../../drivers/kit/checksums.ts';

/** Known sums: the published frames of protocols.md, and the sum of `123456789`, which is 0x1DD. */
describe('the checksums', () => {
  const digits = ascii('123456789');

  it("the two's complement makes a SunTech frame add up to 0", () => {
    expect(twosComplement8(digits)).toBe(0x23);
    expect(twosComplement8(bytesOf('3A 20') ?? digits)).toBe(0xa6);
    expect(twosComplement8(bytesOf('3A 20 A6') ?? digits)).toBe(0);
    expect(twosComplement8(new Uint8Array(0))).toBe(0);
  });

  it('the sum of 16 bits is that of a OneTouch line, and does not overflow', () => {
    expect(sum16(digits)).toBe(0x01dd);
    expect(sum16(ascii('P 003,"GMF600DCY","MG/DL "'))).toBe(0x05a6);
    expect(sum16(new Uint8Array(1000).fill(0xff))).toBe((1000 * 0xff) & 0xffff);
  });

  it('the inverted sum is that of a Fresenius frame', () => {
    expect(inverted8(digits)).toBe(0x22);
    expect(inverted8(ascii('0DC'))).toBe(0x48);
  });
});
