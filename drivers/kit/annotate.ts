import type { Annotation, FrameCodec, StreamDriver } from './contract.ts';

/** Names fields one behind the other: each begins where the last ended. */
export class Annotator {
  private readonly made: Annotation[] = [];
  private readonly length: number;
  private at = 0;

  constructor(frame: Uint8Array) {
    this.length = frame.length;
  }

  /** The next `length` bytes; cut at the end of the frame, and left out where nothing is left. */
  field(length: number, text: string): this {
    const to = Math.min(this.at + length, this.length);
    if (to > this.at) this.made.push({ from: this.at, to, text });
    this.at = to;
    return this;
  }

  rest(text: string): this {
    return this.field(this.length - this.at, text);
  }

  done(): readonly Annotation[] {
    return this.made;
  }
}

/** `checksum A6 ok`, or what it should be. */
export const checksumText = (given: string, expected: string): string =>
  given === expected ? `checksum ${given} ok` : `checksum ${given} wrong, should be ${expected}`;

const annotateWith = (codec: FrameCodec, bytes: Uint8Array): readonly Annotation[] => {
  const framer = codec.framer();
  const annotations: Annotation[] = [];
  let at = 0;
  for (const event of [...framer.push(bytes), ...framer.flush()]) {
    const { length } = event.bytes;
    if (event.kind === 'junk') annotations.push({ from: at, to: at + length, text: `no frame: ${event.reason}` });
    else {
      const inside = codec.annotate?.(event.bytes) ?? [{ from: 0, to: length, text: 'frame' }];
      for (const { from, to, text } of inside) annotations.push({ from: at + from, to: at + to, text });
      const decoded = codec.decode(event.bytes);
      if (!decoded.ok) annotations.push({ from: at, to: at + length, text: `refused: ${decoded.fault.detail}` });
    }
    at += length;
  }
  return annotations;
};

/**
 * Explains bytes as a device sent them (`rx`), or as the gateway did (`tx`): frame by frame, junk included. Where
 * control bytes lie inside a frame they are shown before it.
 */
export const annotate = (
  driver: StreamDriver,
  bytes: Uint8Array,
  direction: 'rx' | 'tx' = 'rx',
): readonly Annotation[] => {
  const codec = direction === 'rx' ? driver.reply : driver.request;
  return codec ? annotateWith(codec, bytes) : [{ from: 0, to: bytes.length, text: 'this device is never written to' }];
};
