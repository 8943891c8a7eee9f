import type { RegisterBlock, RegisterImage } from './contract.ts';

/*
 * The frame kept for evidence is the replies of one poll, one after the other, as they were on the wire. This finds the
 * registers in it again. RTU reply: unit, function, byte count, data, CRC; TCP: MBAP header of 7 bytes, then the same
 * without unit and CRC (Modbus Application Protocol 1.1b3, 4.1 and 6.3; Messaging on TCP/IP 1.0b, 3.1).
 */

const RTU = { head: 3, tail: 2 } as const;
const TCP = { head: 9, tail: 0 } as const;

export interface ReplyRange {
  readonly block: RegisterBlock;
  /** Of the whole reply within the frame. */
  readonly from: number;
  readonly to: number;
  /** Where its registers begin. */
  readonly data: number;
}

export interface PollReplies {
  readonly wire: 'rtu' | 'tcp' | 'registers';
  readonly replies: readonly ReplyRange[];
  readonly image: RegisterImage;
}

const layoutsOf = [
  { wire: 'rtu', ...RTU },
  { wire: 'tcp', ...TCP },
  { wire: 'registers', head: 0, tail: 0 },
] as const;

/** Splits the frame of a poll by the blocks that were asked for; null where it is no such frame. */
export const splitReplies = (blocks: readonly RegisterBlock[], frame: Uint8Array): PollReplies | null => {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  for (const { wire, head, tail } of layoutsOf) {
    const length = blocks.reduce((sum, block) => sum + head + 2 * block.count + tail, 0);
    if (length !== frame.length) continue;
    const replies: ReplyRange[] = [];
    let from = 0;
    for (const block of blocks) {
      const to = from + head + 2 * block.count + tail;
      replies.push({ block, from, to, data: from + head });
      from = to;
    }
    const counted = replies.every(({ block, data }) => head === 0 || frame[data - 1] === 2 * block.count);
    if (!counted) continue;
    const image = replies.map(({ block, data }) =>
      Array.from({ length: block.count }, (_, index) => view.getUint16(data + 2 * index)),
    );
    return { wire, replies, image };
  }
  return null;
};
