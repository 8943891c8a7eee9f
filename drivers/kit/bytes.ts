/** Bytes of an ASCII text; what is not ASCII becomes `?`. */
export const ascii = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x80 ? code : 0x3f;
  });

/** One character per byte, so that nothing is lost or merged. */
export const textOf = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};

export const concat = (...parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

/** `width` upper-case hex digits. */
export const hexNumber = (value: number, width: number): string =>
  value.toString(16).toUpperCase().padStart(width, '0');

/** `3E 04 4F`. */
export const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => hexNumber(byte, 2)).join(' ');

/** Reads hex digits in pairs; white space between them is free. Null where it is not hex. */
export const bytesOf = (hex: string): Uint8Array | null => {
  const digits = hex.replace(/\s+/g, '');
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) return null;
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
};

/** Reads numbers off a frame, front to back. Past the end it gives 0: check `left` or the length first. */
export class ByteReader {
  private readonly bytes: Uint8Array;
  private position: number;

  constructor(bytes: Uint8Array, from = 0) {
    this.bytes = bytes;
    this.position = from;
  }

  get left(): number {
    return Math.max(0, this.bytes.length - this.position);
  }

  u8(): number {
    return this.bytes[this.position++] ?? 0;
  }

  u16le(): number {
    return this.u8() | (this.u8() << 8);
  }

  take(length: number): Uint8Array {
    const part = this.bytes.subarray(this.position, this.position + length);
    this.position += length;
    return part;
  }
}

/** Writes numbers one after the other. */
export class ByteWriter {
  private readonly written: number[] = [];

  u8(value: number): this {
    this.written.push(value & 0xff);
    return this;
  }

  u16le(value: number): this {
    return this.u8(value).u8(value >> 8);
  }

  bytes(values: Iterable<number>): this {
    for (const value of values) this.u8(value);
    return this;
  }

  done(): Uint8Array {
    return Uint8Array.from(this.written);
  }
}
