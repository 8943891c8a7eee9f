import { CodedError } from '../../model/errors.ts';
import { findMetric } from '../../model/metrics.ts';
import { convert, type Unit } from '../../model/unit.ts';
import type { ObservationFacts, ObservedValue } from './observation.ts';

export type CorrectionErrorCode =
  | 'reason-required'
  | 'metric-unknown'
  | 'unit-unknown'
  | 'value-impossible'
  | 'not-correctable';

export interface CorrectedValue {
  readonly metric: string;
  /** null: the value was no value (an artefact). */
  readonly value: number | null;
  readonly unit: Unit;
}

/** Throws `reason-required`: a record changes only with a reason (promise 9). */
export const requireReason = (reason: string): string => {
  const text = reason.trim();
  if (text === '') {
    throw new CodedError('reason-required', 'A correction needs a reason.', {
      hint: 'Say why, e.g. "wrong patient", "artefact", "wrong unit".',
    });
  }
  return text;
};

const check = (corrected: CorrectedValue): void => {
  const metric = findMetric(corrected.metric);
  if (!metric) throw new CodedError('metric-unknown', `There is no metric ${corrected.metric}.`);
  if (corrected.unit !== metric.unit && !metric.alsoUnits.includes(corrected.unit)) {
    throw new CodedError('unit-unknown', `${metric.name} is not measured in ${corrected.unit}.`, {
      hint: `Use ${[metric.unit, ...metric.alsoUnits].join(' or ')}.`,
    });
  }
  if (corrected.value === null) return;
  const inUnit = convert(corrected.value, corrected.unit, metric.unit);
  if (inUnit === null || !(inUnit >= metric.possible.low && inUnit <= metric.possible.high)) {
    throw new CodedError('value-impossible', `${metric.name} cannot have that value.`, {
      hint: `It is between ${metric.possible.low} and ${metric.possible.high} ${metric.unit}.`,
    });
  }
};

/** The facts with corrected values. Throws CodedError<CorrectionErrorCode>. */
export const correct = (facts: ObservationFacts, corrected: readonly CorrectedValue[]): ObservationFacts => {
  if (corrected.length === 0 || facts.values.length === 0) {
    throw new CodedError('not-correctable', 'There is no value to correct.', {
      hint: 'An observation without values can only be marked as entered in error.',
    });
  }
  const values = new Map(facts.values.map((value) => [value.metric, value]));
  for (const each of corrected) {
    check(each);
    const value = values.get(each.metric);
    if (!value) throw new CodedError('metric-unknown', `The observation has no ${each.metric}.`);
    const now: ObservedValue = {
      ...value,
      value: each.value,
      unit: each.unit,
      comparator: null,
      quality: each.value === null ? 'missing' : 'good',
    };
    values.set(each.metric, now);
  }
  return { ...facts, status: 'corrected', values: [...values.values()] };
};
