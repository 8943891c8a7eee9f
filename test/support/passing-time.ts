import type { VirtualClock } from '../../model/virtual-clock.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Lets promises and immediate tasks run their course, without any time passing on the clock. */
export const settle = async (turns = 5): Promise<void> => {
  for (let n = 0; n < turns; n++) await turn();
};

/** Lets time pass on the clock, from one planned task to the next, until the condition holds. */
export const passUntil = async (clock: VirtualClock, condition: () => boolean, mostTasks = 20_000): Promise<void> => {
  for (let n = 0; n < mostTasks; n++) {
    await turn();
    await turn();
    if (condition()) return;
    if (clock.nextDue !== null) clock.advanceTo(clock.nextDue);
  }
  throw new Error('the condition never held');
};

/** Lets so much time pass, with everything that happens meanwhile. */
export const pass = async (clock: VirtualClock, ms: number): Promise<void> => {
  await settle();
  const end = clock.now() + ms;
  for (let due = clock.nextDue; due !== null && due <= end; due = clock.nextDue) {
    clock.advanceTo(due);
    await settle();
  }
  clock.advanceTo(end);
  await settle();
};
