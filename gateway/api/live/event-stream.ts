import type { ServerResponse } from 'node:http';
import type { ApiAlert, ApiReading } from '../../../model/api.ts';
import { type Clock, every } from '../../../model/clock.ts';
import type { Lenses, Viewer } from '../lens.ts';
import { Follower, type FollowLimits, type Outlet } from './follower.ts';
import type { RingFrame } from './frame-ring.ts';
import type { LiveHub, Reader } from './hub.ts';

export interface EventStreamOptions {
  readonly response: ServerResponse;
  readonly hub: LiveHub;
  readonly clock: Clock;
  readonly lenses: Lenses;
  readonly viewer: Viewer;
  /** Last-Event-ID; null: from now on. */
  readonly since: number | null;
  readonly isSignedIn: () => boolean;
  readonly limits?: FollowLimits;
  readonly onClose: (tooSlow: boolean) => void;
}

const COMMENT_MS = 15_000;
const RECHECK_MS = 30_000;
const RETRY_MS = 2000;

type Told =
  | { readonly event: 'alert'; readonly data: ApiAlert }
  | { readonly event: 'reading'; readonly data: ApiReading };

/**
 * Alerts and readings as server-sent events. A frame with several readings becomes several events; only its last
 * carries the id, so that a client which is cut off within it gets all of it again.
 */
export class EventStream implements Reader, Outlet {
  private readonly options: EventStreamOptions;
  private readonly response: ServerResponse;
  private readonly follower: Follower;
  private readonly stops: (() => void)[];
  private lastChecked: number;
  private isClosed = false;
  private wasTooSlow = false;

  constructor(options: EventStreamOptions) {
    const { response, hub, clock, since, limits } = options;
    this.options = options;
    this.response = response;
    this.lastChecked = clock.now();
    response.write(`retry: ${RETRY_MS}\n: alerts and readings follow\n\n`);
    this.follower = new Follower(hub, clock, this, this.begin(since), limits);
    this.stops = [hub.follow(this), every(clock, COMMENT_MS, () => this.comment())];
    response.on('close', () => this.end());
    response.on('error', () => this.end());
    this.wake();
  }

  get buffered(): number {
    return this.response.writableLength;
  }

  wake(): void {
    if (this.isClosed) return;
    this.follower.pump();
    this.recheck();
  }

  wave(): void {}

  frame({ frame, s }: RingFrame): void {
    if (frame.t === 'alert') this.tell([{ event: 'alert', data: frame.alert }], s);
    else if (frame.t === 'readings') {
      this.tell(
        frame.readings.map((data) => ({ event: 'reading', data }) as const),
        s,
      );
    }
  }

  resync(missed: readonly ApiAlert[]): number {
    return this.restate(missed);
  }

  tooSlow(): void {
    this.wasTooSlow = true;
    this.end();
  }

  close(): void {
    this.end();
  }

  /** Where an id is not known any more, the client is told so: it must not take the stream for complete. */
  private begin(since: number | null): number {
    const { ring } = this.options.hub;
    if (since === null) return ring.head;
    if (ring.after(since) !== null) return since;
    return this.restate(ring.alertsAfter(since));
  }

  private restate(missed: readonly ApiAlert[] | null): number {
    const { s, readings, alerts } = this.options.hub.snapshot(null);
    const gap = {
      hint: 'Some readings are left out here: ask /api/v1/readings for the time since. What is so now follows.',
      alertsComplete: missed !== null,
    };
    this.response.write(`event: gap\ndata: ${JSON.stringify(gap)}\n\n`);
    const now = new Map([...(missed ?? []), ...alerts].map((alert) => [alert.id, alert]));
    const told: Told[] = [
      ...[...now.values()].map((data) => ({ event: 'alert', data }) as const),
      ...readings.map((data) => ({ event: 'reading', data }) as const),
    ];
    this.tell(told, s);
    return s;
  }

  private tell(told: readonly Told[], id: number): void {
    const lens = this.options.lenses[this.options.viewer];
    const text = told.map(({ event, data }, index) => {
      const shown = event === 'alert' ? lens.alert(data) : lens.reading(data);
      const idLine = index === told.length - 1 ? `id: ${id}\n` : '';
      return `${idLine}event: ${event}\ndata: ${JSON.stringify(shown)}\n\n`;
    });
    if (text.length > 0) this.response.write(text.join(''));
  }

  private comment(): void {
    if (!this.follower.isHeld && !this.isClosed) this.response.write(': still here\n\n');
  }

  private recheck(): void {
    const { clock, isSignedIn } = this.options;
    if (clock.now() - this.lastChecked < RECHECK_MS) return;
    this.lastChecked = clock.now();
    if (!isSignedIn()) this.end();
  }

  private end(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const stop of this.stops) stop();
    // What a slow client did not take is of no use to it any more.
    if (this.wasTooSlow) this.response.destroy();
    else this.response.end();
    this.options.onClose(this.wasTooSlow);
  }
}
