import type { Migration } from '../types.ts';

/*
 * The journal. Columns in the order in which they are read: the ids alone when the gateway starts.
 * `type` 1 is a frame; frames are nearly all rows, so what follows only decisions reads through a small index.
 */
export const journalMigrations: readonly Migration[] = [
  {
    id: 'journal-001',
    sql: `
CREATE TABLE journal (
  position INTEGER PRIMARY KEY,
  type INTEGER NOT NULL,
  committed_at INTEGER NOT NULL,
  ids BLOB,
  keys BLOB,
  body TEXT NOT NULL,
  frame BLOB,
  wave BLOB
);
CREATE INDEX journal_decisions ON journal (position) WHERE type <> 1;
CREATE INDEX journal_waves ON journal (position) WHERE wave IS NOT NULL;
CREATE TABLE journal_state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO journal_state (name, value) VALUES ('bytes', 0);
CREATE TABLE device_memory (device TEXT PRIMARY KEY, facts TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sample_ids (id BLOB PRIMARY KEY) WITHOUT ROWID;
`,
  },
];
