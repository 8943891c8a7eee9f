import { z } from 'zod';
import type { Rule, RuleCondition } from './kit/contract.ts';
import { createLimitSet, limitsSchema } from './kit/limit-set.ts';
import { seconds, toMs } from './kit/seconds.ts';
import { stateful } from './kit/stateful.ts';

const profileSchema = z.strictObject({
  title: z.string().min(1),
  source: z.string().min(1).describe('where the numbers come from, with the edition'),
  limits: limitsSchema,
  ventilation: z
    .boolean()
    .default(false)
    .describe('true: ventilation has to be measured here; without a sensor that is said'),
});

const parameters = z.strictObject({
  profiles: z.record(z.string(), profileSchema),
  places: z.record(z.string(), z.string()).default({}).describe('profile by place; the site’s places fill it'),
  unknownAfterSeconds: seconds('how long without a usable value before a limit is unknown').default(300),
  notMeasuredAfterSeconds: seconds('how long after the start a missing sensor is said').default(60),
});

/** Any of these says something about ventilation (screens-and-alarms.md 2.6). */
const ventilationMetrics = ['co2', 'differential-pressure'] as const;

/**
 * The climate of a store by the profile of its place. Door openings are covered by the on-delay, freezing by the
 * extreme limit that bypasses it. What has no sensor is "not measured", never OK.
 */
export const storageClimate: Rule<z.infer<typeof parameters>> = {
  id: 'storage-climate',
  version: 1,
  title: 'Storage climate outside its profile',
  kind: 'technical',
  priority: 'high',
  latching: false,
  scope: 'place',
  parameters,
  sources: [
    { fact: 'Set-points of storage profiles', source: 'standards.md 5.1' },
    { fact: 'Delays and freeze limit of cold stores', source: 'standards.md 5.2' },
    { fact: 'Bands of carbon dioxide', source: 'standards.md 5.3' },
    { fact: 'Ventilation is measured or said not to be', source: 'screens-and-alarms.md 2.6' },
  ],
  inputs: ({ profiles }) => ({
    metrics: [
      ...new Set([...Object.values(profiles).flatMap(({ limits }) => Object.keys(limits)), ...ventilationMetrics]),
    ],
    statuses: [],
    classes: ['environment'],
  }),
  limits: ({ profiles, places }, subject) =>
    Object.entries(profiles[places[subject.id] ?? '']?.limits ?? {}).map(([metric, { low, high }]) => ({
      metric,
      low,
      high,
    })),
  build: ({ profiles, places, unknownAfterSeconds, notMeasuredAfterSeconds }, { clock, subject }) =>
    stateful((say) => {
      const profile = profiles[places[subject.id] ?? ''];
      if (!profile) return { next: () => {}, stop: () => {} };
      const limits = createLimitSet({ limits: profile.limits, unknownAfterSeconds, kind: 'technical', clock }, say);
      let measured: boolean | null = null;

      const ventilation = (isMeasured: boolean): void => {
        measured = isMeasured;
        const condition: RuleCondition = {
          code: 'ventilation-not-measured',
          device: null,
          state: isMeasured ? 'off' : 'on',
          kind: 'technical',
          priority: 'information',
          latching: false,
          at: clock.now(),
          message: isMeasured ? 'Ventilation is measured' : 'Ventilation: not measured',
          metric: null,
          value: null,
          limit: null,
          samples: [],
          inhibits: [],
        };
        say(condition);
      };

      const cancel = profile.ventilation
        ? clock.at(clock.now() + toMs(notMeasuredAfterSeconds), () => {
            if (measured === null) ventilation(false);
          })
        : () => {};
      return {
        next(sample) {
          if (profile.ventilation && measured !== true && sample.kind === 'numeric' && sample.value !== null) {
            if (ventilationMetrics.some((metric) => metric === sample.metric)) ventilation(true);
          }
          limits.next(sample);
        },
        stop() {
          cancel();
          limits.stop();
        },
      };
    }),
};
