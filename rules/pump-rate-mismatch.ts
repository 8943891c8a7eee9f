import { z } from 'zod';
import { isUsable } from '../model/quality.ts';
import type { Rule, RuleCondition } from './kit/contract.ts';
import { toMs } from './kit/seconds.ts';
import { stateful } from './kit/stateful.ts';

const parameters = z.strictObject({
  tolerancePercent: z.number().positive().describe('%: how far infused volume may be from rate x time'),
  windowMinutes: z.number().positive().describe('min over which both are compared'),
  leastVolume: z.number().positive().default(0.5).describe('mL: below, the volume’s own resolution decides'),
  longestGapSeconds: z
    .number()
    .positive()
    .default(120)
    .describe('s without a rate; after more than that the comparison begins again'),
  priority: z.enum(['high', 'medium', 'low']).default('medium').describe('of the alert'),
});

interface Point {
  readonly at: number;
  /** mL counted by the pump. */
  readonly volume: number;
  /** mL that the rate has promised up to here. */
  readonly promised: number;
}

interface Compared {
  readonly infused: number;
  readonly expected: number;
}

/** The pump says one rate and delivers another: infused volume against rate x time over a sliding window. */
export const pumpRateMismatch: Rule<z.infer<typeof parameters>> = {
  id: 'pump-rate-mismatch',
  version: 1,
  title: 'Infused volume disagrees with the rate',
  kind: 'technical',
  priority: 'medium',
  latching: false,
  scope: 'device',
  parameters,
  sources: [{ fact: 'Mismatch above 10 % over at least 15 min', source: 'standards.md 4.6, gateway-derived checks' }],
  inputs: () => ({ metrics: ['infusion-rate', 'infused-volume'], statuses: [], classes: ['infusion-pump'] }),
  build: ({ tolerancePercent, windowMinutes, leastVolume, longestGapSeconds, priority }, { device }) =>
    stateful((say) => {
      const windowMs = windowMinutes * 60_000;
      let points: Point[] = [];
      let rate: number | null = null;
      let at = 0;
      let promised = 0;
      let state: RuleCondition['state'] | null = null;

      const tell = (next: RuleCondition['state'], message: string, of: Compared | null, id: string): void => {
        state = next;
        say({
          code: 'pump-rate-mismatch',
          device: device?.id ?? null,
          state: next,
          kind: 'technical',
          priority,
          latching: false,
          at,
          message,
          metric: 'infused-volume',
          value: of?.infused ?? null,
          limit: of?.expected ?? null,
          samples: [id],
          inhibits: [],
        });
      };

      /** What came before cannot be compared with what comes: the window fills again. */
      const restart = (id: string): void => {
        points = [];
        promised = 0;
        if (state !== null && state !== 'unknown') tell('unknown', 'delivery not compared yet', null, id);
      };

      const compare = (volume: number, id: string): void => {
        const last = points.at(-1);
        // A counter that went back was cleared.
        if (last && volume < last.volume) restart(id);
        points.push({ at, volume, promised });
        while (points[1] && at - points[1].at >= windowMs) points.shift();
        const first = points[0];
        if (!first || at - first.at < windowMs) return;
        const infused = volume - first.volume;
        const expected = promised - first.promised;
        const difference = Math.abs(infused - expected);
        const isMismatch = difference > leastVolume && difference > (tolerancePercent / 100) * expected;
        const next = isMismatch ? 'on' : 'off';
        if (next === state) return;
        const minutes = Math.round((at - first.at) / 60_000);
        const message = `infused ${infused.toFixed(1)} mL in ${minutes} min, the rate says ${expected.toFixed(1)} mL`;
        tell(next, message, { infused, expected }, id);
      };

      return {
        next(sample) {
          if (sample.kind !== 'numeric') return;
          const isGap = rate !== null && sample.takenAt - at > toMs(longestGapSeconds);
          if (rate !== null && sample.takenAt > at) promised += (rate * (sample.takenAt - at)) / 3_600_000;
          at = Math.max(at, sample.takenAt);
          if (isGap || sample.value === null || !isUsable(sample.quality)) {
            restart(sample.id);
            rate = null;
          }
          if (sample.value === null || !isUsable(sample.quality)) return;
          if (sample.metric === 'infusion-rate') rate = sample.value;
          else if (rate !== null) compare(sample.value, sample.id);
        },
        stop: () => {},
      };
    }),
};
