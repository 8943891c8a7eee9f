import Database from 'better-sqlite3-multiple-ciphers';
import { recordMigrations } from '../../gateway/records/schema.ts';
import type { SqlDatabase } from '../../gateway/records/sql.ts';

/** A records database in memory, or in a file. */
export const recordDatabase = (file = ':memory:'): SqlDatabase & { close(): void; exec(sql: string): void } => {
  const database = new Database(file);
  const known = database.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name = 'readings'").get() as {
    n: number;
  };
  if (known.n === 0) for (const migration of recordMigrations) database.exec(migration.sql);
  return {
    prepare: (sql) => database.prepare(sql) as ReturnType<SqlDatabase['prepare']>,
    transaction: (task) => {
      const run = database.transaction(task);
      return () => run();
    },
    close: () => void database.close(),
    exec: (sql) => void database.exec(sql),
  };
};
