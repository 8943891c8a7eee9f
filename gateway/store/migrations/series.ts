import type { Migration } from '../types.ts';

/*
 * The embedded time series. A window holds the figures of one series over one stretch of a tier; `series_points` the
 * points themselves, one row per minute. `flushed` is the journal position up to which a series is on disk: what comes
 * again after a crash is told by it. What is large lies in tables with a row id: they grow at their end only.
 */
export const seriesMigrations: readonly Migration[] = [
  {
    id: 'series-001',
    sql: `
CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  device TEXT NOT NULL,
  metric TEXT NOT NULL,
  unit TEXT NOT NULL,
  flushed INTEGER NOT NULL,
  UNIQUE (device, metric)
);
CREATE TABLE series_windows (
  tier INTEGER NOT NULL,
  series INTEGER NOT NULL,
  start INTEGER NOT NULL,
  count INTEGER NOT NULL,
  low REAL NOT NULL,
  high REAL NOT NULL,
  sum REAL NOT NULL,
  PRIMARY KEY (tier, series, start)
) WITHOUT ROWID;
CREATE TABLE series_points (
  row INTEGER PRIMARY KEY,
  series INTEGER NOT NULL,
  start INTEGER NOT NULL,
  points BLOB NOT NULL,
  UNIQUE (series, start)
);
CREATE TABLE series_waves (
  row INTEGER PRIMARY KEY,
  series INTEGER NOT NULL,
  start INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  rate REAL NOT NULL,
  scale REAL NOT NULL,
  offset REAL NOT NULL,
  width INTEGER NOT NULL,
  raw BLOB NOT NULL
);
CREATE INDEX series_waves_by_start ON series_waves (series, start);
`,
  },
];
