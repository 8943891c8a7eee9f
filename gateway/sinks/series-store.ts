import type { Database, Statement } from '../store/types.ts';
import { addValue, encodePoints, type Figures, noFigures, type Point, TIERS, windowOf } from './series-windows.ts';
import { encodeWave, joinSegments, splitSegment, type WaveSegment } from './wave-segments.ts';

/** One metric of one device, with what of it is not yet on disk. */
export interface Series {
  /** null until it is first stored. */
  id: number | null;
  readonly device: string;
  readonly metric: string;
  readonly unit: string;
  /** Journal position up to which it is on disk. */
  flushed: number;
  /** Journal position of the newest that waits. */
  newest: number;
  points: Point[];
  waves: WaveSegment[];
}

/** The longest stretch of waveform in one row. */
export const WAVE_ROW_MS = 10_000;

export const seriesKey = (device: string, metric: string): string => `${metric}\n${device}`;

interface SeriesRow {
  readonly id: number;
  readonly device: string;
  readonly metric: string;
  readonly unit: string;
  readonly flushed: number;
}

/** Writes series to their tables. */
export class SeriesStore {
  private readonly database: Database;
  private readonly create: Statement;
  private readonly mark: Statement;
  private readonly addWindow: Statement;
  private readonly pointsAt: Statement;
  private readonly putPoints: Statement;
  private readonly addWave: Statement;

  constructor(database: Database) {
    this.database = database;
    this.create = database.prepare('INSERT INTO series (device, metric, unit, flushed) VALUES (?, ?, ?, 0)');
    this.mark = database.prepare('UPDATE series SET flushed = ? WHERE id = ?');
    this.addWindow = database.prepare(
      `INSERT INTO series_windows (tier, series, start, count, low, high, sum) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (tier, series, start) DO UPDATE SET count = count + excluded.count, low = min(low, excluded.low),
       high = max(high, excluded.high), sum = sum + excluded.sum`,
    );
    this.pointsAt = database.prepare('SELECT points FROM series_points WHERE series = ? AND start = ?');
    this.putPoints = database.prepare(
      `INSERT INTO series_points (series, start, points) VALUES (?, ?, ?)
       ON CONFLICT (series, start) DO UPDATE SET points = excluded.points`,
    );
    this.addWave = database.prepare(
      'INSERT INTO series_waves (series, start, ends, rate, scale, offset, width, raw) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
  }

  load(): Series[] {
    const rows = this.database.prepare('SELECT id, device, metric, unit, flushed FROM series').all() as SeriesRow[];
    return rows.map((row) => ({ ...row, newest: row.flushed, points: [], waves: [] }));
  }

  /** Puts what waits on disk, each series whole: its rows and how far it has come are one transaction. */
  flush(batch: readonly Series[]): void {
    const ids = this.database.transaction(() => batch.map((series) => this.write(series)), { durable: false })();
    batch.forEach((series, index) => {
      series.id = ids[index] ?? null;
      series.flushed = series.newest;
      series.points = [];
      series.waves = [];
    });
  }

  private write(series: Series): number {
    const { device, metric, unit, points, waves } = series;
    const id = series.id ?? this.create.run(device, metric, unit).lastInsertRowid;
    for (const tier of TIERS) this.writeWindows(id, tier, points);
    const [finest] = TIERS;
    for (const [start, some] of byWindow(points, finest)) {
      const before = this.pointsAt.get(id, start) as { points: Uint8Array } | undefined;
      this.putPoints.run(id, start, encodePoints(start, some, before?.points));
    }
    const inOrder = waves.flatMap((wave) => splitSegment(wave, WAVE_ROW_MS)).sort((a, b) => a.from - b.from);
    for (const { from, to, rateHz, scale, offset, raw } of joinSegments(inOrder, WAVE_ROW_MS)) {
      const { width, bytes } = encodeWave(raw);
      this.addWave.run(id, from, to, rateHz, scale, offset, width, bytes);
    }
    this.mark.run(series.newest, id);
    return id;
  }

  private writeWindows(id: number, tier: number, points: readonly Point[]): void {
    const windows = new Map<number, Figures>();
    for (const { at, value } of points) {
      const start = windowOf(at, tier);
      let figures = windows.get(start);
      if (!figures) {
        figures = noFigures();
        windows.set(start, figures);
      }
      addValue(figures, value);
    }
    for (const [start, { count, low, high, sum }] of windows) {
      this.addWindow.run(tier, id, start, count, low, high, sum);
    }
  }
}

const byWindow = (points: readonly Point[], width: number): Map<number, Point[]> => {
  const windows = new Map<number, Point[]>();
  for (const point of points) {
    const start = windowOf(point.at, width);
    const some = windows.get(start);
    if (some) some.push(point);
    else windows.set(start, [point]);
  }
  return windows;
};
