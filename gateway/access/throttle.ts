import type { Clock } from '../../model/clock.ts';

export interface ThrottleLimits {
  /** Attempts that are free before waiting begins. */
  readonly free: number;
  /** The first wait; it doubles with each further failure. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** Failures are forgotten this long after the last. */
  readonly forgetMs: number;
  /** Keys that are remembered; the one least recently used makes room. */
  readonly keys: number;
}

interface Track {
  failures: number;
  lastAt: number;
  blockedUntil: number;
}

/**
 * Slows down guessing. An attempt is counted when it begins and taken back when it succeeds, so many at once gain
 * nothing; one who waits out the time is let in again.
 */
export class Throttle {
  private readonly tracks = new Map<string, Track>();
  private readonly clock: Clock;
  private readonly limits: ThrottleLimits;

  constructor(clock: Clock, limits: ThrottleLimits) {
    this.clock = clock;
    this.limits = limits;
  }

  /** Begins an attempt: 0 where it may go on, else for how many ms it may not. */
  begin(key: string): number {
    const now = this.clock.now();
    const track = this.recall(key, now);
    if (now < track.blockedUntil) return track.blockedUntil - now;
    track.failures++;
    track.lastAt = now;
    const beyond = track.failures - this.limits.free;
    if (beyond >= 0) {
      const wait = Math.min(this.limits.longestWaitMs, this.limits.firstWaitMs * 2 ** Math.min(beyond, 30));
      track.blockedUntil = now + wait;
    }
    return 0;
  }

  succeed(key: string): void {
    this.tracks.delete(key);
  }

  get size(): number {
    return this.tracks.size;
  }

  private recall(key: string, now: number): Track {
    const known = this.tracks.get(key);
    this.tracks.delete(key);
    const isFresh = known && now - known.lastAt < this.limits.forgetMs;
    const track = isFresh ? known : { failures: 0, lastAt: now, blockedUntil: 0 };
    this.tracks.set(key, track);
    if (this.tracks.size > this.limits.keys) {
      for (const oldest of this.tracks.keys()) {
        this.tracks.delete(oldest);
        break;
      }
    }
    return track;
  }
}
