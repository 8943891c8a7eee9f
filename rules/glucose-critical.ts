import { z } from 'zod';
import type { Priority } from '../model/alert.ts';
import { isUsable } from '../model/quality.ts';
import type { Rule } from './kit/contract.ts';
import { stateful } from './kit/stateful.ts';

const parameters = z.strictObject({
  criticalLow: z.number().describe('mg/dL: below, high priority'),
  low: z.number().describe('mg/dL: below, medium priority'),
  high: z.number().nullable().describe('mg/dL: above, medium priority'),
  criticalHigh: z.number().describe('mg/dL: above, high priority'),
});

type Band = { readonly code: string; readonly priority: Priority; readonly text: string; readonly limit: number };

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
  build: ({ criticalLow, low, high, criticalHigh }) =>
    stateful((say) => {
      const bandOf = (value: number, comparator: '<' | '>' | null): Band | null => {
        if (comparator === '<' || value < criticalLow) {
          return { code: 'glucose-low', priority: 'high', text: 'critically low', limit: criticalLow };
        }
        if (comparator === '>' || value > criticalHigh) {
          return { code: 'glucose-high', priority: 'high', text: 'critically high', limit: criticalHigh };
        }
        if (value < low) return { code: 'glucose-low', priority: 'medium', text: 'low', limit: low };
        if (high !== null && value > high)
          return { code: 'glucose-high', priority: 'medium', text: 'high', limit: high };
        return null;
      };
      /** Time of the newest result: a meter is read newest first. */
      let newest = Number.NEGATIVE_INFINITY;
      return {
        next(sample) {
          if (sample.kind !== 'numeric' || sample.value === null || !isUsable(sample.quality)) return;
          if (sample.takenAt < newest) return;
          newest = sample.takenAt;
          const band = bandOf(sample.value, sample.comparator);
          const shown = `GLU ${sample.comparator === '<' ? 'LO' : sample.comparator === '>' ? 'HI' : Math.round(sample.value)}`;
          for (const code of ['glucose-low', 'glucose-high']) {
            const on = band?.code === code;
            say({
              code,
              device: null,
              state: on ? 'on' : 'off',
              kind: 'physiological',
              priority: on ? band.priority : 'medium',
              latching: on && band.priority === 'high',
              at: sample.takenAt,
              message: on
                ? `${shown} ${code === 'glucose-low' ? '<' : '>'} ${band.limit} mg/dL, ${band.text}`
                : `${shown} mg/dL, back in range`,
              metric: 'glucose',
              value: sample.value,
              limit: on ? band.limit : null,
              samples: [sample.id],
              inhibits: [],
            });
          }
        },
        stop: () => {},
      };
    }),
};
