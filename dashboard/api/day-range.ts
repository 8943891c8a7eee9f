import { type Signal, signal } from '@preact/signals';
import type { ApiTrend } from '../../model/api.ts';
import { get, query } from './http.ts';

/** The least and the most of a metric since local midnight. */
export interface DayRange {
  readonly min: number;
  readonly max: number;
}

const ranges = new Map<string, { readonly range: Signal<DayRange | null>; askedAt: number }>();
const ASK_EVERY_MS = 5 * 60_000;

const midnight = (now: number): number => {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
};

const ask = async (range: Signal<DayRange | null>, device: string, metric: string, now: number): Promise<void> => {
  const from = new Date(midnight(now)).toISOString();
  const trend = await get<ApiTrend>(`/trends${query({ device, metric, from, to: new Date(now).toISOString() })}`);
  const lows = trend.points.map((point) => point.min).filter((value) => value !== null);
  const highs = trend.points.map((point) => point.max).filter((value) => value !== null);
  range.value = lows.length === 0 ? null : { min: Math.min(...lows), max: Math.max(...highs) };
};

/** Null until it is known; asked again every few minutes. Where the gateway has no trend it stays unknown. */
export const dayRange = (device: string, metric: string, now: number): Signal<DayRange | null> => {
  const key = `${device}\n${metric}`;
  const known = ranges.get(key) ?? { range: signal<DayRange | null>(null), askedAt: Number.NEGATIVE_INFINITY };
  ranges.set(key, known);
  if (now - known.askedAt > ASK_EVERY_MS) {
    known.askedAt = now;
    ask(known.range, device, metric, now).catch(() => undefined);
  }
  return known.range;
};
