import type { Clock } from './clock.ts';

interface Entry {
  readonly time: number;
  readonly order: number;
  readonly task: () => void;
  cancelled: boolean;
}

const before = (a: Entry, b: Entry): boolean => a.time < b.time || (a.time === b.time && a.order < b.order);

/**
 * A clock that moves only when told to: the event-time scheduler of the rules, and the clock of tests and simulations.
 * A binary heap, since RxJS's VirtualTimeScheduler sorts its whole queue on every call. Tasks due at one time run in
 * the order in which they were planned, each seeing `now()` as its own planned time.
 */
export class VirtualClock implements Clock {
  private readonly heap: Entry[] = [];
  private time: number;
  private planned = 0;
  private live = 0;

  constructor(start = 0) {
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  /** How many tasks wait. */
  get pending(): number {
    return this.live;
  }

  /** When the next task is due, or null. */
  get nextDue(): number | null {
    this.dropCancelled();
    return this.heap[0]?.time ?? null;
  }

  at(time: number, task: () => void): () => void {
    const entry: Entry = { time: Math.max(time, this.time), order: this.planned++, task, cancelled: false };
    this.push(entry);
    this.live++;
    return () => {
      if (!entry.cancelled) {
        entry.cancelled = true;
        this.live--;
      }
    };
  }

  /** Runs everything due up to and including `time`, then stands at `time`. Never moves backwards. */
  advanceTo(time: number): void {
    for (let due = this.nextDue; due !== null && due <= time; due = this.nextDue) this.runNext();
    if (time > this.time) this.time = time;
  }

  advanceBy(ms: number): void {
    this.advanceTo(this.time + ms);
  }

  private runNext(): void {
    const entry = this.pop();
    if (!entry) return;
    this.time = Math.max(this.time, entry.time);
    entry.cancelled = true;
    this.live--;
    entry.task();
  }

  private dropCancelled(): void {
    while (this.heap[0]?.cancelled) this.pop();
  }

  private push(entry: Entry): void {
    const { heap } = this;
    let child = heap.length;
    heap.push(entry);
    while (child > 0) {
      const parent = (child - 1) >> 1;
      const above = heap[parent];
      if (!above || !before(entry, above)) break;
      heap[child] = above;
      child = parent;
    }
    heap[child] = entry;
  }

  private pop(): Entry | undefined {
    const { heap } = this;
    const top = heap[0];
    const last = heap.pop();
    if (!top || !last || heap.length === 0) return top;
    let parent = 0;
    for (;;) {
      const left = heap[2 * parent + 1];
      const right = heap[2 * parent + 2];
      const smaller = right && left && before(right, left) ? right : left;
      if (!smaller || !before(smaller, last)) break;
      heap[parent] = smaller;
      parent = smaller === left ? 2 * parent + 1 : 2 * parent + 2;
    }
    heap[parent] = last;
    return top;
  }
}
