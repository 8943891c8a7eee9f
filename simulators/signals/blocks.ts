/** How many blocks are kept: a device asks about the second that has just passed, seldom about the one before it. */
const KEPT = 3;
const BLOCK_MS = 1000;

/**
 * A wave that a device asks for sample by sample, made a second at a time: a model that is asked for one sample looks
 * through all its beats for it. Between two samples the earlier one holds.
 */
export const inBlocks = (
  rateHz: number,
  samples: (fromMs: number, toMs: number, rateHz: number) => Float64Array,
): ((t: number) => number) => {
  const blocks: { readonly second: number; readonly values: Float64Array }[] = [];
  return (t) => {
    const second = Math.floor(t / BLOCK_MS);
    let block = blocks.find((known) => known.second === second);
    if (!block) {
      block = { second, values: samples(second * BLOCK_MS, (second + 1) * BLOCK_MS, rateHz) };
      blocks.unshift(block);
      blocks.length = Math.min(blocks.length, KEPT);
    }
    return block.values[Math.floor(((t - second * BLOCK_MS) * rateHz) / BLOCK_MS)] ?? 0;
  };
};

/** Remembers the answer for the moment asked last: a device asks for several numbers of one moment. */
export const ofMoment = <T>(at: (t: number) => T): ((t: number) => T) => {
  let last: { readonly t: number; readonly value: T } | null = null;
  return (t) => {
    if (last?.t !== t) last = { t, value: at(t) };
    return last.value;
  };
};
