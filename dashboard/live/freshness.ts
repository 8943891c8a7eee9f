/** The server ticks every second (model/api.ts). Later than this the chip turns to SLOW. */
export const SLOW_AFTER_MS = 1500;
/** Without a tick for this long the screen must say that it is not live (screens-and-alarms.md 1.6). */
export const NOT_LIVE_AFTER_MS = 3000;
/** A difference of clocks worth showing (screens-and-alarms.md 1.6). */
export const SKEW_SHOWN_MS = 2000;

/** How many ticks the estimate of the clocks' difference looks back on. */
const WINDOW = 120;

export type FreshnessLevel = 'live' | 'slow' | 'not-live';

export const levelOf = (ageMs: number | null): FreshnessLevel => {
  if (ageMs === null || ageMs > NOT_LIVE_AFTER_MS) return 'not-live';
  return ageMs > SLOW_AFTER_MS ? 'slow' : 'live';
};

/**
 * How old the newest tick is. The tick's own time counts, not only its arrival: a socket that thaws and pours out what
 * it held back is still showing the past.
 */
export class FreshnessMeter {
  private differences: number[] = [];
  private lastServer: number | null = null;

  /** Forget everything, e.g. for a new socket; until the next tick the age is unknown. */
  reset(): void {
    this.differences = [];
    this.lastServer = null;
  }

  tick(serverMs: number, now: number): void {
    this.differences.push(now - serverMs);
    if (this.differences.length > WINDOW) this.differences.shift();
    this.lastServer = serverMs;
  }

  age(now: number): number | null {
    const difference = this.difference();
    return difference === null || this.lastServer === null ? null : Math.max(0, now - difference - this.lastServer);
  }

  /** The gateway's time now; null before the first tick. */
  serverNow(now: number): number | null {
    const difference = this.difference();
    return difference === null ? null : now - difference;
  }

  /** The least delayed tick tells the difference of the clocks best. */
  private difference(): number | null {
    return this.differences.length === 0 ? null : Math.min(...this.differences);
  }
}
