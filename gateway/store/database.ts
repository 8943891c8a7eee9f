import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3-multiple-ciphers';
import { CodedError, hasCode, messageOf } from '../../model/errors.ts';
import { isNotADatabase, type StoreErrorCode, translated } from './faults.ts';
import { lockFile } from './file-lock.ts';
import { migrate } from './migrate.ts';
import { runInThread } from './thread.ts';
import type { Database, Migration, SqlValue, Statement, TransactionOptions } from './types.ts';

export interface OpenOptions {
  readonly file: string;
  /** Encrypts the file (SQLCipher 4 format, so that its tools can open it too). Absent: a plain file. */
  readonly key?: string | undefined;
  /** Of all rooms, in order. */
  readonly migrations: readonly Migration[];
  /** Beside a running gateway: takes no lock, changes nothing, expects the schema to be there. */
  readonly readOnly?: boolean;
  /**
   * Beside a running gateway, to change rows that it reads anew each time (users, tokens): takes no lock and leaves the
   * schema as it is. The journal must not be opened on it: its positions are the gateway's.
   */
  readonly beside?: boolean;
  /** When the schema changed, for the table of migrations; ms since the epoch. */
  readonly now?: number;
  /** Files up to this size are checked before use; larger ones with `verify()` while running. */
  readonly checkUpToBytes?: number;
}

const CIPHER = ["cipher = 'sqlcipher'", 'legacy = 4'] as const;
const PLAIN_HEADER = 'SQLite format 3\0';

const connectionPragmas = [
  'journal_mode = WAL',
  // The build's default for WAL is NORMAL, which may lose the last commits in a power cut (toolchain.md B7).
  'synchronous = FULL',
  'foreign_keys = ON',
  'trusted_schema = OFF',
  // Sorting must not write patient data to an unencrypted temporary file.
  'temp_store = MEMORY',
  'cache_size = -32000',
  'journal_size_limit = 67108864',
] as const;

const isPlain = (file: string): boolean => {
  const bytes = Buffer.alloc(PLAIN_HEADER.length);
  const descriptor = openSync(file, 'r');
  try {
    return (
      readSync(descriptor, bytes, 0, bytes.length, 0) === bytes.length && bytes.toString('latin1') === PLAIN_HEADER
    );
  } finally {
    closeSync(descriptor);
  }
};

/** Why SQLite does not take the file for a database. */
const unreadable = (file: string, key: string | undefined, cause: unknown): CodedError<StoreErrorCode> => {
  if (key === undefined) {
    return new CodedError('key-required', `${file} is encrypted, or no database`, {
      hint: 'Give its key in WARDWIRE_DATABASE_KEY or a key file.',
      cause,
    });
  }
  if (isPlain(file)) {
    return new CodedError('not-encrypted', `${file} is not encrypted, but a key was given`, {
      hint: 'Remove the key, or move the file away to start a new, encrypted database.',
      cause,
    });
  }
  return new CodedError('wrong-key', `the key does not open ${file}`, {
    hint: 'Give the key that the file was made with; without it nobody can read it. The file was not changed.',
    cause,
  });
};

class SqliteStatement implements Statement {
  private readonly statement: Sqlite.Statement<unknown[], unknown>;

  constructor(statement: Sqlite.Statement<unknown[], unknown>) {
    this.statement = statement;
  }

  run(...values: SqlValue[]): { readonly changes: number; readonly lastInsertRowid: number } {
    try {
      return this.statement.run(...values) as { changes: number; lastInsertRowid: number };
    } catch (error) {
      throw translated(error);
    }
  }

  get(...values: SqlValue[]): unknown {
    try {
      return this.statement.get(...values);
    } catch (error) {
      throw translated(error);
    }
  }

  all(...values: SqlValue[]): unknown[] {
    try {
      return this.statement.all(...values);
    } catch (error) {
      throw translated(error);
    }
  }

  iterate(...values: SqlValue[]): IterableIterator<unknown> {
    return this.statement.iterate(...values);
  }
}

class SqliteDatabase implements Database {
  readonly file: string;
  readonly encrypted: boolean;
  private readonly key: string | undefined;
  private readonly connection: Sqlite.Database;
  private readonly lock: { release(): void } | null;
  private readonly runner: Sqlite.Transaction<(task: () => unknown) => unknown>;

  constructor(options: OpenOptions, connection: Sqlite.Database, lock: { release(): void } | null) {
    this.file = options.file;
    this.key = options.key;
    this.encrypted = options.key !== undefined;
    this.connection = connection;
    this.lock = lock;
    this.runner = connection.transaction((task: () => unknown) => task());
  }

  get open(): boolean {
    return this.connection.open;
  }

  prepare(sql: string): Statement {
    try {
      return new SqliteStatement(this.connection.prepare(sql));
    } catch (error) {
      throw translated(error);
    }
  }

