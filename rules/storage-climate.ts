import { z } from 'zod';
import { findMetric } from '../model/metrics.ts';
import { isUsable } from '../model/quality.ts';
import type { Rule } from './kit/contract.ts';
import { createLimitSet, limitsSchema } from './kit/limit-set.ts';
import { seconds, toMs } from './kit/seconds.ts';
import { stateful } from './kit/stateful.ts';

const profileSchema = z.strictObject({
  title: z.string().min(1).describe('for people'),
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
const ventilationMetrics: readonly string[] = ['co2', 'differential-pressure'];
const isVentilation = (metric: string): boolean => ventilationMetrics.includes(metric);

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
      const wanted = new Map<string, readonly string[]>();
      for (const metric of Object.keys(profile.limits)) {
        if (!isVentilation(metric)) wanted.set(metric, [metric]);
      }
      if (profile.ventilation) wanted.set('ventilation', ventilationMetrics);
      /** Whether each wanted thing is measured; absent: not yet said. */
      const measured = new Map<string, boolean>();

      const tell = (what: string, isMeasured: boolean): void => {
        measured.set(what, isMeasured);
        const name = findMetric(what)?.name ?? 'Ventilation';
        say({
          code: `${what}-not-measured`,
          device: null,
          state: isMeasured ? 'off' : 'on',
          kind: 'technical',
          // A gap in a store's climate is a finding (standards.md 5.2); ventilation is for information.
          priority: what === 'ventilation' ? 'information' : 'low',
          latching: false,
          at: clock.now(),
          message: isMeasured ? `${name}: measured` : `${name}: not measured`,
          metric: what === 'ventilation' ? null : what,
          value: null,
          limit: null,
          samples: [],
          inhibits: [],
        });
      };

      const cancel = clock.at(clock.now() + toMs(notMeasuredAfterSeconds), () => {
        for (const what of wanted.keys()) if (!measured.has(what)) tell(what, false);
      });

      return {
        next(sample) {
          if (sample.kind === 'numeric' && sample.value !== null && isUsable(sample.quality)) {
            for (const [what, by] of wanted) {
              if (measured.get(what) !== true && by.includes(sample.metric)) tell(what, true);
            }
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
