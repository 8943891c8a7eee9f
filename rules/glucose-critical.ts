import { z } from 'zod';
import type { Priority } from '../model/alert.ts';
import { isUsable } from '../model/quality.ts';
import type { NumericSample } from '../model/sample.ts';
import type { Rule } from './kit/contract.ts';
import { stateful } from './kit/stateful.ts';

const parameters = z.strictObject({
  criticalLow: z.number().describe('mg/dL: below, high priority'),
  low: z.number().describe('mg/dL: below, medium priority'),
  high: z.number().nullable().describe('mg/dL: above, medium priority'),
  criticalHigh: z.number().describe('mg/dL: above, high priority'),
});

interface Band {
  readonly priority: Priority;
  readonly text: string;
  readonly limit: number;
}

/** Where a result lies on one side: in a band, in none, or not to be told. */
type Verdict = Band | 'inside' | 'undecided';

const shownOf = ({ comparator, value }: NumericSample): string =>
  comparator === '<' ? 'GLU LO' : comparator === '>' ? 'GLU HI' : `GLU ${Math.round(value ?? 0)}`;

/**
 * A glucose result outside the site's bands. One result decides; it ends with the next result that is back inside. LO
 * and HI of a meter count as beyond every limit on their side.
 */
export const glucoseCritical: Rule<z.infer<typeof parameters>> = {
  id: 'glucose-critical',
  version: 1,
  title: 'Glucose outside the safe range',
  kind: 'physiological',
  priority: 'high',
  latching: true,
  scope: 'patient',
  parameters,
  sources: [{ fact: 'Classes of low and high glucose', source: 'standards.md 4.5 (ADA)' }],
  inputs: () => ({ metrics: ['glucose'], statuses: [] }),
  limits: ({ low, high }) => [{ metric: 'glucose', low, high }],
  build: ({ criticalLow, low, high, criticalHigh }) =>
    stateful((say) => {
      const bands = {
        low: [
          { priority: 'high', text: 'critically low', limit: criticalLow },
          { priority: 'medium', text: 'low', limit: low },
        ],
        high: [
          { priority: 'high', text: 'critically high', limit: criticalHigh },
          ...(high === null ? [] : [{ priority: 'medium', text: 'high', limit: high } as const]),
        ],
      } as const;

      /** "Below v" is below every limit from v on. Of the limits it does not reach it says nothing. */
      const verdictOf = (side: 'low' | 'high', value: number, comparator: '<' | '>' | null): Verdict => {
        const sign = side === 'low' ? -1 : 1;
        const isTowards = comparator === (side === 'low' ? '<' : '>');
        const isBeyond = (limit: number) => {
          const distance = sign * (value - limit);
          return isTowards ? distance >= 0 : comparator === null && distance > 0;
        };
        const band = bands[side].find(({ limit }) => isBeyond(limit));
        if (band) return band;
        const mildest = bands[side].at(-1)?.limit ?? 0;
        const isInside = comparator === null || (!isTowards && sign * (value - mildest) <= 0);
        return isInside ? 'inside' : 'undecided';
      };

      /** Time of the newest result: a meter is read newest first. */
      let newest = Number.NEGATIVE_INFINITY;

      const tell = (side: 'low' | 'high', verdict: Verdict, sample: NumericSample, at: number): void => {
        const band = typeof verdict === 'string' ? null : verdict;
        const shown = shownOf(sample);
        say({
          code: `glucose-${side}`,
          device: null,
          state: band ? 'on' : verdict === 'inside' ? 'off' : 'unknown',
          kind: 'physiological',
          priority: band?.priority ?? 'medium',
          latching: band?.priority === 'high',
          at,
          message: band
            ? `${shown} ${side === 'low' ? '<' : '>'} ${band.limit} mg/dL, ${band.text}`
            : `${shown} mg/dL, ${verdict === 'inside' ? `no longer ${side}` : `not known whether ${side}`}`,
          metric: 'glucose',
          value: sample.value,
          limit: band?.limit ?? null,
          samples: [sample.id],
          inhibits: [],
        });
      };

      return {
        next(sample) {
          if (sample.kind !== 'numeric' || sample.value === null || !isUsable(sample.quality)) return;
          const at = Math.min(sample.takenAt, sample.receivedAt);
          if (at < newest) return;
          newest = at;
          for (const side of ['low', 'high'] as const) {
            tell(side, verdictOf(side, sample.value, sample.comparator), sample, at);
          }
        },
        stop: () => {},
      };
    }),
};
