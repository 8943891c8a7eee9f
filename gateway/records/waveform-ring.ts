import type { WaveformBlock } from '../../model/sample.ts';
import { isStrippable } from './groups.ts';
import type { ObservationFacts, ObservedWave } from './observation.ts';

/** Length of a strip (standards.md 2.3, notes: 10 s strips). */
export const STRIP_MS = 10_000;

/** How far back a strip can be cut: an alert comes some seconds after the beats that raised it. */
const KEPT_MS = 60_000;

/** The last minute of EKG of each device, in memory, from which strips are cut. */
export class WaveformRing {
  private readonly byDevice = new Map<string, WaveformBlock[]>();

  add(block: WaveformBlock): void {
    if (!isStrippable(block.metric)) return;
    let blocks = this.byDevice.get(block.device);
    if (!blocks) {
      blocks = [];
      this.byDevice.set(block.device, blocks);
    }
    blocks.push(block);
    const oldest = block.endsAt - KEPT_MS;
    let stale = 0;
    while ((blocks[stale]?.endsAt ?? Number.POSITIVE_INFINITY) < oldest) stale++;
    // Cut in steps: a splice at each block would move the whole list each time.
    if (stale > 256 || stale * 2 > blocks.length) blocks.splice(0, stale);
  }

  /** The strip of a device over a stretch, as an observation yet to be filed; null where there is no EKG. */
  strip(device: string, from: number, end: number): ObservationFacts | null {
    const seen = new Map<string, WaveformBlock>();
    for (const block of this.byDevice.get(device) ?? []) {
      if (block.takenAt < end && block.endsAt > from) seen.set(block.id, block);
    }
    const blocks = [...seen.values()].sort((a, b) => a.takenAt - b.takenAt);
    const first = blocks[0];
    if (!first) return null;
    const metrics = [...new Set(blocks.map((block) => block.metric))].sort();
    const waves = metrics.flatMap((metric) => {
      const wave = joinBlocks(
        blocks.filter((block) => block.metric === metric),
        from,
        end,
      );
      return wave ? [wave] : [];
    });
    if (waves.length === 0) return null;
    return {
      group: 'ekg-strip',
      device,
      measurement: `strip:${from}`,
      takenAt: from,
      endsAt: end,
      receivedAt: Math.max(...blocks.map((block) => block.receivedAt)),
      patient: null,
      place: null,
      status: 'final',
      values: [],
      states: [],
      waves,
      frames: [...new Set(blocks.map((block) => block.frame.digest))],
    };
  }
}

/** Blocks of one lead on one time line; what no block covers is missing. Blocks of another scale are left out. */
const joinBlocks = (blocks: readonly WaveformBlock[], from: number, end: number): ObservedWave | null => {
  const model = blocks.at(-1);
  if (!model) return null;
  const { metric, unit, rateHz, scale, offset } = model;
  const raw: (number | null)[] = new Array(Math.round(((end - from) * rateHz) / 1000)).fill(null);
  for (const block of blocks) {
    if (block.rateHz !== rateHz || block.scale !== scale || block.offset !== offset || block.unit !== unit) continue;
    const start = Math.round(((block.takenAt - from) * rateHz) / 1000);
    block.raw.forEach((value, index) => {
      if (start + index >= 0 && start + index < raw.length) raw[start + index] = value;
    });
  }
  return { metric, unit, rateHz, scale, offset, raw };
};
