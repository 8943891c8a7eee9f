import type { Priority } from '../../model/alert.ts';
import type { QualityReason } from '../../model/quality.ts';

/** Why the module gives no reading. */
export interface ReadingError {
  readonly text: string;
  readonly reason: QualityReason;
  /** A reading that a person stopped is no alarm. */
  readonly priority: Priority;
}

/*
 * Error codes of a blood pressure reading, decimal as in the manufacturer's manual (protocols.md 1.1; one public host
 * mixed decimal and hex). The texts are to be checked with the manual: the option `errorTexts` replaces them.
 * A reading that failed does delayed, reversible harm at most: priority low (standards.md 1.1).
 */
const technical = (text: string, reason: QualityReason = 'device-error'): ReadingError => ({
  text,
  reason,
  priority: 'low',
});

const errors: Readonly<Record<number, ReadingError>> = {
  1: technical('weak or no oscillometric signal', 'no-signal'),
  2: technical('artefact or erratic signal (motion)'),
  3: technical('blood pressure out of range, or too many tries'),
  4: technical('measurement took too long'),
  85: technical('pneumatic blockage'),
  86: { text: 'reading ended by the user', reason: 'not-measured', priority: 'information' },
  87: technical('inflation too slow: leak or loose cuff'),
  88: technical('safety timeout'),
  89: technical('cuff overpressure'),
  90: technical('supply out of range, or hardware fault'),
  91: technical('permission problem (safety override fitted or autozero out of range)'),
  97: technical('transducer out of range'),
  99: technical('calibration memory failure'),
};

export const readingError = (code: number, texts: ReadonlyMap<string, string>): ReadingError => {
  const known = errors[code] ?? technical(`error ${code}`);
  return { ...known, text: texts.get(String(code)) ?? known.text };
};
