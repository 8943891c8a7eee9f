import type { AlertKind, Priority } from './alert.ts';
import type { Quality, QualityReason } from './quality.ts';
import type { TimeSource } from './time.ts';
import type { Unit } from './unit.ts';

/** Where a sample's bytes are kept: the journal entry that holds the raw frame. */
export interface FrameRef {
  /** SHA-256 of the frame, first 16 bytes, hex. */
  readonly digest: string;
}

/** What every sample carries after normalising. Times are ms since the epoch, UTC. */
export interface SampleCommon {
  /** Deterministic: the same reading always gets the same id (UUIDv5). */
  readonly id: string;
  readonly device: string;
  /** Samples of one measurement (systolic, diastolic, mean, pulse) share it. */
  readonly measurement: string;
  /** Event time. */
  readonly takenAt: number;
  readonly receivedAt: number;
  readonly timeSource: TimeSource;
  /** The device's own clock text, if it has one. */
  readonly deviceTime: string | null;
  /** Device clock minus gateway clock as last estimated, ms; null where unknown. */
  readonly clockOffsetMs: number | null;
  /** Who was on the device at `takenAt`, as known on arrival; null where nobody was associated. */
  readonly patient: string | null;
  /** Where the device stood at `takenAt`. */
  readonly place: string | null;
  readonly quality: Quality;
  readonly reasons: readonly QualityReason[];
  readonly frame: FrameRef;
}

export interface NumericSample extends SampleCommon {
  readonly kind: 'numeric';
  readonly metric: string;
  /** In the catalogue's unit; null where there is no value. */
  readonly value: number | null;
  readonly unit: Unit;
  /** As the device sent it, where that differs. */
  readonly original: { readonly value: number; readonly unit: Unit } | null;
  /** Set where the device only says "below" or "above" `value` (a meter's LO and HI). */
  readonly comparator: '<' | '>' | null;
  /** Facts that go with the value: meal marker, lead, comment. Never identifies a person. */
  readonly context: Readonly<Record<string, string>>;
}

/** A run of equally spaced samples. Physical value = offset + scale x raw; null is a missing sample. */
export interface WaveformBlock extends SampleCommon {
  readonly kind: 'waveform';
  readonly metric: string;
  readonly unit: Unit;
  readonly rateHz: number;
  readonly scale: number;
  readonly offset: number;
  readonly raw: readonly (number | null)[];
  /** `takenAt` is the time of the first sample; this is the time just after the last. */
  readonly endsAt: number;
}

/** A device's own state or alarm. */
export interface StatusSample extends SampleCommon {
  readonly kind: 'status';
  /** Kebab-case code within the device, e.g. `leads-off`, `pump-alarm`, `infusing`. */
  readonly code: string;
  /** true: holds; false: does not; null: unknown. */
  readonly active: boolean | null;
  /** A state is a fact for rules and screens; an alarm is what the device itself alarms about. */
  readonly role: 'state' | 'alarm';
  readonly alertKind: AlertKind;
  readonly priority: Priority;
  /** The device's own words, or ours where it has none. */
  readonly text: string;
  /** Raw code as hex or text, for evidence. */
  readonly detail: string | null;
  readonly mdc: { readonly code: number | null; readonly refId: string } | null;
}

export type Sample = NumericSample | WaveformBlock | StatusSample;
