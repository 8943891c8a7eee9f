import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../gateway/store/database.ts';
import { storeMigrations } from '../../gateway/store/migrations/store-migrations.ts';
import type { Database } from '../../gateway/store/types.ts';

/** A database file of the test's own, which can be closed and opened again. */
export class StoreFile {
  readonly directory = mkdtempSync(join(tmpdir(), 'wardwire-store-'));
  readonly file = join(this.directory, 'ward.db');
  private current: Database | null = null;

  get database(): Database {
    this.current ??= openDatabase({ file: this.file, migrations: storeMigrations });
    return this.current;
  }

  close(): void {
    this.current?.close();
    this.current = null;
  }

  remove(): void {
    this.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
