import type { Clock } from '../model/clock.ts';
import type { Random } from '../model/random.ts';

/** setTimeout takes at most 2^31 - 1 ms; longer waits are cut into pieces. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

/** The wall clock. The composition root makes one and hands it on; nothing else reads time. */
export const systemClock = (): Clock => ({
  now: () => Date.now(),
  at(time, task) {
    let timer: NodeJS.Timeout;
    const arm = () => {
      const wait = Math.max(0, time - Date.now());
      timer = wait > LONGEST_TIMEOUT_MS ? setTimeout(arm, LONGEST_TIMEOUT_MS) : setTimeout(task, wait);
    };
    arm();
    return () => clearTimeout(timer);
  },
});

export const systemRandom = (): Random => ({ next: () => Math.random() });
