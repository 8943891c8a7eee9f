import { z } from 'zod';
import { isUsable } from '../model/quality.ts';
import type { Rule } from './kit/contract.ts';
import { stateful } from './kit/stateful.ts';

const parameters = z.strictObject({
  tolerancePercent: z.number().positive().describe('%: how far infused volume may be from rate x time'),
  windowMinutes: z.number().positive().describe('min over which both are compared'),
  leastVolume: z.number().positive().default(0.5).describe('mL: below, the volume’s own resolution decides'),
  priority: z.enum(['high', 'medium', 'low']).default('medium'),
});

interface Point {
  readonly at: number;
  /** mL counted by the pump. */
  readonly volume: number;
  /** mL that the rate has promised up to here. */
  readonly promised: number;
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
  build: ({ tolerancePercent, windowMinutes, leastVolume, priority }, { device }) =>
    stateful((say) => {
      const windowMs = windowMinutes * 60_000;
      let points: Point[] = [];
      let rate: number | null = null;
      let rateAt = 0;
      let promised = 0;
      let on: boolean | null = null;

      const restart = (): void => {
        points = [];
        promised = 0;
      };

      const compare = (volume: number, at: number, id: string): void => {
        const last = points.at(-1);
        // A counter that went back was cleared: what came before cannot be compared.
        if (last && volume < last.volume) restart();
        points.push({ at, volume, promised });
        while (points[1] && at - points[1].at >= windowMs) points.shift();
        const first = points[0];
        if (!first || at - first.at < windowMs) return;
        const infused = volume - first.volume;
        const expected = promised - first.promised;
        const difference = Math.abs(infused - expected);
        const mismatch =
          difference > leastVolume && difference > (tolerancePercent / 100) * Math.max(expected, infused);
        if (mismatch === on) return;
        on = mismatch;
        say({
          code: 'pump-rate-mismatch',
          device: device?.id ?? null,
          state: mismatch ? 'on' : 'off',
          kind: 'technical',
          priority,
          latching: false,
          at,
          message: `infused ${infused.toFixed(1)} mL in ${windowMinutes} min, the rate says ${expected.toFixed(1)} mL`,
          metric: 'infused-volume',
          value: infused,
          limit: expected,
          samples: [id],
          inhibits: [],
        });
      };

      return {
        next(sample) {
          if (sample.kind !== 'numeric') return;
          if (sample.value === null || !isUsable(sample.quality)) {
            // A gap of unknown delivery: begin again after it.
            restart();
            rate = null;
            return;
          }
          if (rate !== null) promised += (rate * (sample.takenAt - rateAt)) / 3_600_000;
          rateAt = sample.takenAt;
          if (sample.metric === 'infusion-rate') rate = sample.value;
          else if (rate !== null) compare(sample.value, sample.takenAt, sample.id);
        },
        stop: () => {},
      };
    }),
};
