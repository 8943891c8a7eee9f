import type { Priority } from '../../model/alert.ts';

export interface Pulse {
  /** Seconds from the start of the burst. */
  readonly at: number;
  readonly seconds: number;
  readonly hertz: number;
}

export interface Burst {
  readonly pulses: readonly Pulse[];
  /** From the start of one burst to the start of the next. */
  readonly everySeconds: number;
}

export type Audible = Exclude<Priority, 'information'>;

/** Within 150–1000 Hz, with its first four overtones below 4000 Hz (screens-and-alarms.md 1.4). */
const C5 = 523.25;
const A4 = 440;
/** Within 75–200 ms for high, 125–250 ms for the others (screens-and-alarms.md 1.4). */
const HIGH_PULSE = 0.15;
const OTHER_PULSE = 0.2;
/** Pauses between pulses, between the 3rd and 4th of a high group, and between its two groups: our choice. */
const HIGH_PAUSE = 0.1;
const HIGH_LONG_PAUSE = 0.3;
const HIGH_GROUP_PAUSE = 0.6;
const OTHER_PAUSE = 0.2;

const train = (pauses: readonly number[], seconds: number, hertz: number): readonly Pulse[] => {
  let at = 0;
  return [0, ...pauses].map((pause) => {
    at += pause === 0 ? 0 : seconds + pause;
    return { at, seconds, hertz };
  });
};

const five = [HIGH_PAUSE, HIGH_PAUSE, HIGH_LONG_PAUSE, HIGH_PAUSE];

/** 10, 3 and 2 pulses, repeated after 10, 25 and 30 s (screens-and-alarms.md 1.4). */
export const bursts: Readonly<Record<Audible, Burst>> = {
  high: { pulses: train([...five, HIGH_GROUP_PAUSE, ...five], HIGH_PULSE, C5), everySeconds: 10 },
  medium: { pulses: train([OTHER_PAUSE, OTHER_PAUSE], OTHER_PULSE, C5), everySeconds: 25 },
  low: { pulses: train([OTHER_PAUSE], OTHER_PULSE, A4), everySeconds: 30 },
};

/** Length of a burst in seconds. */
export const burstSeconds = (burst: Burst): number =>
  Math.max(...burst.pulses.map((pulse) => pulse.at + pulse.seconds));
