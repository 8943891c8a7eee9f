import type { ApiMetric, ApiReading } from '../../model/api.ts';
import { reasonWords } from './reasons.ts';

/** What stands where a number would be if there were one. */
export const NO_VALUE = '---';

export interface Shown {
  /** The number, `<20`, or `---`. */
  readonly text: string;
  /** Why there is none, or why it is doubtful; empty for a plain good value. */
  readonly note: string;
  readonly valid: boolean;
  readonly doubtful: boolean;
}

export const noValue = (note: string): Shown => ({ text: NO_VALUE, note, valid: false, doubtful: false });

/** Invalid is never a number (screens-and-alarms.md 1.3). */
export const showReading = (reading: ApiReading, precision: number): Shown => {
  const note = reasonWords(reading.reasons);
  if (reading.comparator !== null && reading.value !== null) {
    const word = reading.comparator === '<' ? 'LO' : 'HI';
    return {
      text: `${reading.comparator}${reading.value.toFixed(precision)}`,
      note: word,
      valid: true,
      doubtful: false,
    };
  }
  if (reading.value === null || reading.quality === 'invalid' || reading.quality === 'missing') {
    return noValue(note || (reading.quality === 'invalid' ? 'not valid' : 'no value'));
  }
  const doubtful = reading.quality === 'questionable';
  return {
    text: reading.value.toFixed(precision),
    note: doubtful ? note || 'questionable' : '',
    valid: true,
    doubtful,
  };
};

/** A number of a metric with the metric's precision; for limits and bands. */
export const showNumber = (value: number | null, metric: Pick<ApiMetric, 'precision'> | undefined): string =>
  value === null ? '' : trimmed(value, metric?.precision ?? 0);

/** Limits are set in whole or half steps: `38` rather than `38.0`, but `38.5`. */
const trimmed = (value: number, precision: number): string => String(Number(value.toFixed(Math.max(precision, 1))));
