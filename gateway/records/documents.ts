import { type SqlDatabase, Statements } from './sql.ts';

export interface DocumentVersion<Body> {
  readonly id: string;
  readonly version: number;
  readonly at: number;
  readonly by: string;
  readonly reason: string | null;
  readonly body: Body;
}

interface Row {
  readonly id: string;
  readonly version: number;
  readonly at: number;
  readonly by: string;
  readonly reason: string | null;
  readonly body: string;
}

/** A small versioned table: patients, places, associations. The newest version is read, all are kept. */
export class Documents<Body extends { readonly id: string }> {
  private readonly sql: Statements;
  private readonly table: string;

  constructor(database: SqlDatabase, table: 'patients' | 'places' | 'associations') {
    this.sql = new Statements(database);
    this.table = table;
  }

  /** Adds a version; nothing where the body is what it already is. */
  put(body: Body, change: { readonly at: number; readonly by: string; readonly reason: string | null }): void {
    const text = JSON.stringify(body);
    const present = this.sql.get<Row>(`SELECT * FROM ${this.table} WHERE id = ?`, body.id);
    if (present?.body === text) return;
    const version = (present?.version ?? 0) + 1;
    this.sql.run(
      `INSERT INTO ${this.table}_versions (id, version, at, by, reason, body) VALUES (?, ?, ?, ?, ?, ?)`,
      ...[body.id, version, change.at, change.by, change.reason, text],
    );
    this.sql.run(
      `INSERT INTO ${this.table} (id, version, at, body) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET version = excluded.version, at = excluded.at, body = excluded.body`,
      ...[body.id, version, change.at, text],
    );
  }

  get(id: string): Body | null {
    return this.getVersion(id)?.body ?? null;
  }

  /** The newest version, or the one asked for. */
  getVersion(id: string, version?: number): DocumentVersion<Body> | null {
    const row = this.sql.get<Row>(
      version === undefined
        ? `SELECT v.* FROM ${this.table} d JOIN ${this.table}_versions v ON v.id = d.id AND v.version = d.version WHERE d.id = ?`
        : `SELECT * FROM ${this.table}_versions WHERE id = ? AND version = ?`,
      ...(version === undefined ? [id] : [id, version]),
    );
    return row ? { ...row, body: JSON.parse(row.body) as Body } : null;
  }

  /** The newest versions, by id. */
  list(): DocumentVersion<Body>[] {
    return this.sql
      .all<Row>(
        `SELECT v.* FROM ${this.table} d JOIN ${this.table}_versions v ON v.id = d.id AND v.version = d.version ORDER BY d.id`,
      )
      .map((row) => ({ ...row, body: JSON.parse(row.body) as Body }));
  }

  /** Every version, newest first. */
  history(id: string): DocumentVersion<Body>[] {
    return this.sql
      .all<Row>(`SELECT * FROM ${this.table}_versions WHERE id = ? ORDER BY version DESC`, id)
      .map((row) => ({ ...row, body: JSON.parse(row.body) as Body }));
  }
}
