/** Waves are drawn this much after they came, so that uneven delivery does not show (screens-and-alarms.md 1.3). */
export const JITTER_BUFFER_MS = 1000;
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

  /** A block that ends at `endMs` of device time came at `now`. */
  note(endMs: number, now: number): void {
    this.differences.push(now - endMs);
    if (this.differences.length > WINDOW) this.differences.shift();
  }

  at(now: number): number | null {
    if (this.differences.length === 0) return null;
    const target = now - Math.min(...this.differences) - JITTER_BUFFER_MS;
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
