import type { Migration } from '../types.ts';
import { journalMigrations } from './journal.ts';
import { seriesMigrations } from './series.ts';
import { sinkMigrations } from './sinks.ts';

/** The tables of the journal, the sinks and the embedded time series. */
export const storeMigrations: readonly Migration[] = [...journalMigrations, ...sinkMigrations, ...seriesMigrations];