  exec(sql: string): void {
    try {
      this.connection.exec(sql);
    } catch (error) {
      throw translated(error);
    }
  }

  transaction<T>(task: () => T, options: TransactionOptions = {}): () => T {
    return () => {
      const relaxed = options.durable === false && !this.connection.inTransaction;
      try {
        if (relaxed) this.connection.pragma('synchronous = NORMAL');
        return this.runner.immediate(task) as T;
      } catch (error) {
        throw translated(error);
      } finally {
        if (relaxed) this.connection.pragma('synchronous = FULL');
      }
    };
  }

  size(): { readonly bytes: number; readonly free: number } {
    const number = (pragma: string) => Number(this.connection.pragma(pragma, { simple: true }));
    const page = number('page_size');
    return { bytes: number('page_count') * page, free: number('freelist_count') * page };
  }

  async backup(destination: string): Promise<void> {
    if (existsSync(destination)) {
      throw new CodedError<StoreErrorCode>('backup-exists', `${destination} exists already`, {
        hint: 'Name a new file: a backup never replaces another.',
      });
    }
    const part = `${destination}.part`;
    rmSync(part, { force: true });
    try {
      // Not SQLite's backup interface: it refuses encrypted files, and starts over with each commit.
      await runInThread({ ...this.threadTask, sql: 'VACUUM INTO ?', method: 'run', values: [part] });
      const descriptor = openSync(part, 'r+');
      fsyncSync(descriptor);
      closeSync(descriptor);
      renameSync(part, destination);
    } catch (error) {
      rmSync(part, { force: true });
      throw new CodedError<StoreErrorCode>('backup-failed', `no backup was made: ${messageOf(error)}`, {
        hint: 'Check the space and the permissions of the directory of the backup.',
        cause: error,
      });
    }
  }

  async verify(): Promise<readonly string[]> {
    const rows = await runInThread({ ...this.threadTask, sql: 'PRAGMA quick_check(20)', method: 'all', values: [] });
    return findings(rows);
  }

  close(): void {
    this.connection.close();
    this.lock?.release();
  }

  private get threadTask() {
    return { file: this.file, key: this.key, pragmas: this.key === undefined ? [] : CIPHER };
  }
}

const findings = (rows: unknown): readonly string[] =>
  (rows as readonly { quick_check: string }[]).map((row) => row.quick_check).filter((text) => text !== 'ok');

const connect = ({
  file,
  key,
  readOnly = false,
  beside = false,
  checkUpToBytes = 128 * 1024 * 1024,
}: OpenOptions): Sqlite.Database => {
  // The WAL takes over the permissions of the file: nobody else may read what patients' devices said.
  if (!readOnly && !beside && !existsSync(file)) closeSync(openSync(file, 'a', 0o600));
  const connection = new Sqlite(file, { timeout: 5000, readonly: readOnly, fileMustExist: true });
  try {
    if (key !== undefined) {
      for (const pragma of CIPHER) connection.pragma(pragma);
      connection.key(Buffer.from(key));
    }
    connection.prepare('SELECT count(*) FROM sqlite_schema').get();
    for (const pragma of connectionPragmas) if (!readOnly || !pragma.startsWith('journal_')) connection.pragma(pragma);
    if (!readOnly && !beside && statSync(file).size <= checkUpToBytes) {
      const found = findings(connection.pragma('quick_check(3)'));
      if (found.length > 0) {
        throw new CodedError<StoreErrorCode>('damaged', `${file} is damaged: ${found.join('; ')}`, {
          hint: 'Keep the file for recovery and restore the latest backup.',
        });
      }
    }
    return connection;
  } catch (error) {
    connection.close();
    throw isNotADatabase(error) ? unreadable(file, key, error) : translated(error);
  }
};

/** Opens the gateway's database, makes it if there is none, and brings its schema up to date. Throws StoreError. */
export const openDatabase = (options: OpenOptions): Database => {
  let lock: { release(): void } | null = null;
  try {
    if (!options.readOnly && !options.beside) {
      mkdirSync(dirname(options.file), { recursive: true, mode: 0o700 });
      lock = lockFile(options.file);
    }
    const database = new SqliteDatabase(options, connect(options), lock);
    try {
      if (!options.readOnly && !options.beside) migrate(database, options.migrations, options.now ?? 0);
    } catch (error) {
      database.close();
      lock = null;
      throw error;
    }
    return database;
  } catch (error) {
    lock?.release();
    if (hasCode(error)) throw error;
    throw new CodedError<StoreErrorCode>('cannot-open', `cannot open ${options.file}: ${messageOf(error)}`, {
      hint: 'Check that the directory exists and that the gateway may write there.',
      cause: error,
    });
  }
};
