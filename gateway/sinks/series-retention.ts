import type { Database, Statement } from '../store/types.ts';
import { TIERS } from './series-windows.ts';

/** How long each part of the embedded time series is kept, ms. */
export interface SeriesLimits {
  readonly wavesMs: number;
  readonly pointsMs: number;
  /** One for each tier, the finest first. */
  readonly tiersMs: readonly [number, number, number];
}

const DAY_MS = 24 * 3_600_000;

/** Within the ranges of standards.md 7.4 for what is downsampled; points and waves shorter, as this is one file. */
export const defaultSeriesLimits: SeriesLimits = {
  wavesMs: 3 * DAY_MS,
  pointsMs: 7 * DAY_MS,
  tiersMs: [90 * DAY_MS, 2 * 365 * DAY_MS, 7 * 365 * DAY_MS],
};

/** Series looked at in one transaction. */
const SLICE = 50;

/** Removes what is older than its limit, some series at a time. */
export class SeriesRetention {
  private readonly database: Database;
  private readonly limits: SeriesLimits;
  private readonly next: Statement;
  private readonly windows: Statement;
  private readonly points: Statement;
  private readonly waves: Statement;
  private last = 0;

  constructor(database: Database, limits: SeriesLimits) {
    this.database = database;
    this.limits = limits;
    this.next = database.prepare(`SELECT id FROM series WHERE id > ? ORDER BY id LIMIT ${SLICE}`);
    this.windows = database.prepare('DELETE FROM series_windows WHERE tier = ? AND series = ? AND start < ?');
    this.points = database.prepare('DELETE FROM series_points WHERE series = ? AND start < ?');
    this.waves = database.prepare('DELETE FROM series_waves WHERE series = ? AND start < ?');
  }

  /** One slice. Returns false when the round is over; the next call begins a new one. */
  sweep(now: number): boolean {
    const rows = this.next.all(this.last) as { id: number }[];
    this.database.transaction(
      () => {
        for (const { id } of rows) {
          this.waves.run(id, now - this.limits.wavesMs);
          this.points.run(id, now - this.limits.pointsMs - TIERS[0]);
          TIERS.forEach((tier, index) => {
            this.windows.run(tier, id, now - (this.limits.tiersMs[index] ?? 0) - tier);
          });
        }
      },
      { durable: false },
    )();
    this.last = rows.length < SLICE ? 0 : (rows.at(-1)?.id ?? 0);
    return this.last !== 0;
  }
}
