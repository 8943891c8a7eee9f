import type { Priority } from '../../model/alert.ts';

/** How the alert engine deals with people. Numbers: screens-and-alarms.md 1.5, unless another source is named. */
export interface AlertPolicy {
  /**
   * Priorities whose alerts stay after they have ended until somebody has seen them. Others end by themselves: signals of
   * what does not latch cease with the condition (standards.md 1.3).
   */
  readonly mustBeSeen: readonly Priority[];
  /** Back within this long after its end is the same alert again, not a new one. */
  readonly flapMs: number;
  /** Default length of a pause of the sound (standards.md 1.3: 120 s). */
  readonly pauseMs: number;
  /** The longest a pause may be (standards.md 1.3: 2 min where a pulse oximeter is among the devices). */
  readonly maxPauseMs: number;
  /** So many pauses of one alert; after that only an acknowledgement ends its sound. */
  readonly maxPauses: number;
  /** The longest an alert may be shelved. */
  readonly maxShelveMs: number;
  /** How often an acknowledged alert whose condition persists reminds; null: never. */
  readonly remindMs: number | null;
  /** Alerts that have ended stay in memory up to this many. */
  readonly keepEnded: number;
}

export const defaultAlertPolicy: AlertPolicy = {
  mustBeSeen: ['high'],
  flapMs: 60_000,
  pauseMs: 120_000,
  maxPauseMs: 120_000,
  maxPauses: 3,
  maxShelveMs: 30 * 60_000,
  remindMs: 5 * 60_000,
  keepEnded: 1000,
};
