import { z } from 'zod';
import { isUsable } from '../model/quality.ts';
import type { Rule, RuleCondition } from './kit/contract.ts';
import { stateful } from './kit/stateful.ts';

const parameters = z.strictObject({
  warnMinutes: z.number().positive().describe('min before the end'),
  hysteresisMinutes: z.number().min(0).default(1).describe('min more than `warnMinutes` must be left to end it'),
  priority: z.enum(['medium', 'low']).default('low').describe('of the alert'),
  volumes: z
    .record(z.string(), z.number().positive())
    .default({})
    .describe('mL to be infused, by device: for pumps that report only rate and infused volume'),
});

/**
 * The infusion will soon be over: what is left divided by the rate. A pump that reports neither the volume left nor,
 * through the site, the volume to be infused is not watched, and that is said.
 */
export const pumpNearEnd: Rule<z.infer<typeof parameters>> = {
  id: 'pump-near-end',
  version: 1,
  title: 'Infusion near its end',
  kind: 'physiological',
  priority: 'low',
  latching: false,
  scope: 'device',
  parameters,
  sources: [{ fact: 'Near end of infusion 3 to 30 min before, low to medium', source: 'standards.md 4.6' }],
  inputs: () => ({
    metrics: ['infusion-rate', 'infused-volume', 'volume-remaining', 'volume-to-be-infused', 'infusion-time-remaining'],
    statuses: [],
    classes: ['infusion-pump'],
  }),
  build: ({ warnMinutes, hysteresisMinutes, priority, volumes }, { device, clock }) =>
    stateful((say) => {
      const latest: Record<string, number | null> = {};
      let state: RuleCondition['state'] | null = null;

      const volumeLeft = (): number | null => {
        const told = latest['volume-remaining'] ?? null;
        if (told !== null) return told;
        const planned = latest['volume-to-be-infused'] ?? (device ? volumes[device.id] : null) ?? null;
        const infused = latest['infused-volume'] ?? null;
        return planned === null || infused === null ? null : planned - infused;
      };

      /** null: not known. Infinity: it stands still with something left. */
      const minutesLeft = (): number | null => {
        const told = latest['infusion-time-remaining'] ?? null;
        if (told !== null) return told;
        const left = volumeLeft();
        if (left === null) return null;
        if (left <= 0) return 0;
        const rate = latest['infusion-rate'] ?? null;
        if (rate === null) return null;
        return rate > 0 ? (left / rate) * 60 : Number.POSITIVE_INFINITY;
      };

      const messageOf = (minutes: number | null): string => {
        if (minutes === null) return 'near end not watched: the volume to be infused or the rate is not known';
        if (minutes === 0) return 'infusion has ended';
        return minutes === Number.POSITIVE_INFINITY ? 'not infusing' : `infusion ends in ${Math.round(minutes)} min`;
      };

      const tell = (next: RuleCondition['state'], minutes: number | null, sample: string): void => {
        state = next;
        say({
          code: 'infusion-near-end',
          device: device?.id ?? null,
          state: next,
          kind: 'physiological',
          priority,
          latching: false,
          at: clock.now(),
          message: messageOf(minutes),
          metric: 'infusion-time-remaining',
          value: minutes !== null && Number.isFinite(minutes) ? minutes : null,
          limit: warnMinutes,
          samples: [sample],
          inhibits: [],
        });
      };

      return {
        next(sample) {
          if (sample.kind !== 'numeric') return;
          latest[sample.metric] = isUsable(sample.quality) ? sample.value : null;
          const minutes = minutesLeft();
          const limit = state === 'on' ? warnMinutes + hysteresisMinutes : warnMinutes;
          const next = minutes === null ? 'unknown' : minutes <= limit ? 'on' : 'off';
          if (next !== state) tell(next, minutes, sample.id);
        },
        stop: () => {},
      };
    }),
};
