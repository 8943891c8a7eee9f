import type { Clock } from '../../model/clock.ts';

export interface Deadline {
  /** Waits again after it was missed; does nothing while it waits. */
  arm(): void;
  stop(): void;
}

/**
 * Calls `missed` once when the time of `last` is so long ago. One timer waits; when it is due it asks for the time of
 * the last, and waits on from there. So a sample costs no timer: its owner notes when it came.
 */
export const createDeadline = (clock: Clock, ms: number, last: () => number, missed: () => void): Deadline => {
  let isArmed = false;
  let cancel = () => {};
  const arm = (): void => {
    if (isArmed) return;
    isArmed = true;
    cancel = clock.at(last() + ms, () => {
      isArmed = false;
      if (last() + ms > clock.now()) arm();
      else missed();
    });
  };
  arm();
  return { arm, stop: () => cancel() };
};
