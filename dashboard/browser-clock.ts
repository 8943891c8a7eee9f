import type { Clock } from '../model/clock.ts';

/** The dashboard's only reader of the browser's time. `now` never jumps when the computer's clock is set; `wall` does. */
export const browserClock: Clock & { wall(): number } = {
  now: () => performance.timeOrigin + performance.now(),
  at(time, task) {
    const handle = setTimeout(task, Math.max(0, time - (performance.timeOrigin + performance.now())));
    return () => clearTimeout(handle);
  },
  wall: () => Date.now(),
};

/** Runs `task` every `ms` until cancelled. */
export const repeat = (ms: number, task: () => void): (() => void) => {
  const handle = setInterval(task, ms);
  return () => clearInterval(handle);
};
