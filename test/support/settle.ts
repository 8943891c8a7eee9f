import type { VirtualClock } from '../../model/virtual-clock.ts';

/** Lets everything asynchronous that is ready run. */
const flush = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Moves a virtual clock on by `ms`, one due task after the other, letting promises run in between, as they would in
 * real time. Without a clock: only lets promises run.
 */
export const settle = async (clock?: VirtualClock, ms = 0): Promise<void> => {
  await flush();
  if (!clock) return;
  const end = clock.now() + ms;
  for (let due = clock.nextDue; due !== null && due <= end; due = clock.nextDue) {
    clock.advanceTo(due);
    await flush();
  }
  clock.advanceTo(end);
  await flush();
};
