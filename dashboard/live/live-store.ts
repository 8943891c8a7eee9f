import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { LiveFrame, ScreenFrame } from '../../model/api.ts';
import type { Clock } from '../../model/clock.ts';
import type { Random } from '../../model/random.ts';
import { type ConnectionState, LiveConnection, type SocketLike } from './connection.ts';
import { type FreshnessLevel, FreshnessMeter, levelOf, NOT_LIVE_AFTER_MS, SKEW_SHOWN_MS } from './freshness.ts';
import { applyFrame, type WardState } from './ward-state.ts';

export interface Freshness {
  readonly level: FreshnessLevel;
  /** Since the newest tick; null before the first. */
  readonly ageMs: number | null;
}

export interface LiveStoreOptions {
  readonly clock: Clock;
  /** The computer's own clock, as people see it. */
  readonly wall: () => number;
  readonly random: Random;
  readonly open: () => SocketLike;
  readonly onWave: (buffer: ArrayBuffer) => void;
  readonly onSnapshot: () => void;
  readonly onSignedOut: () => void;
}

/** Readings are shown at most this often; alerts never wait. */
const PUBLISH_EVERY_MS = 200;

/** What the live socket says, as signals. */
export class LiveStore {
  readonly ward: Signal<WardState | null> = signal(null);
  readonly freshness: Signal<Freshness> = signal({ level: 'not-live', ageMs: null });
  /** Changes only when the level does, for what must not be drawn several times a second. */
  readonly level: ReadonlySignal<FreshnessLevel> = computed(() => this.freshness.value.level);
  readonly simulated: ReadonlySignal<boolean> = computed(() => this.ward.value?.simulated ?? false);
  readonly connection: Signal<ConnectionState> = signal({ state: 'connecting', attempt: 0 });
  /** The gateway's time, once a second: what ages and countdowns are reckoned from. */
  readonly now: Signal<number>;
  /** This computer's clock minus the gateway's, where that is worth showing. */
  readonly skewMs: Signal<number | null> = signal(null);
  private readonly options: LiveStoreOptions;
  private readonly meter = new FreshnessMeter();
  private readonly link: LiveConnection;
  private state: WardState | null = null;
  private planned = false;
  private openedAt = 0;

  constructor(options: LiveStoreOptions) {
    this.options = options;
    this.now = signal(options.wall());
    this.link = new LiveConnection({
      open: options.open,
      clock: options.clock,
      random: options.random,
      onFrame: (frame) => this.take(frame),
      onWave: options.onWave,
      onSignedOut: options.onSignedOut,
      onState: (state) => {
        if (state.state === 'open') this.openedAt = options.clock.now();
        this.connection.value = state;
      },
    });
  }

  start(): void {
    this.link.start();
  }

  stop(): void {
    this.link.stop();
  }

  send(frame: ScreenFrame): void {
    this.link.send(frame);
  }

  /** To be called a few times a second: ages the screen, and gives up a socket that is open but silent. */
  heartbeat(): void {
    const now = this.options.clock.now();
    const ageMs = this.meter.age(now);
    const level = levelOf(ageMs);
    batch(() => {
      this.freshness.value = { level, ageMs };
      const server = this.meter.serverNow(now);
      if (server !== null) {
        const second = Math.floor(server / 1000) * 1000;
        if (second !== this.now.value) this.now.value = second;
      }
    });
    const isOpen = this.connection.value.state === 'open';
    if (level === 'not-live' && isOpen && now - this.openedAt > NOT_LIVE_AFTER_MS) this.link.restart();
  }

  private take(frame: LiveFrame): void {
    const now = this.options.clock.now();
    if (frame.t === 'snapshot') this.meter.reset();
    if (frame.t === 'snapshot' || frame.t === 'tick') {
      const server = Date.parse(frame.serverTime);
      this.meter.tick(server, now);
      const skew = this.options.wall() - (this.meter.serverNow(now) ?? server);
      this.skewMs.value = Math.abs(skew) > SKEW_SHOWN_MS ? skew : null;
    }
    if (frame.t === 'tick') {
      this.heartbeat();
      return;
    }
    this.state = applyFrame(this.state, frame);
    if (frame.t === 'snapshot') {
      this.heartbeat();
      this.publish();
      this.options.onSnapshot();
    } else if (frame.t === 'readings' || frame.t === 'status') {
      this.publishSoon();
    } else {
      this.publish();
    }
  }

  private publishSoon(): void {
    if (this.planned) return;
    this.planned = true;
    const { clock } = this.options;
    clock.at(clock.now() + PUBLISH_EVERY_MS, () => {
      if (this.planned) this.publish();
    });
  }

  private publish(): void {
    this.planned = false;
    this.ward.value = this.state;
  }
}
