/** How far a sample may be trusted. Only `good`, `questionable` and `simulated` values are fit for clinical rules. */
export const qualities = ['good', 'questionable', 'invalid', 'missing', 'simulated'] as const;
export type Quality = (typeof qualities)[number];

/** Why a sample is not plainly good. Appended by each stage, never removed. */
export const qualityReasons = [
  'lead-off',
  'sensor-off',
  'no-signal',
  'not-measured',
  'above-range',
  'below-range',
  'implausible',
  'inconsistent',
  'device-error',
  'device-memory-error',
  'control-solution',
  'calibrating',
  'unknown-unit',
  'stuck',
  'after-late-reply',
  'retained',
  'clock-unknown',
  'clock-corrected',
  'future-time',
  'simulated',
] as const;
export type QualityReason = (typeof qualityReasons)[number];

/** True where a clinical rule may use the value. */
export const isUsable = (quality: Quality): boolean =>
  quality === 'good' || quality === 'questionable' || quality === 'simulated';
