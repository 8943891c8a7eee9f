import type { DeviceMemory } from '../../drivers/kit/contract.ts';
import type { Clock } from '../../model/clock.ts';
import { CodedError, hasCode, messageOf } from '../../model/errors.ts';
import type { FrameEntry, JournalEntry, Stored } from '../../model/journal.ts';
import type { Sample } from '../../model/sample.ts';
import type { Database, Statement } from '../store/types.ts';
import type { AppendOptions, Journal } from './contract.ts';
import { bytesOf, decodeRow, type EncodedEntry, encodeEntry, type JournalRow, typeCodes } from './encoding.ts';
import { DEFAULT_RECENT, KnownSamples } from './known-samples.ts';
import { Tail } from './tail.ts';

export type JournalErrorCode = 'journal-full' | 'journal-failed' | 'journal-closed';

export interface JournalOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** The most that one transaction takes; what comes beyond is committed at once rather than at the end of the turn. */
  readonly maxBatch?: number;
  /** How many of the newest sample ids are known in any case. */
  readonly recentSamples?: number;
  /** What a listener of `onCommit` threw, for the log. */
  readonly onFault?: (error: unknown) => void;
}

interface Waiting {
  readonly entry: JournalEntry;
  readonly encoded: EncodedEntry;
  readonly memory: AppendOptions['memory'];
  readonly resolve: (position: number) => void;
  readonly reject: (error: unknown) => void;
  /** Called once it is stored or refused. */
  settled: (() => void)[] | null;
}

const COLUMNS = 'position, type, committed_at, ids, keys, body, frame, wave';

const failure = (error: unknown): CodedError<JournalErrorCode> =>
  hasCode(error, 'disk-full')
    ? new CodedError('journal-full', 'the disk is full: nothing more can be taken over', {
        hint: error.hint ?? 'Free space on the disk of the database.',
        cause: error,
      })
    : new CodedError('journal-failed', `the journal cannot be written: ${messageOf(error)}`, {
        hint:
          (hasCode(error) && error.hint) || 'Check the disk of the database; devices keep what is not acknowledged.',
        cause: error,
      });

/**
 * The journal on SQLite. Commits are grouped by the turn of the event loop: whatever arrived in one turn, and in the
 * socket buffers while the last commit ran, shares one transaction and one fsync. So an entry by itself waits for
 * nothing, and batches grow with the load.
 */
export class SqliteJournal implements Journal {
  private readonly database: Database;
  private readonly clock: Clock;
  private readonly maxBatch: number;
  private readonly onFault: (error: unknown) => void;
  private readonly known: KnownSamples;
  private readonly tail = new Tail();
  private readonly memories = new Map<string, DeviceMemory>();
  private readonly listeners = new Set<(head: number) => void>();
  private readonly statements = new Map<string, Statement>();
  private readonly insert: Statement;
  private readonly grow: Statement;
  private readonly remember: Statement;
  private queue: Waiting[] = [];
  private planned: NodeJS.Immediate | null = null;
  private closed = false;
  private position: number;

