import type { Metric, Range } from '../model/metric.ts';
import { generated, table } from './tables.ts';

const range = ({ low, high }: Range): string => `${low} to ${high}`;

/** The metric catalogue with its codes. */
export const metricsPage = (metrics: readonly Metric[]): string =>
  generated(
    'Metric catalogue',
    [
      'Units are UCUM. A metric without a verified MDC or LOINC code has none. Outside `plausible` a value is questionable, outside `possible` invalid.',
      table(
        ['id', 'name', 'unit', 'MDC', 'LOINC', 'plausible', 'possible'],
        metrics.map((metric) => [
          `\`${metric.id}\``,
          metric.name,
          metric.unit,
          metric.mdc ? `${metric.mdc.code} ${metric.mdc.refId}` : '',
          [metric.loinc, ...Object.entries(metric.loincByUnit).map(([unit, code]) => `${code} (${unit})`)]
            .filter(Boolean)
            .join(', '),
          range(metric.plausible),
          range(metric.possible),
        ]),
      ),
    ].join('\n\n'),
  );
