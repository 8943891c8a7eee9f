import type { WaveformBlock } from '../../model/sample.ts';

/**
 * A monitor without a clock sends its blocks one behind the other; that one arrives some milliseconds late is the wire's
 * doing, and no gap in the wave. A block that begins within half its length of where the last one ended is put there;
 * one further off begins where it says, and the gap stays a gap.
 */
export const createWaveContinuity = () => {
  const ends = new Map<string, number>();
  return (block: WaveformBlock): WaveformBlock => {
    const key = `${block.device}\n${block.metric}`;
    const length = block.endsAt - block.takenAt;
    const last = ends.get(key);
    const isNext = last !== undefined && block.timeSource === 'gateway' && Math.abs(block.takenAt - last) < length / 2;
    const takenAt = isNext ? last : block.takenAt;
    ends.set(key, takenAt + length);
    return isNext ? { ...block, takenAt, endsAt: takenAt + length } : block;
  };
};
