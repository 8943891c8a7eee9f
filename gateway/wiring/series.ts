import type { Clock } from '../../model/clock.ts';
import type { SiteConfig } from '../config/schema.ts';
import type { SeriesReader } from '../gateway-parts.ts';
import type { Journal } from '../journal/contract.ts';
import type { RecordStore } from '../records/record-store.ts';
import type { Sink } from '../sinks/contract.ts';
import type { Database } from '../store/types.ts';
import type { Secrets } from './secrets.ts';

export const createSeriesReader = (
  database: Database,
  _journal: Journal,
  _clock: Clock,
  _records: RecordStore,
): SeriesReader & { readonly sinks: readonly Sink[] } => ({
  sinks: [],
  trend({ device, metric, from, to, points }) {
    const bucketMs = Math.max(1000, Math.ceil((to - from) / points / 1000) * 1000);
    const rows = database
      .prepare(
        `SELECT (taken_at / ?) * ? AS at, min(value) AS min, max(value) AS max, avg(value) AS mean, count(value) AS count FROM readings
         WHERE device = ? AND metric = ? AND taken_at >= ? AND taken_at < ? AND value IS NOT NULL GROUP BY 1 ORDER BY 1`,
      )
      .all(bucketMs, bucketMs, device, metric, from, to) as ReturnType<SeriesReader['trend']>['points'][number][];
    return { bucketMs, points: rows };
  },
  waveforms: () => ({ items: [], next: null }),
});

export const outsideSinks = (_site: SiteConfig, _secrets: Secrets, _clock: Clock): Sink[] => [];
