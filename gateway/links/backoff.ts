import type { Clock } from '../../model/clock.ts';
import type { Random } from '../../model/random.ts';

export interface BackoffLimits {
  /** Ceiling of the first wait. */
  readonly baseMs: number;
  /** Ceiling of every wait. */
  readonly capMs: number;
  /** How long a connection must hold before the next failure counts as the first again. */
  readonly stableMs: number;
}

export const defaultBackoff: BackoffLimits = { baseMs: 500, capMs: 30_000, stableMs: 30_000 };

/** No wait is shorter: a port that refuses at once must not spin. */
const FLOOR_MS = 20;

export interface Backoff {
  /** Tells it that the connection stands. */
  connected(): void;
  /** How long to wait after a failure, in ms. */
  next(): number;
}

/**
 * Exponential back-off with full jitter, so that many links that fail together do not come back together. A short
 * success does not reset it, or a peer that accepts and drops at once would be stormed (peers.md 3, reconnect storm).
 */
export const createBackoff = (clock: Clock, random: Random, limits: BackoffLimits = defaultBackoff): Backoff => {
  let failures = 0;
  let connectedAt: number | null = null;
  return {
    connected() {
      connectedAt = clock.now();
    },
    next() {
      if (connectedAt !== null && clock.now() - connectedAt >= limits.stableMs) failures = 0;
      connectedAt = null;
      // 2 ** 30 is beyond any cap; more would lose precision.
      const ceiling = Math.min(limits.capMs, limits.baseMs * 2 ** Math.min(failures, 30));
      failures++;
      return Math.max(FLOOR_MS, random.next() * ceiling);
    },
  };
};
