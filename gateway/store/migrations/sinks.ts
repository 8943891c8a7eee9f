import type { Migration } from '../types.ts';

/** How far each sink has come, and what it refused for good. */
export const sinkMigrations: readonly Migration[] = [
  {
    id: 'sinks-001',
    sql: `
CREATE TABLE sink_cursors (sink TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE dead_letters (
  id INTEGER PRIMARY KEY,
  sink TEXT NOT NULL,
  position INTEGER NOT NULL,
  at INTEGER NOT NULL,
  code TEXT NOT NULL,
  detail TEXT NOT NULL,
  UNIQUE (sink, position)
);
`,
  },
];
