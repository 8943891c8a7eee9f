import { accessMigrations } from '../access/schema.ts';
import { auditMigrations } from '../audit/audit-log.ts';
import { evidenceMigrations } from '../evidence/evidence-store.ts';
import { recordMigrations } from '../records/schema.ts';
import { storeMigrations } from '../store/migrations/store-migrations.ts';
import type { Migration } from '../store/types.ts';
import { whereaboutsMigrations } from '../whereabouts/declarations.ts';

/** The schema of a site's database, of all rooms, in order. */
export const allMigrations: readonly Migration[] = [
  ...storeMigrations,
  ...recordMigrations,
  ...accessMigrations,
  ...auditMigrations,
  ...evidenceMigrations,
  ...whereaboutsMigrations,
];
