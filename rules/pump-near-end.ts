import { z } from 'zod';
import { isUsable } from '../model/quality.ts';
import type { Rule, RuleCondition } from './kit/contract.ts';
import { stateful } from './kit/stateful.ts';

const parameters = z.strictObject({
  warnMinutes: z.number().positive().describe('min before the end'),
  priority: z.enum(['medium', 'low']).default('low'),
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
  build: ({ warnMinutes, priority, volumes }, { device, clock }) =>
    stateful((say) => {
      const latest: Record<string, number | null> = {};
      let state: RuleCondition['state'] | null = null;

      const minutesLeft = (): number | null => {
        const told = latest['infusion-time-remaining'];
        if (told !== undefined && told !== null) return told;
        const rate = latest['infusion-rate'] ?? null;
        const planned = latest['volume-to-be-infused'] ?? (device ? (volumes[device.id] ?? null) : null);
        const infused = latest['infused-volume'] ?? null;
        const left = latest['volume-remaining'] ?? (planned !== null && infused !== null ? planned - infused : null);
        if (rate === null || left === null || rate <= 0) return null;
        return (Math.max(0, left) / rate) * 60;
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
          message:
            minutes === null
              ? 'near end not watched: the volume to be infused is not known'
              : `infusion ends in ${Math.round(minutes)} min`,
          metric: 'infusion-time-remaining',
          value: minutes,
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
          const next = minutes === null ? 'unknown' : minutes <= warnMinutes ? 'on' : 'off';
          if (next !== state) tell(next, minutes, sample.id);
        },
        stop: () => {},
      };
    }),
};
