import { FRAME, type WaveFrame } from './wave-frame.ts';

/** Blocks that follow each other by number may differ this much from even spacing: the rate is nominal, clocks drift. */
const DRIFT_MS = 120;

/**
 * The last seconds of one channel, by sample index. What was not received is `FRAME.missing`: nothing is held or
 * interpolated.
 */
export class TraceBuffer {
  private readonly ring: Int16Array;
  private readonly msPerSample: number;
  private origin = 0;
  private next = 0;
  private first = 0;
  private sequence: number | null = null;

  constructor(rateHz: number, seconds = 40) {
    this.ring = new Int16Array(Math.ceil(rateHz * seconds));
    this.msPerSample = 1000 / rateHz;
  }

  /** Time just after the newest sample; null while empty. */
  get endMs(): number | null {
    return this.sequence === null ? null : this.timeAt(this.next);
  }

  timeAt(index: number): number {
    return this.origin + index * this.msPerSample;
  }

  /** Index of the first sample at or after `ms`. */
  indexAt(ms: number): number {
    return Math.ceil((ms - this.origin) / this.msPerSample - 1e-6);
  }

  valueAt(index: number): number {
    if (index < this.first || index >= this.next) return FRAME.missing;
    return this.ring[index % this.ring.length] ?? FRAME.missing;
  }

  /** Takes a frame in. False where it is late (its time has passed) and left out. */
  append(frame: WaveFrame): boolean {
    if (this.sequence === null) this.restart(frame.startMs);
    let start = Math.round((frame.startMs - this.origin) / this.msPerSample);
    const follows = this.sequence === null || frame.sequence === (this.sequence + 1) >>> 0;
    const off = Math.abs(start - this.next) * this.msPerSample;
    if (follows && off <= DRIFT_MS) start = this.next;
    if (start - this.next > this.ring.length || this.next - start > this.ring.length) {
      this.restart(frame.startMs);
      start = 0;
    }
    if (start < this.next && !follows) return false;
    if (start < this.next) {
      // In order, yet earlier than what is held: the sender's clock was set back.
      this.restart(frame.startMs);
      start = 0;
    }
    for (let index = this.next; index < start; index++) this.put(index, FRAME.missing);
    for (let at = 0; at < frame.samples.length; at++) this.put(start + at, frame.samples[at] ?? FRAME.missing);
    this.next = start + frame.samples.length;
    this.first = Math.max(this.first, this.next - this.ring.length);
    this.sequence = frame.sequence;
    return true;
  }

  private put(index: number, value: number): void {
    this.ring[index % this.ring.length] = value;
  }

  private restart(startMs: number): void {
    this.origin = startMs;
    this.next = 0;
    this.first = 0;
  }
}
