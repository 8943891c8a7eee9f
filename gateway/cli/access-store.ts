import { join } from 'node:path';
import { hasCode } from '../../model/errors.ts';
import { Access } from '../access/access.ts';
import { AccessStore } from '../access/access-store.ts';
import { systemClock } from '../clock.ts';
import { openJournal, type SqliteJournal } from '../journal/journal.ts';
import { openDatabase } from '../store/database.ts';
import type { Database } from '../store/types.ts';
import { allMigrations } from '../wiring/migrations.ts';
import { openSite } from './site.ts';

/**
 * Who may come in at a site. Beside a running gateway too: it reads users and tokens anew each time. What is done is
 * audited in the journal, or, where the gateway has the journal, by the name of who did it in the row itself. null: bad
 * configuration.
 */
export const withAccess = async <T>(config: string, task: (access: Access) => Promise<T>): Promise<T | null> => {
  const opened = openSite(config);
  if (!opened) return null;
  const clock = systemClock();
  const options = {
    file: join(opened.site.data, 'wardwire.db'),
    key: opened.key,
    migrations: allMigrations,
    now: clock.now(),
  };
  const open = (): { database: Database; journal: SqliteJournal | null } => {
    try {
      const database = openDatabase(options);
      return { database, journal: openJournal({ database, clock }) };
    } catch (error) {
      if (!hasCode(error, 'in-use')) throw error;
      return { database: openDatabase({ ...options, beside: true }), journal: null };
    }
  };
  const { database, journal } = open();
  const access = new Access({
    store: new AccessStore(database),
    clock,
    audit: (entry) => void journal?.append(entry),
  });
  try {
    return await task(access);
  } finally {
    access.close();
    journal?.close();
    database.close();
  }
};
