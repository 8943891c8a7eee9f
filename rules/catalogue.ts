import { deviceAlarm } from './device-alarm.ts';
import { deviceSilent } from './device-silent.ts';
import { glucoseCritical } from './glucose-critical.ts';
import type { Rule } from './kit/contract.ts';
import { numericLimits } from './numeric-limits.ts';
import { pumpNearEnd } from './pump-near-end.ts';
import { pumpRateMismatch } from './pump-rate-mismatch.ts';
import { storageClimate } from './storage-climate.ts';

/** Every rule there is. A new rule is a file of its own and a line here. */
export const rules: readonly Rule[] = [
  deviceAlarm,
  numericLimits,
  glucoseCritical,
  pumpNearEnd,
  pumpRateMismatch,
  storageClimate,
  // Last: when data is back, the others say what they see before nothing inhibits them any more.
  deviceSilent,
];
