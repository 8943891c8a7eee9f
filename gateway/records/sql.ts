import type { Database, SqlValue, Statement } from '../store/types.ts';

/** What the records need of the database. */
export type SqlDatabase = Pick<Database, 'transaction'> & { prepare(sql: string): SqlStatement };

type SqlStatement = Omit<Statement, 'iterate'>;

/** Prepares each text once: a statement costs more to compile than to run. */
export class Statements {
  private readonly prepared = new Map<string, SqlStatement>();
  private readonly database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.database = database;
  }

  of(sql: string): SqlStatement {
    let statement = this.prepared.get(sql);
    if (!statement) {
      statement = this.database.prepare(sql);
      this.prepared.set(sql, statement);
    }
    return statement;
  }

  /** How many rows changed. */
  run(sql: string, ...values: SqlValue[]): number {
    return this.of(sql).run(...values).changes;
  }

  /** The row that was added. */
  insert(sql: string, ...values: SqlValue[]): number {
    return Number(this.of(sql).run(...values).lastInsertRowid);
  }

  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.of(sql).get(...values) as Row | undefined;
  }

  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return this.of(sql).all(...values) as Row[];
  }
}

/** A WHERE clause put together from the conditions that apply. */
export class Where {
  private readonly conditions: string[] = [];
  readonly values: SqlValue[] = [];

  and(condition: string, ...values: SqlValue[]): this {
    this.conditions.push(condition);
    this.values.push(...values);
    return this;
  }

  /** Nothing where the value is undefined. */
  equal(column: string, value: SqlValue | undefined): this {
    return value === undefined ? this : this.and(`${column} = ?`, value);
  }

  /** Nothing where the list is undefined; nothing matches an empty list. */
  oneOf(column: string, values: readonly SqlValue[] | undefined): this {
    if (values === undefined) return this;
    return values.length === 0
      ? this.and('0')
      : this.and(`${column} IN (${values.map(() => '?').join(', ')})`, ...values);
  }

  get sql(): string {
    return this.conditions.length === 0 ? '' : `WHERE ${this.conditions.join(' AND ')}`;
  }
}
