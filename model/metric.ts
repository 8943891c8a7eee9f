import type { Unit } from './unit.ts';

/** FHIR observation category the metric is filed under; `environment` and `device` are of places and equipment. */
export type MetricCategory = 'vital-signs' | 'laboratory' | 'procedure' | 'environment' | 'device';

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** One entry of the metric catalogue. */
export interface Metric {
  readonly id: string;
  readonly kind: 'numeric' | 'waveform';
  /** Full name for lists and records. */
  readonly name: string;
  /** Short label for tiles. */
  readonly label: string;
  readonly category: MetricCategory;
  readonly unit: Unit;
  /** Other units a device may send; they are converted to `unit`, the original is kept. */
  readonly alsoUnits: readonly Unit[];
  /** IEEE 11073-10101 context-free code and reference id; null where no verified code is known. */
  readonly mdc: { readonly code: number; readonly refId: string } | null;
  /** LOINC code in `unit`; null where there is none. */
  readonly loinc: string | null;
  /** LOINC by original unit, where the code depends on it (glucose). */
  readonly loincByUnit: Readonly<Partial<Record<Unit, string>>>;
  /** Outside this a value is `invalid`. Inclusive; in `unit`. */
  readonly possible: Range;
  /** Outside this a value is `questionable`. Inclusive; in `unit`. */
  readonly plausible: Range;
  /** Decimals shown. */
  readonly precision: number;
  /** True for a value that is taken now and then (cuff, meter): shown with its age. */
  readonly episodic: boolean;
}
