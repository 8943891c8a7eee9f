import type { AuditEntry, Stored } from '../../model/journal.ts';
import { decodeCursor, limitOf, type Page, pageOf } from '../records/page.ts';
import type { Sink, SinkAnswer } from '../sinks/contract.ts';
import type { Database, Migration, SqlValue } from '../store/types.ts';

/** Who did or saw what. Rows are only ever added (promise 9, promise 10). */
export const auditMigrations: readonly Migration[] = [
  {
    id: 'audit-001',
    sql: `
CREATE TABLE audit_log (
  position INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT,
  outcome TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX audit_log_at ON audit_log (at);
CREATE INDEX audit_log_who ON audit_log (who, at);
CREATE INDEX audit_log_target ON audit_log (target, at) WHERE target IS NOT NULL;
CREATE TRIGGER audit_log_keep BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;`,
  },
];

export interface AuditFilter {
  readonly who: string | null;
  readonly action: string | null;
  readonly target: string | null;
  readonly outcome: AuditEntry['outcome'] | null;
  readonly from: number | null;
  readonly to: number | null;
  readonly limit: number;
  readonly cursor: string | null;
}

export interface AuditRow {
  readonly id: string;
  readonly entry: AuditEntry;
}

/** The audit log as a table to search: follows the journal. */
export const createAuditLog = (database: Database) => {
  const insert = database.prepare(
    'INSERT INTO audit_log (position, at, who, action, target, outcome, body) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );

  const write = (batch: readonly Stored[]): void => {
    for (const { position, entry } of batch) {
      if (entry.type !== 'audit') continue;
      insert.run(position, entry.at, entry.who, entry.action, entry.target, entry.outcome, JSON.stringify(entry));
    }
  };

  const sink: Sink = {
    id: 'audit',
    types: ['audit'],
    batchSize: 200,
    holdMs: 0,
    async write(batch): Promise<SinkAnswer> {
      database.transaction(() => write(batch), { durable: false })();
      return { rejected: [] };
    },
    close: async () => {},
  };

  return {
    sink,
    /** Newest first. Throws CodedError<'bad-cursor'>. */
    list(filter: AuditFilter): Page<AuditRow> {
      const conditions: string[] = [];
      const values: SqlValue[] = [];
      const and = (condition: string, ...given: SqlValue[]): void => {
        conditions.push(condition);
        values.push(...given);
      };
      for (const column of ['who', 'action', 'target', 'outcome'] as const) {
        const value = filter[column];
        if (value !== null) and(`${column} = ?`, value);
      }
      if (filter.from !== null) and('at >= ?', filter.from);
      if (filter.to !== null) and('at < ?', filter.to);
      if (filter.cursor !== null) {
        const { at, seq } = decodeCursor(filter.cursor);
        and('(at, position) < (?, ?)', at, seq);
      }
      const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
      const limit = limitOf(filter.limit);
      const rows = database
        .prepare(`SELECT at, position AS seq, body FROM audit_log ${where} ORDER BY at DESC, position DESC LIMIT ?`)
        .all(...values, limit + 1) as { at: number; seq: number; body: string }[];
      return pageOf(rows, limit, ({ seq, body }) => ({ id: String(seq), entry: JSON.parse(body) as AuditEntry }));
    },
  };
};
