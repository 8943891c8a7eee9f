/** Waves are drawn at least this much after they were taken, so that uneven delivery does not show (screens-and-alarms.md 1.3). */
export const JITTER_BUFFER_MS = 1000;
/** A block can be drawn only once it is there: what is left for a late one. */
const SLACK_MS = 500;
const WINDOW = 40;
/** Further off than this the pen jumps instead of hurrying. */
const JUMP_MS = 1500;
const HURRY = 0.05;

/**
 * Which moment of a device's time to draw now. It follows the device's own time, learned from the least delayed of the
 * last blocks, so a device whose clock is off by a minute still sweeps evenly.
 */
export class PlayClock {
  private differences: number[] = [];
  private head: number | null = null;
  private lastNow = 0;
  private buffer = JITTER_BUFFER_MS;

  /** A block of `lengthMs` that ends at `endMs` of device time came at `now`. */
  note(endMs: number, now: number, lengthMs = 0): void {
    this.buffer = Math.max(this.buffer, lengthMs + SLACK_MS);
    this.differences.push(now - endMs);
    if (this.differences.length > WINDOW) this.differences.shift();
  }

  at(now: number): number | null {
    if (this.differences.length === 0) return null;
    const target = now - Math.min(...this.differences) - this.buffer;
    if (this.head === null || Math.abs(target - this.head) > JUMP_MS) {
      this.head = target;
    } else {
      const passed = now - this.lastNow;
      const correction = Math.max(-HURRY, Math.min(HURRY, (target - this.head - passed) / 1000));
      this.head += passed * (1 + correction);
    }
    this.lastNow = now;
    return this.head;
  }
}
