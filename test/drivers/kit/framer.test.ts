import { describe, expect, it } from 'vitest';
import { replyCodec } from '../../../drivers/blood-pressure/suntech-codec.ts';
import { bytesOf, concat } from '../../../drivers/kit/bytes.ts';

const hex = (text: string): Uint8Array => bytesOf(text) ?? new Uint8Array(0);

describe('a framer', () => {
  it('finds the whole frame that stands behind half a one when the line falls silent', () => {
    const framer = replyCodec.framer();
    const good = hex('3E 05 02 01 BA');
    expect(framer.push(concat(hex('3E 43'), good))).toEqual([]);
    expect(framer.flush()).toEqual([
      { kind: 'junk', bytes: hex('3E'), reason: 'incomplete' },
      { kind: 'junk', bytes: hex('43'), reason: 'no start of a frame' },
      { kind: 'frame', bytes: good },
    ]);
    expect(framer.flush()).toEqual([]);
  });

  it('keeps nothing of a buffer that its owner uses again', () => {
    const framer = replyCodec.framer();
    const buffer = Buffer.from(hex('3E 05 02'));
    framer.push(buffer);
    buffer.fill(0);
    const rest = Buffer.from(hex('01 BA'));
    const [frame] = framer.push(rest);
    rest.fill(0);
    expect(frame).toEqual({ kind: 'frame', bytes: hex('3E 05 02 01 BA') });
  });
});
