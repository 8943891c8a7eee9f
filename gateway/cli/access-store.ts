import { join } from 'node:path';
import { Access } from '../access/access.ts';
import { AccessStore } from '../access/access-store.ts';
import { systemClock } from '../clock.ts';
import { openJournal } from '../journal/journal.ts';
import { openDatabase } from '../store/database.ts';
import { allMigrations } from '../wiring/migrations.ts';
import { openSite } from './site.ts';

/** Who may come in at a site, opened beside no running gateway; what is done is audited. null: bad configuration. */
export const withAccess = async <T>(config: string, task: (access: Access) => Promise<T>): Promise<T | null> => {
  const opened = openSite(config);
  if (!opened) return null;
  const clock = systemClock();
  const database = openDatabase({
    file: join(opened.site.data, 'wardwire.db'),
    key: opened.key,
    migrations: allMigrations,
    now: clock.now(),
  });
  const journal = openJournal({ database, clock });
  const access = new Access({
    store: new AccessStore(database),
    clock,
    audit: (entry) => void journal.append(entry),
  });
  try {
    return await task(access);
  } finally {
    access.close();
    journal.close();
    database.close();
  }
};
