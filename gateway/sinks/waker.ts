import type { Clock } from '../../model/clock.ts';
import type { Journal } from '../journal/contract.ts';

/** Lets a follower sleep until a time, or until the journal has come far enough, whichever is first. */
export class Waker {
  private readonly clock: Clock;
  private readonly journal: Journal;
  private readonly stop: () => void;
  private wake: (() => void) | null = null;
  private enough: number | null = null;
  private closed = false;

  constructor(clock: Clock, journal: Journal) {
    this.clock = clock;
    this.journal = journal;
    this.stop = journal.onCommit((head) => {
      if (this.enough !== null && head >= this.enough) this.wake?.();
    });
  }

  /** null: never by itself. */
  sleep(until: number | null, enough: number | null): Promise<void> {
    if (this.closed || (enough !== null && this.journal.head >= enough)) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = until === null ? () => {} : this.clock.at(until, () => this.wake?.());
      this.enough = enough;
      this.wake = () => {
        this.wake = null;
        cancel();
        resolve();
      };
    });
  }

  /** Wakes whoever sleeps, for good. */
  close(): void {
    this.closed = true;
    this.stop();
    this.wake?.();
  }
}
