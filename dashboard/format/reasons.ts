import type { QualityReason } from '../../model/quality.ts';

/** Why there is no number, in the ward's words. */
const words: Readonly<Record<QualityReason, string>> = {
  'lead-off': 'lead off',
  'sensor-off': 'sensor off',
  'no-signal': 'no signal',
  'not-measured': 'not measured',
  'above-range': 'above range',
  'below-range': 'below range',
  implausible: 'not plausible',
  inconsistent: 'inconsistent',
  'device-error': 'device error',
  'device-memory-error': 'memory error',
  'control-solution': 'control solution',
  calibrating: 'calibrating',
  'unknown-unit': 'unknown unit',
  stuck: 'sensor stuck',
  'after-late-reply': 'late reply',
  retained: 'retained value',
  'clock-unknown': 'clock unknown',
  'clock-corrected': 'clock corrected',
  'future-time': 'future time',
  simulated: 'simulated',
};

/** Facts about the time of a value, not about the value: no reason to doubt the number on the screen. */
const aside: ReadonlySet<QualityReason> = new Set(['simulated', 'clock-corrected']);

export const reasonWords = (reasons: readonly QualityReason[]): string =>
  reasons
    .filter((reason) => !aside.has(reason))
    .map((reason) => words[reason])
    .join(', ');
