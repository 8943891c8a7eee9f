import { WebSocket } from 'ws';
import { type ApiAlert, LIVE_CLOSE, screenFrameSchema } from '../../../model/api.ts';
import { type Clock, every } from '../../../model/clock.ts';
import type { Lenses, Viewer } from '../lens.ts';
import { Follower, type FollowLimits, type Outlet } from './follower.ts';
import type { RingFrame } from './frame-ring.ts';
import type { LiveHub, Reader } from './hub.ts';
import { WaveQueue } from './wave-queue.ts';

export interface ScreenOptions {
  readonly socket: WebSocket;
  readonly hub: LiveHub;
  readonly clock: Clock;
  readonly lenses: Lenses;
  readonly viewer: Viewer;
  /** Number of the last frame that it has from an earlier connection; null: none. */
  readonly since: number | null;
  /** Asked again and again: a session may end while its socket is open. */
  readonly isSignedIn: () => boolean;
  readonly limits?: FollowLimits;
  readonly onClose: (screen: Screen, tooSlow: boolean) => void;
}

const PING_MS = 5000;
/** No pong and no word for so long: the other side is frozen or gone. */
const SILENT_MS = 15_000;
const RECHECK_MS = 30_000;
/** A closing handshake must not wait behind what a slow screen does not take. */
const CLOSE_WITHIN_MS = 2000;
const MESSAGES_PER_PING = 50;
/** Waves leave room for everything else. */
const WAVE_BUFFERED_BYTES = 64 * 1024;
const WAVE_QUEUE_BYTES = 256 * 1024;

/** One screen on the live socket. */
export class Screen implements Reader, Outlet {
  private readonly options: ScreenOptions;
  private readonly socket: WebSocket;
  private readonly follower: Follower;
  private readonly queue = new WaveQueue(WAVE_QUEUE_BYTES);
  private readonly stops: (() => void)[];
  private devices: ReadonlySet<string> = new Set();
  private lastHeard: number;
  private lastChecked: number;
  private messages = 0;
  private isClosing = false;
  private wasTooSlow = false;
  /** What it last said of itself; null before it said anything. */
  watching: { readonly visible: boolean; readonly sound: boolean } | null = null;

  constructor(options: ScreenOptions) {
    const { socket, hub, clock, limits } = options;
    this.options = options;
    this.socket = socket;
    this.lastHeard = clock.now();
    this.lastChecked = clock.now();
    this.follower = new Follower(hub, clock, this, this.begin(), limits);
    this.stops = [hub.follow(this), every(clock, PING_MS, () => this.beat())];
    socket.on('message', (data, isBinary) => this.hear(isBinary ? null : String(data)));
    socket.on('pong', () => this.heard());
    socket.on('close', () => this.end());
    // A broken frame or connection: `close` follows.
    socket.on('error', () => {});
    this.wake();
  }

  get buffered(): number {
    return this.socket.bufferedAmount;
  }

  get wavesDropped(): number {
    return this.queue.dropped;
  }

  wake(): void {
    if (this.isClosing) return;
    this.follower.pump();
    this.sendWaves();
  }

  wave(device: string, frames: readonly Uint8Array[]): void {
    if (this.isClosing || !(this.devices.has('*') || this.devices.has(device))) return;
    for (const frame of frames) this.queue.add(frame);
    this.sendWaves();
  }

  frame(frame: RingFrame): void {
    this.socket.send(frame.text(this.options.viewer));
  }

  resync(missed: readonly ApiAlert[]): number {
    const { hub, lenses, viewer } = this.options;
    const snapshot = hub.snapshot(missed);
    this.socket.send(JSON.stringify(lenses[viewer].frame(snapshot)));
    return snapshot.s;
  }

  tooSlow(reason: string): void {
    this.wasTooSlow = true;
    this.close(LIVE_CLOSE.tooSlow, reason);
  }

  close(code: number, reason: string): void {
    if (this.isClosing) return;
    this.isClosing = true;
    this.queue.clear();
    this.socket.close(code, reason);
    const { clock } = this.options;
    this.stops.push(clock.at(clock.now() + CLOSE_WITHIN_MS, () => this.socket.terminate()));
  }

  terminate(): void {
    this.isClosing = true;
    this.socket.terminate();
  }

  /** Where the feed begins for this screen: after what it has, or with everything. */
  private begin(): number {
    const { hub, since, viewer } = this.options;
    if (since !== null && hub.ring.after(since) !== null) return since;
    const missed = since === null ? null : hub.ring.alertsAfter(since);
    if (missed) return this.resync(missed);
    const { s, text } = hub.snapshotText(viewer);
    this.socket.send(text);
    return s;
  }

  private sendWaves(): void {
    this.queue.drain((frame) => {
      if (this.follower.isHeld || this.buffered > WAVE_BUFFERED_BYTES) return false;
      this.socket.send(frame);
      return true;
    });
  }

  private heard(): void {
    this.lastHeard = this.options.clock.now();
  }

  private hear(text: string | null): void {
    this.heard();
    this.messages++;
    if (this.messages > MESSAGES_PER_PING) {
      this.close(LIVE_CLOSE.tooMuch, `more than ${MESSAGES_PER_PING} messages in ${PING_MS / 1000} s`);
      return;
    }
    const parsed = screenFrameSchema.safeParse(parseJson(text));
    if (!parsed.success) this.close(LIVE_CLOSE.notUnderstood, 'say {"t":"watching",…} or {"t":"waves","devices":[…]}');
    else if (parsed.data.t === 'watching') this.watching = { visible: parsed.data.visible, sound: parsed.data.sound };
    else this.devices = new Set(parsed.data.devices);
  }

  private beat(): void {
    const now = this.options.clock.now();
    this.messages = 0;
    if (now - this.lastHeard >= SILENT_MS) {
      this.terminate();
      return;
    }
    if (now - this.lastChecked >= RECHECK_MS) {
      this.lastChecked = now;
      if (!this.options.isSignedIn()) {
        this.close(LIVE_CLOSE.signedOut, 'the session ended: sign in again');
        return;
      }
    }
    if (this.socket.readyState === WebSocket.OPEN) this.socket.ping();
  }

  private end(): void {
    this.isClosing = true;
    this.queue.clear();
    for (const stop of this.stops) stop();
    this.options.onClose(this, this.wasTooSlow);
  }
}

const parseJson = (text: string | null): unknown => {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
};
