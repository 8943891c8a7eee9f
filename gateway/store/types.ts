/** What SQLite can hold. Integers beyond 2^53 are not used. */
export type SqlValue = string | number | bigint | Uint8Array | null;

export interface Statement {
  run(...values: SqlValue[]): { readonly changes: number; readonly lastInsertRowid: number };
  get(...values: SqlValue[]): unknown;
  all(...values: SqlValue[]): unknown[];
  /** Reads row by row. While it is being read, the connection can do nothing else. */
  iterate(...values: SqlValue[]): IterableIterator<unknown>;
}

export interface TransactionOptions {
  /**
   * false: does not wait for the disk; the next durable commit carries it along. Only for what can be derived again
   * from the journal: after a power cut it may be gone, though never in part. Default: true.
   */
  readonly durable?: boolean;
}

/** The one SQLite file, as the other rooms see it. Everything but `backup` and `verify` is synchronous. */
export interface Database {
  readonly file: string;
  readonly encrypted: boolean;
  readonly open: boolean;
  prepare(sql: string): Statement;
  exec(sql: string): void;
  /** Returns a function that runs `task` in a transaction; nested, it is a savepoint. */
  transaction<T>(task: () => T, options?: TransactionOptions): () => T;
  /** Bytes of the file, and how many of them are free for use again. */
  size(): { readonly bytes: number; readonly free: number };
  /**
   * A copy of the whole database as of now, made in another thread while this one goes on; encrypted with the same
   * key. Rejects with `backup-exists` or `backup-failed`.
   */
  backup(destination: string): Promise<void>;
  /** SQLite's own check of the file, in another thread. Resolves with what it found; empty: sound. */
  verify(): Promise<readonly string[]>;
  close(): void;
}

/** One step of the schema. A room exports its steps; the composition root hands all of them to `openDatabase`. */
export interface Migration {
  /** Unique for ever, e.g. `journal-001`. */
  readonly id: string;
  readonly sql: string;
}
