import type { Database, Statement } from '../store/types.ts';

/** An entry that a sink refused for good. The entry itself is in the journal. */
export interface DeadLetter {
  readonly id: number;
  readonly sink: string;
  readonly position: number;
  readonly at: number;
  readonly code: string;
  readonly detail: string;
}

const MAX_DETAIL = 500;

/** What sinks refused, with the reason: visible, never silent. */
export class DeadLetters {
  private readonly database: Database;
  private readonly insert: Statement;
  private readonly page: Statement;
  private readonly total: Statement;
  private readonly remove: Statement;

  constructor(database: Database) {
    this.database = database;
    this.insert = database.prepare(
      `INSERT INTO dead_letters (sink, position, at, code, detail) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (sink, position) DO UPDATE SET code = excluded.code, detail = excluded.detail`,
    );
    this.page = database.prepare('SELECT * FROM dead_letters WHERE sink = ? AND id > ? ORDER BY id LIMIT ?');
    this.total = database.prepare('SELECT count(*) AS n FROM dead_letters WHERE sink = ?');
    this.remove = database.prepare('DELETE FROM dead_letters WHERE id = ?');
  }

  add(letters: readonly Omit<DeadLetter, 'id'>[]): void {
    if (letters.length === 0) return;
    this.database.transaction(() => {
      for (const { sink, position, at, code, detail } of letters) {
        this.insert.run(sink, position, at, code, detail.slice(0, MAX_DETAIL));
      }
    })();
  }

  list(sink: string, options: { readonly after?: number; readonly limit?: number } = {}): readonly DeadLetter[] {
    return this.page.all(sink, options.after ?? 0, options.limit ?? 100) as DeadLetter[];
  }

  count(sink: string): number {
    return (this.total.get(sink) as { n: number }).n;
  }

  /** Someone has dealt with it. */
  discard(id: number): void {
    this.remove.run(id);
  }
}
