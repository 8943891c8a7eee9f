/* The checksums of the byte-stream devices (protocols.md 0). */

const sum = (bytes: Uint8Array): number => {
  let total = 0;
  for (const byte of bytes) total += byte;
  return total;
};

/** What makes the sum of a whole frame 0 modulo 256 (SunTech). */
export const twosComplement8 = (bytes: Uint8Array): number => -sum(bytes) & 0xff;

/** 0xFF less the sum modulo 256 (Fresenius). */
export const inverted8 = (bytes: Uint8Array): number => 0xff - (sum(bytes) & 0xff);

/** Sum of the characters modulo 65536 (OneTouch). */
export const sum16 = (bytes: Uint8Array): number => sum(bytes) & 0xffff;
