import type { ApiReading } from '../../model/api.ts';
import type { NumericSample } from '../../model/sample.ts';
import { isoTime, type TimeSource } from '../../model/time.ts';

/** A reading as kept: a numeric sample, filed under the patient and place of its event time. */
export interface Reading extends Omit<NumericSample, 'kind' | 'frame' | 'timeSource'> {
  readonly timeSource: TimeSource;
  readonly digest: string;
}

/**
 * True for a reading that may belong to a person. A control solution in the meter is a test of the meter, whoever
 * carries it (standards.md 2.5, MDC_CONC_GLU_CONTROL: never write to patient).
 */
export const isAssignable = (sample: Pick<NumericSample, 'metric' | 'reasons'>): boolean =>
  sample.metric !== 'glucose-control' && !sample.reasons.includes('control-solution');

export const toApiReading = (reading: Reading): ApiReading => ({
  id: reading.id,
  measurement: reading.measurement,
  device: reading.device,
  metric: reading.metric,
  value: reading.value,
  unit: reading.unit,
  comparator: reading.comparator,
  original: reading.original,
  quality: reading.quality,
  reasons: [...reading.reasons],
  takenAt: isoTime(reading.takenAt),
  receivedAt: isoTime(reading.receivedAt),
  deviceTime: reading.deviceTime,
  patient: reading.patient,
  place: reading.place,
  context: { ...reading.context },
});
