import type { Quality, QualityReason } from '../../model/quality.ts';
import type { Unit } from '../../model/unit.ts';

/** One value of an observation, in the unit the device produced (standards.md 2.3, notes on glucose). */
export interface ObservedValue {
  /** Id of the sample it comes from. */
  readonly sample: string;
  readonly metric: string;
  readonly value: number | null;
  readonly unit: Unit;
  readonly comparator: '<' | '>' | null;
  readonly quality: Quality;
  readonly reasons: readonly QualityReason[];
  readonly context: Readonly<Record<string, string>>;
}

/** A device's own state that belongs to the observation (a pump that infuses). */
export interface ObservedState {
  readonly sample: string;
  readonly code: string;
  readonly active: boolean | null;
  readonly text: string;
}

/** One lead of a strip. Physical value = offset + scale x raw; null is a missing sample. */
export interface ObservedWave {
  readonly metric: string;
  readonly unit: Unit;
  readonly rateHz: number;
  readonly scale: number;
  readonly offset: number;
  readonly raw: readonly (number | null)[];
}

export type ObservationStatus = 'final' | 'amended' | 'corrected' | 'entered-in-error';

/** What one version of an observation says. */
export interface ObservationFacts {
  /** A panel or a single metric: `groups.ts`. */
  readonly group: string;
  readonly device: string;
  readonly measurement: string;
  readonly takenAt: number;
  /** Set for strips. */
  readonly endsAt: number | null;
  readonly receivedAt: number;
  /** Null: nobody was on the device, or the observation is not about a person. */
  readonly patient: string | null;
  readonly place: string | null;
  readonly status: ObservationStatus;
  readonly values: readonly ObservedValue[];
  readonly states: readonly ObservedState[];
  readonly waves: readonly ObservedWave[];
  /** Digests of the raw frames. */
  readonly frames: readonly string[];
}

/**
 * Why a version exists. filed: the first one; completed: more samples of the same measurement came; reassigned: an
 * association changed for its time; corrected, retracted, reinstated: a person said so.
 */
export type ObservationAct = 'filed' | 'completed' | 'reassigned' | 'corrected' | 'retracted' | 'reinstated';

export interface ObservationVersion {
  readonly id: string;
  readonly version: number;
  readonly at: number;
  readonly by: string;
  readonly act: ObservationAct;
  readonly reason: string | null;
  readonly facts: ObservationFacts;
}

/** Written as `by` where no person acted. */
export const GATEWAY = 'gateway';
