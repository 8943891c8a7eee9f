import type { LIVE_CLOSE, LiveFrame, ScreenFrame } from '../../model/api.ts';
import type { Clock } from '../../model/clock.ts';
import type { Random } from '../../model/random.ts';
import { backoffMs } from './backoff.ts';

/** The part of a WebSocket that is used, so that a test can stand in for it. */
export interface SocketLike {
  binaryType: string;
  readonly readyState: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  send(text: string): void;
  close(): void;
}

export type ConnectionState =
  | { readonly state: 'connecting' | 'open'; readonly attempt: number }
  | { readonly state: 'waiting'; readonly attempt: number; readonly retryAt: number };

export interface ConnectionOptions {
  readonly open: () => SocketLike;
  readonly clock: Clock;
  readonly random: Random;
  readonly onFrame: (frame: LiveFrame) => void;
  readonly onWave: (buffer: ArrayBuffer) => void;
  /** The gateway closed the socket because the session has ended. */
  readonly onSignedOut: () => void;
  readonly onState: (state: ConnectionState) => void;
}

const OPEN = 1;
/** As in `model/api.ts`, checked by the compiler. */
const SIGNED_OUT: (typeof LIVE_CLOSE)['signedOut'] = 4401;
/** A screen that misses a frame asks for everything again, but not more often than this. */
const RESYNC_EVERY_MS = 10_000;
/** A socket that does not open within this is given up. */
const OPEN_WITHIN_MS = 5000;

/**
 * Keeps one live socket. Each connection begins with a fresh snapshot, so nothing from before it is ever merged with
 * what comes after a gap.
 */
export class LiveConnection {
  private readonly options: ConnectionOptions;
  private socket: SocketLike | null = null;
  private cancel: () => void = () => {};
  private attempt = 0;
  private stopped = true;
  private sequence: number | null = null;
  private lastResync = Number.NEGATIVE_INFINITY;
  /** Frames that never came. */
  missed = 0;

  constructor(options: ConnectionOptions) {
    this.options = options;
  }

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    this.cancel();
    this.drop();
  }

  /** Gives up the present socket, e.g. one that is open but silent, and opens another. */
  restart(): void {
    if (this.stopped) return;
    this.drop();
    this.wait();
  }

  send(frame: ScreenFrame): void {
    if (this.socket?.readyState === OPEN) this.socket.send(JSON.stringify(frame));
  }

  private connect(): void {
    const { clock, onState } = this.options;
    this.attempt++;
    this.sequence = null;
    const socket = this.options.open();
    this.socket = socket;
    socket.binaryType = 'arraybuffer';
    onState({ state: 'connecting', attempt: this.attempt });
    this.cancel = clock.at(clock.now() + OPEN_WITHIN_MS, () => this.restart());
    socket.onopen = () => {
      this.cancel();
      onState({ state: 'open', attempt: this.attempt });
    };
    socket.onmessage = (event) => this.receive(event.data);
    socket.onclose = (event) => {
      this.cancel();
      this.drop();
      if (event.code === SIGNED_OUT) this.options.onSignedOut();
      this.wait();
    };
  }

  private receive(data: unknown): void {
    if (data instanceof ArrayBuffer) {
      this.options.onWave(data);
      return;
    }
    const frame = parseFrame(data);
    if (frame === null) return;
    const expected = this.sequence === null ? frame.s : this.sequence + 1;
    this.sequence = frame.s;
    if (frame.t === 'snapshot') this.attempt = 0;
    else if (frame.s > expected && this.resync(frame.s - expected)) return;
    this.options.onFrame(frame);
  }

  /** True where the connection was begun anew because of `count` frames that never came. */
  private resync(count: number): boolean {
    const now = this.options.clock.now();
    this.missed += count;
    if (now - this.lastResync < RESYNC_EVERY_MS) return false;
    this.lastResync = now;
    this.drop();
    this.connect();
    return true;
  }

  private wait(): void {
    if (this.stopped) return;
    const { clock, random, onState } = this.options;
    const retryAt = clock.now() + backoffMs(Math.max(1, this.attempt), random);
    onState({ state: 'waiting', attempt: this.attempt, retryAt });
    this.cancel();
    this.cancel = clock.at(retryAt, () => this.connect());
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    if (socket === null) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }
}

/** The gateway checks what it sends; here only what cannot be a frame at all is left out. */
const parseFrame = (data: unknown): LiveFrame | null => {
  if (typeof data !== 'string') return null;
  try {
    const frame: unknown = JSON.parse(data);
    return typeof frame === 'object' && frame !== null && 't' in frame && 's' in frame ? (frame as LiveFrame) : null;
  } catch {
    return null;
  }
};
