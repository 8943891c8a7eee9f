/** Accepted, but not yet safe: the store may lose it by restarting. */
interface Held {
  position: number;
  readonly acceptedAt: number;
  readonly generation: string | null;
}

/** Batches accepted within this part of the hold time are held as one. */
const PARTS = 30;

/**
 * What a store took in the last `holdMs`. VictoriaMetrics keeps its newest points in memory and loses them when it dies
 * (peers.md 4.4): they count as delivered only once the same process has had them for that long.
 */
export class Holding {
  private readonly holdMs: number;
  private held: Held[] = [];

  constructor(holdMs: number) {
    this.holdMs = holdMs;
  }

  accept(position: number, now: number, generation: string | null): void {
    const last = this.held.at(-1);
    if (last && last.generation === generation && now - last.acceptedAt < this.holdMs / PARTS) last.position = position;
    else this.held.push({ position, acceptedAt: now, generation });
  }

  /** True where something was accepted by another process of the store than the one that answers now. */
  isLost(generation: string): boolean {
    return this.held.some((each) => each.generation !== generation);
  }

  /** Takes out what has been held long enough; returns the position up to which all is safe, or null. */
  release(now: number): number | null {
    let safe: number | null = null;
    // A part may have grown until the end of its time, so it is held that much longer.
    const due = now - this.holdMs - this.holdMs / PARTS;
    while (this.held[0] && this.held[0].acceptedAt <= due) safe = this.held.shift()?.position ?? safe;
    return safe;
  }

  /** When something is next to be released, or null. */
  get nextDue(): number | null {
    const first = this.held[0];
    return first ? first.acceptedAt + this.holdMs + this.holdMs / PARTS : null;
  }

  clear(): void {
    this.held = [];
  }
}
