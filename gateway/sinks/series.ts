import { type Clock, every } from '../../model/clock.ts';
import type { Stored } from '../../model/journal.ts';
import { isUsable } from '../../model/quality.ts';
import type { NumericSample, Sample, WaveformBlock } from '../../model/sample.ts';
import type { Database } from '../store/types.ts';
import type { Sink, SinkAnswer } from './contract.ts';
import { SinkCursors } from './cursors.ts';
import {
  SeriesQueries,
  type Trend,
  type TrendQuery,
  type WaveformQuery,
  type WaveformStretch,
} from './series-queries.ts';
import { defaultSeriesLimits, type SeriesLimits, SeriesRetention } from './series-retention.ts';
import { type Series, SeriesStore, seriesKey } from './series-store.ts';

export interface SeriesOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly limits?: SeriesLimits;
  /** How long points wait in memory for their neighbours, ms. They are in the journal meanwhile. */
  readonly flushMs?: number;
  /** What could not be stored in time, for the log; it is tried again. */
  readonly onFault?: (error: unknown) => void;
}

const ID = 'series';
/** Series written in one transaction. */
const SLICE = 100;
/** Points and waveform samples that wait at most, before they are stored ahead of time. */
const MOST_WAITING = 1_000_000;
const SWEEP_EVERY_MS = 3_600_000;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Values that a trend may show. LO and HI are no values, and what is invalid must not enter a mean. */
const isTrendValue = (sample: NumericSample): sample is NumericSample & { readonly value: number } =>
  sample.value !== null && Number.isFinite(sample.value) && sample.comparator === null && isUsable(sample.quality);

/**
 * The embedded time series. Points wait in memory for a minute and go to disk series by series, since each series lies
 * at a place of its own: written one by one, ten thousand devices would rewrite a page for each value. Nothing is at
 * risk meanwhile: it is in the journal, and after a start the sink goes on from what is on disk.
 */
export class SeriesSink implements Sink {
  readonly id = ID;
  readonly types = ['frame'] as const;
  readonly batchSize = 500;
  readonly holdMs = 0;
  private readonly clock: Clock;
  private readonly flushMs: number;
  private readonly onFault: (error: unknown) => void;
  private readonly store: SeriesStore;
  private readonly cursors: SinkCursors;
  private readonly queries: SeriesQueries;
  private readonly retention: SeriesRetention;
  private readonly series = new Map<string, Series>();
  private readonly stops: (() => void)[];
  private readonly dirty = new Set<Series>();
  private waiting = 0;
  private flushing: Promise<void> | null = null;
  /** Position up to which entries have been taken into memory. */
  private taken: number;
  private onDisk: number;

  constructor({ database, clock, limits = defaultSeriesLimits, flushMs = 60_000, onFault }: SeriesOptions) {
    this.clock = clock;
    this.flushMs = flushMs;
    this.onFault = onFault ?? (() => {});
    this.store = new SeriesStore(database);
    this.cursors = new SinkCursors(database);
    this.retention = new SeriesRetention(database, limits);
    const find = (device: string, metric: string) => this.series.get(seriesKey(device, metric));
    this.queries = new SeriesQueries(database, find, () => clock.now(), limits);
    for (const series of this.store.load()) this.series.set(seriesKey(series.device, series.metric), series);
    this.onDisk = this.cursors.get(ID);
    this.taken = this.onDisk;
    this.stops = [
      every(clock, this.flushMs, () => void this.flush().catch(this.onFault)),
      every(clock, SWEEP_EVERY_MS, () => void this.sweep().catch(this.onFault)),
    ];
  }

  stored(): number {
    return this.onDisk;
  }

  async write(batch: readonly Stored[]): Promise<SinkAnswer> {
    if (this.waiting > MOST_WAITING) await this.flush();
    for (const { position, entry } of batch) {
      if (position <= this.taken) continue;
      if (entry.type === 'frame') for (const sample of entry.samples) this.take(sample, position);
      this.taken = position;
    }
    return { rejected: [] };
  }

  /** Buckets of a metric over a time. */
  trend(query: TrendQuery): Trend {
    return this.queries.trend(query);
  }

  /** A waveform over a time, gaps as gaps. */
  waveform(query: WaveformQuery): WaveformStretch {
    return this.queries.waveform(query);
  }

  /** Puts everything taken so far on disk, in slices. */
  flush(): Promise<void> {
    this.flushing ??= this.flushAll().finally(() => {
      this.flushing = null;
    });
    return this.flushing;
  }

  async close(): Promise<void> {
    for (const stop of this.stops) stop();
    await this.flush();
    // One that was under way may have begun before the last entries came.
    if (this.dirty.size > 0) await this.flush();
  }

  /** One round of retention, in slices. */
  async sweep(): Promise<void> {
    while (this.retention.sweep(this.clock.now())) await turn();
  }

  private take(sample: Sample, position: number): void {
    if (sample.kind === 'numeric' && isTrendValue(sample)) {
      const series = this.seriesFor(sample, position);
      series?.points.push({ at: sample.takenAt, value: sample.value });
      if (series) this.waiting++;
    } else if (sample.kind === 'waveform') {
      const { takenAt: from, endsAt: to, rateHz, scale, offset, raw } = sample;
      const series = this.seriesFor(sample, position);
      series?.waves.push({ from, to, rateHz, scale, offset, raw });
      if (series) this.waiting += raw.length;
    }
  }

  /** The series that a sample belongs to; null where the sample is on disk already. */
  private seriesFor({ device, metric, unit }: NumericSample | WaveformBlock, position: number): Series | null {
    const key = seriesKey(device, metric);
    let series = this.series.get(key);
    if (!series) {
      series = { id: null, device, metric, unit, flushed: 0, newest: 0, points: [], waves: [] };
      this.series.set(key, series);
    }
    if (position <= series.flushed) return null;
    series.newest = position;
    this.dirty.add(series);
    return series;
  }

  private async flushAll(): Promise<void> {
    const upTo = this.taken;
    const dirty = [...this.dirty];
    for (let start = 0; start < dirty.length; start += SLICE) {
      const slice = dirty.slice(start, start + SLICE);
      const count = slice.reduce((sum, series) => sum + waitingIn(series), 0);
      this.store.flush(slice);
      this.waiting -= count;
      for (const series of slice) this.dirty.delete(series);
      await turn();
    }
    if (upTo > this.onDisk) this.cursors.set(ID, upTo);
    this.onDisk = Math.max(this.onDisk, upTo);
  }
}

const waitingIn = ({ points, waves }: Series): number =>
  waves.reduce((sum, { raw }) => sum + raw.length, points.length);

export const seriesSink = (options: SeriesOptions): SeriesSink => new SeriesSink(options);
