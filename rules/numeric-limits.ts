import { z } from 'zod';
import type { Rule } from './kit/contract.ts';
import { createLimitSet, limitsSchema } from './kit/limit-set.ts';
import { seconds } from './kit/seconds.ts';
import { stateful } from './kit/stateful.ts';

const parameters = z.strictObject({
  limits: limitsSchema,
  unknownAfterSeconds: seconds('how long without a usable value before a limit is unknown').default(10),
});

export type NumericLimits = z.infer<typeof parameters>;

/** Limits of every numeric metric: high and low, with an extreme beyond each that does not wait. */
export const numericLimits: Rule<NumericLimits> = {
  id: 'numeric-limits',
  version: 1,
  title: 'Value beyond a limit',
  kind: 'physiological',
  priority: 'high',
  latching: false,
  scope: 'patient',
  parameters,
  sources: [
    { fact: 'Adult limits and extremes', source: 'standards.md 4.4 (typical monitor defaults; the site approves)' },
    { fact: 'On-delays and hysteresis', source: 'standards.md 1.8' },
    { fact: 'Extreme limits bypass the delay', source: 'standards.md 1.8, suppression safety rule' },
  ],
  inputs: ({ limits }) => ({ metrics: Object.keys(limits), statuses: [] }),
  limits: ({ limits }) => Object.entries(limits).map(([metric, { low, high }]) => ({ metric, low, high })),
  build: ({ limits, unknownAfterSeconds }, { clock }) =>
    stateful((say) => createLimitSet({ limits, unknownAfterSeconds, kind: 'physiological', clock }, say)),
};
