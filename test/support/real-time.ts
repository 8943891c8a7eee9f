import type { Clock } from '../../model/clock.ts';

/** The wall clock, for integration tests with real programs. */
export const realClock: Clock = {
  now: () => Date.now(),
  at(time, task) {
    const timer = setTimeout(task, Math.max(0, time - Date.now()));
    return () => clearTimeout(timer);
  },
};

/** Reconnects fast, so that a test need not wait. */
export const fastBackoff = { baseMs: 50, capMs: 200, stableMs: 1000 };
