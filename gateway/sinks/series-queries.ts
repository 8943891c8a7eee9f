import { findMetric } from '../../model/metrics.ts';
import type { Database, Statement } from '../store/types.ts';
import type { SeriesLimits } from './series-retention.ts';
import { type Series, WAVE_ROW_MS } from './series-store.ts';
import {
  addFigures,
  addValue,
  decodePoints,
  type Figures,
  noFigures,
  type Point,
  TIERS,
  windowOf,
} from './series-windows.ts';
import { cutSegment, decodeWave, joinSegments, type WaveSegment } from './wave-segments.ts';

export interface TrendQuery {
  readonly device: string;
  readonly metric: string;
  /** ms since the epoch; from <= t < to. */
  readonly from: number;
  readonly to: number;
  /** About how many; never more than one above. */
  readonly buckets: number;
}

export interface Trend {
  readonly device: string;
  readonly metric: string;
  readonly unit: string;
  readonly bucketMs: number;
  /** Every bucket, also those without a value: a gap stays a gap. */
  readonly points: readonly {
    readonly at: number;
    readonly min: number | null;
    readonly max: number | null;
    readonly mean: number | null;
    readonly count: number;
  }[];
}

export interface WaveformQuery {
  readonly device: string;
  readonly metric: string;
  readonly from: number;
  readonly to: number;
  /** Default 500,000: half an hour of one lead at 250 Hz. */
  readonly maxSamples?: number;
}

export interface WaveformStretch {
  readonly unit: string;
  /** In order; between two there is a gap. */
  readonly segments: readonly WaveSegment[];
  /** Where to ask on, when there was too much for one answer. */
  readonly next: number | null;
}

interface WaveRow {
  readonly start: number;
  readonly ends: number;
  readonly rate: number;
  readonly scale: number;
  readonly offset: number;
  readonly width: number;
  readonly raw: Uint8Array;
}

/** Where the values of a trend are taken from: points, or windows of a tier. */
interface Source {
  readonly tier: number | null;
  readonly bucketMs: number;
  readonly start: number;
}

/** Reads the embedded time series: what is on disk and what waits, as one. */
export class SeriesQueries {
  private readonly find: (device: string, metric: string) => Series | undefined;
  private readonly now: () => number;
  private readonly limits: SeriesLimits;
  private readonly windows: Statement;
  private readonly points: Statement;
  private readonly waves: Statement;

  constructor(
    database: Database,
    find: (device: string, metric: string) => Series | undefined,
    now: () => number,
    limits: SeriesLimits,
  ) {
    this.find = find;
    this.now = now;
    this.limits = limits;
    this.windows = database.prepare(
      'SELECT start, count, low, high, sum FROM series_windows WHERE tier = ? AND series = ? AND start >= ? AND start < ?',
    );
    this.points = database.prepare(
      'SELECT start, points FROM series_points WHERE series = ? AND start >= ? AND start < ?',
    );
    this.waves = database.prepare(
      'SELECT start, ends, rate, scale, offset, width, raw FROM series_waves WHERE series = ? AND start >= ? AND start < ? ORDER BY start, row',
    );
  }

  trend(query: TrendQuery): Trend {
    const { device, metric, to } = query;
    const series = this.find(device, metric);
    const { tier, bucketMs, start } = this.sourceOf(query);
    const buckets: Figures[] = Array.from({ length: Math.max(0, Math.ceil((to - start) / bucketMs)) }, noFigures);
    const bucketAt = (at: number) => buckets[Math.floor((at - start) / bucketMs)];
    const take = ({ at, value }: Point) => {
      const bucket = at < to ? bucketAt(at) : undefined;
      if (bucket) addValue(bucket, value);
    };
    if (series && series.id !== null) {
      if (tier === null) {
        for (const point of this.pointsOf(series.id, start, to)) take(point);
      } else {
        for (const row of this.windows.all(tier, series.id, start, to) as ({ start: number } & Figures)[]) {
          const bucket = bucketAt(row.start);
          if (bucket) addFigures(bucket, row);
        }
      }
    }
    for (const point of series?.points ?? []) take(point);
    return {
      device,
      metric,
      unit: series?.unit ?? findMetric(metric)?.unit ?? '1',
      bucketMs,
      points: buckets.map(({ count, low, high, sum }, index) => ({
        at: start + index * bucketMs,
        min: count > 0 ? low : null,
        max: count > 0 ? high : null,
        mean: count > 0 ? sum / count : null,
        count,
      })),
    };
  }

  waveform({ device, metric, from, to, maxSamples = 500_000 }: WaveformQuery): WaveformStretch {
    const series = this.find(device, metric);
    const unit = series?.unit ?? findMetric(metric)?.unit ?? '1';
    if (!series) return { unit, segments: [], next: null };
    const rows = series.id === null ? [] : this.waves.iterate(series.id, from - WAVE_ROW_MS, to);
    const segments: WaveSegment[] = [];
    let samples = 0;
    let next: number | null = null;
    for (const row of rows as Iterable<WaveRow>) {
      const segment = cutSegment(segmentOf(row), from, to);
      if (!segment) continue;
      if (samples > 0 && samples + segment.raw.length > maxSamples) {
        next = segment.from;
        break;
      }
      samples += segment.raw.length;
      segments.push(segment);
    }
    for (const waiting of next === null ? series.waves : []) {
      const segment = cutSegment(waiting, from, to);
      if (segment) segments.push(segment);
    }
    segments.sort((a, b) => a.from - b.from);
    return { unit, segments: joinSegments(segments), next };
  }

  private *pointsOf(series: number, from: number, to: number): Generator<Point> {
    const rows = this.points.all(series, windowOf(from, TIERS[0]), to) as { start: number; points: Uint8Array }[];
    for (const { start, points } of rows) {
      for (const point of decodePoints(start, points)) if (point.at >= from) yield point;
    }
  }

  /** The finest that is kept that long and not finer than needed; whole windows go into each bucket. */
  private sourceOf({ from, to, buckets }: TrendQuery): Source {
    const wanted = Math.max(1, Math.ceil((to - from) / Math.max(1, buckets)));
    const age = this.now() - from;
    if (wanted < TIERS[0] && age <= this.limits.pointsMs) return { tier: null, bucketMs: wanted, start: from };
    const fit = TIERS.findLastIndex((tier) => tier <= wanted);
    const kept = TIERS.findIndex((_, index) => age <= (this.limits.tiersMs[index] ?? 0));
    const tier = TIERS[Math.max(fit, kept < 0 ? TIERS.length - 1 : kept)] ?? TIERS[0];
    return { tier, bucketMs: Math.max(1, Math.ceil(wanted / tier)) * tier, start: windowOf(from, tier) };
  }
}

const segmentOf = ({ start, ends, rate, scale, offset, width, raw }: WaveRow): WaveSegment => ({
  from: start,
  to: ends,
  rateHz: rate,
  scale,
  offset,
  raw: decodeWave(width, raw),
});
