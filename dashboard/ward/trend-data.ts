import type { ApiTrend } from '../../model/api.ts';

/** Columns for a chart: seconds, then one column per series. */
export interface TrendColumns {
  readonly times: readonly number[];
  readonly columns: readonly (readonly (number | null)[])[];
}

type Field = 'min' | 'max' | 'mean';

/**
 * Puts series on one time axis. Where buckets are missing an empty one is put in, so that no line is drawn across a
 * gap.
 */
export const alignTrends = (
  series: readonly { readonly trend: ApiTrend; readonly fields: readonly Field[] }[],
): TrendColumns => {
  const times = new Set<number>();
  for (const { trend } of series) {
    let before: number | null = null;
    for (const point of trend.points) {
      const at = Date.parse(point.at) / 1000;
      if (before !== null && at - before > trend.bucketSeconds * 1.5) times.add(before + trend.bucketSeconds);
      times.add(at);
      before = at;
    }
  }
  const sorted = [...times].sort((a, b) => a - b);
  const columns = series.flatMap(({ trend, fields }) => {
    const byTime = new Map(trend.points.map((point) => [Date.parse(point.at) / 1000, point]));
    return fields.map((field) => sorted.map((at) => byTime.get(at)?.[field] ?? null));
  });
  return { times: sorted, columns };
};

/** `58–92, last 74`: the chart in words. */
export const trendInWords = (trend: ApiTrend, precision: number): string => {
  const lows = trend.points.map((point) => point.min).filter((value) => value !== null);
  const highs = trend.points.map((point) => point.max).filter((value) => value !== null);
  const last = trend.points.findLast((point) => point.mean !== null)?.mean ?? null;
  if (lows.length === 0 || last === null) return 'no values';
  return `${Math.min(...lows).toFixed(precision)}–${Math.max(...highs).toFixed(precision)}, last ${last.toFixed(precision)}`;
};
