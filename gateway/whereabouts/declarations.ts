import type { Association } from '../../model/association.ts';
import type { Database, Migration, Statement } from '../store/types.ts';

type Kind = Association['subject']['kind'];

export const whereaboutsMigrations: readonly Migration[] = [
  {
    id: 'whereabouts-001',
    sql: `
CREATE TABLE declarations (
  device TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT,
  PRIMARY KEY (device, kind)
) WITHOUT ROWID;`,
  },
];

/** What the site's file said of each device when the gateway last started. */
export class Declarations {
  private readonly select: Statement;
  private readonly upsert: Statement;

  constructor(database: Database) {
    this.select = database.prepare('SELECT subject FROM declarations WHERE device = ? AND kind = ?');
    this.upsert = database.prepare(
      'INSERT INTO declarations (device, kind, subject) VALUES (?, ?, ?) ON CONFLICT (device, kind) DO UPDATE SET subject = excluded.subject',
    );
  }

  /** Null: nobody, no place, or it has not said anything yet. */
  get(device: string, kind: Kind): string | null {
    return (this.select.get(device, kind) as { subject: string | null } | undefined)?.subject ?? null;
  }

  set(device: string, kind: Kind, subject: string | null): void {
    this.upsert.run(device, kind, subject);
  }
}
