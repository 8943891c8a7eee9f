import type { ApiAlert } from '../../../model/api.ts';
import type { Clock } from '../../../model/clock.ts';
import type { RingFrame } from './frame-ring.ts';
import type { LiveHub } from './hub.ts';

/** The far end of a feed: a socket or a stream of events. */
export interface Outlet {
  /** Bytes that were handed over and have not left yet. */
  readonly buffered: number;
  frame(frame: RingFrame): void;
  /**
   * Too much came meanwhile: send what is so now, with the alerts that changed. Returns the number up to which the
   * other side now knows everything.
   */
  resync(missed: readonly ApiAlert[]): number;
  tooSlow(reason: string): void;
}

export interface FollowLimits {
  /** Above this nothing more is handed over. */
  readonly bufferedBytes: number;
  /** A screen that lags by more frames gets what is so now instead of what was. */
  readonly backlogFrames: number;
  /** A screen that takes nothing for so long is closed. */
  readonly stuckMs: number;
}

export const defaultFollowLimits: FollowLimits = { bufferedBytes: 512 * 1024, backlogFrames: 40, stuckMs: 15_000 };

/**
 * One reader's place in the feed. It pulls: what it has not read stays in the ring that all share, so a slow screen
 * costs no memory. Readings are skipped to the latest; alerts are not, or the screen is told that it is too slow.
 */
export class Follower {
  private readonly hub: LiveHub;
  private readonly clock: Clock;
  private readonly outlet: Outlet;
  private readonly limits: FollowLimits;
  private cursor: number;
  private heldSince: number | null = null;

  constructor(hub: LiveHub, clock: Clock, outlet: Outlet, cursor: number, limits: FollowLimits = defaultFollowLimits) {
    this.hub = hub;
    this.clock = clock;
    this.outlet = outlet;
    this.cursor = cursor;
    this.limits = limits;
  }

  get isHeld(): boolean {
    return this.heldSince !== null;
  }

  /** Hands over what there is, as far as the other side takes it. */
  pump(): void {
    if (this.hold()) return;
    const frames = this.hub.ring.after(this.cursor);
    if (frames === null || frames.length > this.limits.backlogFrames) {
      this.skip();
      return;
    }
    for (const frame of frames) {
      if (this.hold()) return;
      this.outlet.frame(frame);
      this.cursor = frame.s;
    }
  }

  private hold(): boolean {
    if (this.outlet.buffered <= this.limits.bufferedBytes) {
      this.heldSince = null;
      return false;
    }
    const now = this.clock.now();
    this.heldSince ??= now;
    if (now - this.heldSince >= this.limits.stuckMs) {
      this.outlet.tooSlow(`took nothing for ${Math.round(this.limits.stuckMs / 1000)} s`);
    }
    return true;
  }

  private skip(): void {
    const missed = this.hub.ring.alertsAfter(this.cursor);
    if (missed === null) this.outlet.tooSlow('more alerts came than could be kept for it');
    else this.cursor = this.outlet.resync(missed);
  }
}
