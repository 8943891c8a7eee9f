import type { Clock } from '../../model/clock.ts';

export interface Deadline {
  /** Something came: counts again from now. */
  extend(): void;
  stop(): void;
}

/**
 * Calls `missed` once when `extend` has not been called for so long. One timer waits; when it is due it looks when the
 * last call was, and waits on, so that a call for each sample costs no timer.
 */
export const createDeadline = (clock: Clock, ms: number, missed: () => void): Deadline => {
  let last = clock.now();
  let isArmed = false;
  let cancel = () => {};
  const arm = (due: number): void => {
    isArmed = true;
    cancel = clock.at(due, () => {
      isArmed = false;
      if (last + ms > clock.now()) arm(last + ms);
      else missed();
    });
  };
  arm(last + ms);
  return {
    extend() {
      last = clock.now();
      if (!isArmed) arm(last + ms);
    },
    stop: () => cancel(),
  };
};