  constructor({ database, clock, maxBatch = 1000, recentSamples = DEFAULT_RECENT, onFault }: JournalOptions) {
    this.database = database;
    this.clock = clock;
    this.maxBatch = maxBatch;
    this.onFault = onFault ?? (() => {});
    this.known = new KnownSamples(database, recentSamples);
    this.insert = database.prepare(`INSERT INTO journal (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
    this.grow = database.prepare("UPDATE journal_state SET value = value + ? WHERE name = 'bytes'");
    this.remember = database.prepare(
      'INSERT INTO device_memory (device, facts) VALUES (?, ?) ON CONFLICT (device) DO UPDATE SET facts = excluded.facts',
    );
    const newest = database.prepare('SELECT max(position) AS head FROM journal').get() as { head: number | null };
    this.position = newest.head ?? 0;
  }

  get head(): number {
    return this.position;
  }

  get pending(): number {
    return this.queue.length;
  }

  /** True where this sample has been appended before: whoever resends it is acknowledged, and nothing else happens. */
  isKnown(sample: Sample): boolean {
    return this.known.has(sample);
  }

  /**
   * Samples that are known are left out. Resolves with 0 for a frame of which nothing is left: it was stored before,
   * so it may be acknowledged.
   */
  append(entry: JournalEntry, options: AppendOptions = {}): Promise<number> {
    if (this.closed) return Promise.reject(new CodedError<JournalErrorCode>('journal-closed', 'the journal is closed'));
    const fresh = entry.type === 'frame' ? this.claim(entry) : entry;
    if (fresh === null) return this.confirm(entry, options);
    return new Promise((resolve, reject) => {
      const encoded = this.encode(fresh);
      if (options.memory) this.memories.set(options.memory.device, options.memory.facts);
      this.queue.push({ entry: fresh, encoded, memory: options.memory, resolve, reject, settled: null });
      if (this.queue.length >= this.maxBatch) this.commit();
      else this.planned ??= setImmediate(() => this.commit());
    });
  }

  read(after: number, limit: number, types?: readonly JournalEntry['type'][]): readonly Stored[] {
    const inMemory = this.tail.read(after, limit, types ? new Set(types) : null);
    if (inMemory) return inMemory;
    const rows = this.statement(this.readSql(types)).all(after, limit) as JournalRow[];
    return rows.map(decodeRow);
  }

  at(position: number): Stored | null {
    const inMemory = this.tail.read(position - 1, 1, null)?.[0];
    if (inMemory) return inMemory;
    const row = this.statement(`SELECT ${COLUMNS} FROM journal WHERE position = ?`).get(position);
    return row === undefined ? null : decodeRow(row as JournalRow);
  }

  onCommit(listener: (head: number) => void): () => void {
    const own = (head: number) => listener(head);
    this.listeners.add(own);
    return () => void this.listeners.delete(own);
  }

  memory(device: string): DeviceMemory {
    let facts = this.memories.get(device);
    if (!facts) {
      const row = this.statement('SELECT facts FROM device_memory WHERE device = ?').get(device);
      facts = row === undefined ? {} : (JSON.parse((row as { facts: string }).facts) as DeviceMemory);
      this.memories.set(device, facts);
    }
    return facts;
  }

  /** Commits what waits. The database stays open: it belongs to whoever opened it. */
  close(): void {
    this.closed = true;
    this.commit();
    this.listeners.clear();
  }

  /** Nothing in it is new: 0 once all of it is on disk. Where that fails, it is appended after all. */
  private confirm(entry: JournalEntry, options: AppendOptions): Promise<number> {
    const last = this.queue.at(-1);
    if (!last) return Promise.resolve(0);
    return new Promise((resolve) => {
      last.settled ??= [];
      last.settled.push(() => resolve(this.append(entry, options)));
    });
  }

  /** At once, so that an entry that cannot be encoded is nobody else's trouble. */
  private encode(entry: JournalEntry): EncodedEntry {
    try {
      return encodeEntry(entry);
    } catch (error) {
      if (entry.type === 'frame') this.known.forget(entry.samples);
      throw failure(error);
    }
  }

  /** The entry with those samples only that are new; null: there are none. */
  private claim(entry: FrameEntry): FrameEntry | null {
    const { samples } = entry;
    const fresh = samples.filter((sample) => this.known.claim(sample));
    if (fresh.length === samples.length) return entry;
    return fresh.length === 0 ? null : { ...entry, samples: fresh };
  }

  private commit(): void {
    if (this.planned) clearImmediate(this.planned);
    this.planned = null;
    const batch = this.queue;
    if (batch.length === 0) return;
    this.queue = [];
    try {
      this.store(batch);
    } catch (error) {
      // One that SQLite cannot take must not cost the others theirs; where the file is in trouble, all of them fail.
      if (batch.length === 1 || hasCode(error)) for (const waiting of batch) this.refuse(waiting, failure(error));
      else for (const waiting of batch) this.storeAlone(waiting);
    }
    for (const { settled } of batch) if (settled) for (const tell of settled) tell();
    for (const listener of this.listeners) {
      try {
        listener(this.position);
      } catch (error) {
        this.onFault(error);
      }
    }
  }

  private storeAlone(waiting: Waiting): void {
    try {
      this.store([waiting]);
    } catch (error) {
      this.refuse(waiting, failure(error));
    }
  }

  private store(batch: readonly Waiting[]): void {
    const committedAt = this.clock.now();
    const first = this.position + 1;
    let bytes = 0;
    this.database.transaction(() => {
      batch.forEach(({ entry, encoded, memory }, index) => {
        const { type, ids, keys, body, frame, wave } = encoded;
        this.insert.run(first + index, type, committedAt, ids, keys, body, frame, wave);
        bytes += bytesOf(encoded);
        if (entry.type === 'frame' && ids) this.known.store(entry.samples, ids);
        if (memory) this.remember.run(memory.device, JSON.stringify(memory.facts));
      });
      this.grow.run(bytes);
    })();
    this.position += batch.length;
    batch.forEach(({ entry, encoded, resolve }, index) => {
      if (entry.type === 'frame' && encoded.ids) this.known.confirm(entry.samples, encoded.ids);
      this.tail.push({ position: first + index, committedAt, entry }, bytesOf(encoded));
      resolve(first + index);
    });
  }

  private refuse({ entry, memory, reject }: Waiting, error: CodedError<JournalErrorCode>): void {
    if (entry.type === 'frame') this.known.forget(entry.samples);
    // Read again when next asked for: what was to be remembered was not stored.
    if (memory) this.memories.delete(memory.device);
    reject(error);
  }

  private readSql(types?: readonly JournalEntry['type'][]): string {
    const codes = types?.map((type) => typeCodes[type]);
    const filter = codes ? `AND type IN (${codes.join(', ')})` : '';
    // Spelt like the condition of the index of decisions, or SQLite would not use it.
    const decisions = codes && !codes.includes(typeCodes.frame) ? 'AND type <> 1' : '';
    return `SELECT ${COLUMNS} FROM journal WHERE position > ? ${filter} ${decisions} ORDER BY position LIMIT ?`;
  }

  private statement(sql: string): Statement {
    let statement = this.statements.get(sql);
    if (!statement) {
      statement = this.database.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }
}

/** The journal of a database; its tables must be there (`journalMigrations`). */
export const openJournal = (options: JournalOptions): SqliteJournal => new SqliteJournal(options);
