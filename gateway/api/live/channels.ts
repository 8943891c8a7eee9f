import type { ApiChannel } from '../../../model/api.ts';
import type { LiveWave } from '../ports.ts';
import { encodeWaveFrame, MOST_SAMPLES } from './wave-frame.ts';

const NUMBERS = 65_536;

interface Channel {
  readonly announced: ApiChannel;
  sequence: number;
}

const isSame = (channel: ApiChannel, wave: LiveWave): boolean =>
  channel.rateHz === wave.rateHz &&
  channel.scale === wave.scale &&
  channel.offset === wave.offset &&
  channel.unit === wave.unit;

/** The numbers under which waves go over the live socket. A wave whose rate or scale changes gets a new number. */
export class Channels {
  private readonly byWave = new Map<string, Channel>();
  private readonly taken = new Set<number>();
  private next = 0;

  list(): ApiChannel[] {
    return [...this.byWave.values()].map((channel) => channel.announced);
  }

  /** The frames of a run, and the channel where it must be announced first. */
  encode(wave: LiveWave): { readonly announce: ApiChannel | null; readonly frames: readonly Uint8Array[] } {
    const key = `${wave.device}\n${wave.metric}`;
    const known = this.byWave.get(key);
    const fits = known !== undefined && isSame(known.announced, wave);
    const channel = fits ? known : this.open(key, wave);
    if (!channel) return { announce: null, frames: [] };
    const frames: Uint8Array[] = [];
    for (let from = 0; from < wave.raw.length; from += MOST_SAMPLES) {
      frames.push(
        encodeWaveFrame({
          channel: channel.announced.channel,
          sequence: channel.sequence++,
          startsAt: wave.takenAt + (from * 1000) / wave.rateHz,
          raw: wave.raw.slice(from, from + MOST_SAMPLES),
        }),
      );
    }
    return { announce: fits ? null : channel.announced, frames };
  }

  /** null where every number is in use. */
  private open(key: string, wave: LiveWave): Channel | null {
    const before = this.byWave.get(key);
    if (before) this.taken.delete(before.announced.channel);
    this.byWave.delete(key);
    if (this.taken.size >= NUMBERS) return null;
    while (this.taken.has(this.next)) this.next = (this.next + 1) % NUMBERS;
    const { device, metric, rateHz, scale, offset, unit } = wave;
    const channel = { announced: { channel: this.next, device, metric, rateHz, scale, offset, unit }, sequence: 0 };
    this.taken.add(this.next);
    this.next = (this.next + 1) % NUMBERS;
    this.byWave.set(key, channel);
    return channel;
  }
}
