import { createHash } from 'node:crypto';
import { CodedError } from '../../model/errors.ts';
import type { StoreErrorCode } from './faults.ts';
import type { Database, Migration } from './types.ts';

const digestOf = (sql: string): string => createHash('sha256').update(sql).digest('hex').slice(0, 16);

interface Applied {
  readonly id: string;
  readonly digest: string;
}

/**
 * Brings the file up to date: each step in a transaction of its own, in the order given, exactly once. A file that
 * holds steps unknown here was written by a newer gateway and is left alone.
 */
export const migrate = (database: Database, migrations: readonly Migration[], now: number): void => {
  database.exec(
    'CREATE TABLE IF NOT EXISTS migrations (id TEXT PRIMARY KEY, digest TEXT NOT NULL, applied_at INTEGER NOT NULL) WITHOUT ROWID',
  );
  const applied = new Map(
    (database.prepare('SELECT id, digest FROM migrations').all() as Applied[]).map(({ id, digest }) => [id, digest]),
  );
  const known = new Set(migrations.map(({ id }) => id));
  const unknown = [...applied.keys()].filter((id) => !known.has(id));
  if (unknown.length > 0) {
    throw new CodedError<StoreErrorCode>('newer-file', `the database was written by a newer gateway: ${unknown[0]}`, {
      hint: 'Install that version again, or start with a backup made before the update.',
    });
  }
  const record = database.prepare('INSERT INTO migrations (id, digest, applied_at) VALUES (?, ?, ?)');
  for (const { id, sql } of migrations) {
    const digest = digestOf(sql);
    const before = applied.get(id);
    if (before !== undefined && before !== digest) {
      throw new CodedError<StoreErrorCode>('changed-migration', `migration ${id} is not the one that was applied`, {
        hint: 'A step that has been applied is never edited: add a new one.',
      });
    }
    if (before !== undefined) continue;
    database.transaction(() => {
      database.exec(sql);
      record.run(id, digest, now);
    })();
  }
};
