import type { ApiAlert, LiveFrame } from '../../../model/api.ts';
import { type Clock, every } from '../../../model/clock.ts';
import { isoTime } from '../../../model/time.ts';
import type { Lenses, Viewer } from '../lens.ts';
import type { GatewayView, LiveEvent, LiveWave } from '../ports.ts';
import { Channels } from './channels.ts';
import { FrameRing, RingFrame, type RingLimits } from './frame-ring.ts';
import { Pending, type Unnumbered } from './pending.ts';

/** Who reads the feed: called when there is something new to read. */
export interface Reader {
  wake(): void;
  /** The frames of a wave of a device. */
  wave(device: string, frames: readonly Uint8Array[]): void;
}

/** At most four times a second: faster, nobody reads a number. */
const CONFLATE_MS = 250;
const TICK_MS = 1000;

/** One listener to the gateway for all screens. It numbers frames and keeps the last; each screen reads for itself. */
export class LiveHub {
  readonly ring: FrameRing;
  private readonly view: GatewayView;
  private readonly clock: Clock;
  private readonly lenses: Lenses;
  private readonly channels = new Channels();
  private readonly pending = new Pending();
  private readonly readers = new Set<Reader>();
  private readonly stops: (() => void)[];
  private latest: { readonly frame: RingFrame } | null = null;

  constructor(view: GatewayView, clock: Clock, lenses: Lenses, limits?: RingLimits) {
    this.view = view;
    this.clock = clock;
    this.lenses = lenses;
    // From the clock, so that numbers from before a restart are never taken for these.
    this.ring = new FrameRing(Math.trunc(clock.now()), limits);
    this.stops = [
      view.subscribe((event) => this.hear(event)),
      every(clock, CONFLATE_MS, () => this.flush()),
      every(clock, TICK_MS, () => this.tick()),
    ];
  }

  follow(reader: Reader): () => void {
    this.readers.add(reader);
    return () => this.readers.delete(reader);
  }

  get following(): number {
    return this.readers.size;
  }

  /** Everything as it is now, numbered as the newest frame: what comes after follows it. */
  snapshot(missed: readonly ApiAlert[] | null): Extract<LiveFrame, { t: 'snapshot' }> {
    this.flush();
    const { ward, places, patients, devices, readings, statuses, alerts, limits } = this.view.snapshot();
    return {
      s: this.ring.head,
      t: 'snapshot',
      serverTime: isoTime(this.clock.now()),
      ward: { ...ward },
      places: [...places],
      patients: [...patients],
      devices: [...devices],
      readings: [...readings],
      statuses: [...statuses],
      alerts: [...alerts],
      limits: [...limits],
      metrics: [...this.view.metrics()],
      channels: this.channels.list(),
      ...(missed ? { missed: [...missed] } : {}),
    };
  }

  /** A plain snapshot as text. Many screens that come back at once share it. */
  snapshotText(viewer: Viewer): { readonly s: number; readonly text: string } {
    this.flush();
    if (this.latest?.frame.s !== this.ring.head) {
      this.latest = { frame: new RingFrame(this.snapshot(null), this.lenses) };
    }
    return { s: this.latest.frame.s, text: this.latest.frame.text(viewer) };
  }

  close(): void {
    for (const stop of this.stops) stop();
    this.readers.clear();
  }

  private hear(event: LiveEvent): void {
    if (event.t === 'alert') {
      this.push({ t: 'alert', alert: event.alert });
      this.wake();
    } else if (event.t === 'wave') {
      this.pass(event.wave);
    } else {
      this.pending.add(event);
    }
  }

  private pass(wave: LiveWave): void {
    const { announce, frames } = this.channels.encode(wave);
    if (announce) {
      this.push({ t: 'channel', channel: announce });
      this.wake();
    }
    for (const reader of this.readers) reader.wave(wave.device, frames);
  }

  private flush(): void {
    const frames = this.pending.take();
    if (frames.length === 0) return;
    for (const frame of frames) this.push(frame);
    this.wake();
  }

  /** Also wakes readers that were held up: their buffers may have emptied meanwhile. */
  private tick(): void {
    this.push({ t: 'tick', serverTime: isoTime(this.clock.now()) });
    this.wake();
  }

  private push(frame: Unnumbered): void {
    this.ring.push(new RingFrame({ s: this.ring.head + 1, ...frame }, this.lenses));
  }

  private wake(): void {
    for (const reader of this.readers) reader.wake();
  }
}
