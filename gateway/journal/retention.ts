import { type Clock, every } from '../../model/clock.ts';
import type { Database, Statement } from '../store/types.ts';
import type { Journal } from './contract.ts';

/** How far a follower of the journal has come. */
export interface FollowerPosition {
  readonly sink: string;
  readonly position: number;
}

export interface RetentionLimits {
  /** How long entries are kept, ms. */
  readonly keepMs: number;
  /** How long frames with waveforms are kept, ms: they are most of the bytes. */
  readonly keepWavesMs: number;
  /** What the entries may take up in the store, bytes; the oldest go first. */
  readonly maxBytes: number;
}

const DAY_MS = 24 * 3_600_000;

/** Raw frames 30 to 90 days (standards.md 7.3), waveforms 72 h; the size is a site's to set. */
export const defaultRetention: RetentionLimits = {
  keepMs: 30 * DAY_MS,
  keepWavesMs: 3 * DAY_MS,
  maxBytes: 8 * 1024 ** 3,
};

export interface RetentionOptions {
  readonly database: Database;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly limits?: RetentionLimits;
  /** Every follower there is: nothing is removed that one of them has not yet read. */
  readonly followers: () => readonly FollowerPosition[];
  /** Called when the limits would remove what a follower has not yet read: it is kept, and someone must be told. */
  readonly onHeld?: (held: { readonly sink: string; readonly position: number; readonly wanted: number }) => void;
  readonly onFault?: (error: unknown) => void;
}

/** Entries removed in one transaction: the event loop is never held up for long. */
const SLICE = 500;
/** A slice per so long; with 500 entries that is more than twice what ten thousand devices send (design 10). */
const SLICE_EVERY_MS = 100;
const IDLE_MS = 60_000;

/** Removes what is old or too much from the journal, a little at a time. The newest entry always stays. */
export class JournalRetention {
  private readonly options: RetentionOptions;
  private readonly limits: RetentionLimits;
  private readonly oldest: Statement;
  private readonly waves: Statement;
  private readonly remove: Statement;
  private readonly size: Statement;
  private readonly shrink: Statement;

  constructor(options: RetentionOptions) {
    const { database } = options;
    this.options = options;
    this.limits = options.limits ?? defaultRetention;
    const length = ['ids', 'keys', 'body', 'frame', 'wave']
      .map((name) => `ifnull(octet_length(${name}), 0)`)
      .join(' + ');
    const columns = `position, committed_at AS at, ${length} AS bytes`;
    this.oldest = database.prepare(
      `SELECT ${columns} FROM journal WHERE position < ? ORDER BY position LIMIT ${SLICE}`,
    );
    this.waves = database.prepare(
      `SELECT ${columns} FROM journal WHERE wave IS NOT NULL AND position < ? ORDER BY position LIMIT ${SLICE}`,
    );
    this.remove = database.prepare('DELETE FROM journal WHERE position = ?');
    this.size = database.prepare("SELECT value FROM journal_state WHERE name = 'bytes'");
    this.shrink = database.prepare("UPDATE journal_state SET value = value - ? WHERE name = 'bytes'");
  }

  /** Bytes that the entries take up. */
  get bytes(): number {
    return (this.size.get() as { value: number }).value;
  }

  /** Removes one slice. Returns how many entries went; 0: nothing is due. */
  sweep(): number {
    const now = this.options.clock.now();
    const { keepMs, keepWavesMs, maxBytes } = this.limits;
    let excess = this.bytes - maxBytes;
    const due = this.due(this.oldest, (row) => {
      const isDue = row.at < now - keepMs || excess > 0;
      excess -= row.bytes;
      return isDue;
    });
    const waves = due.length > 0 ? [] : this.due(this.waves, (row) => row.at < now - keepWavesMs);
    const rows = this.unread([...due, ...waves]);
    if (rows.length === 0) return 0;
    this.options.database.transaction(
      () => {
        for (const { position } of rows) this.remove.run(position);
        this.shrink.run(rows.reduce((sum, { bytes }) => sum + bytes, 0));
      },
      // Comes again after a power cut.
      { durable: false },
    )();
    return rows.length;
  }

  /** Sweeps from now on: slice by slice while there is something, then once a minute. Returns what stops it. */
  start(): () => void {
    const { clock, onFault } = this.options;
    let idleUntil = 0;
    return every(clock, SLICE_EVERY_MS, () => {
      if (clock.now() < idleUntil) return;
      try {
        if (this.sweep() === 0) idleUntil = clock.now() + IDLE_MS;
      } catch (error) {
        idleUntil = clock.now() + IDLE_MS;
        onFault?.(error);
      }
    });
  }

  /** Rows from the start for as long as they are due. */
  private due(statement: Statement, isDue: (row: Row) => boolean): Row[] {
    const rows = statement.all(this.options.journal.head) as Row[];
    const end = rows.findIndex((row) => !isDue(row));
    return end < 0 ? rows : rows.slice(0, end);
  }

  /** Without what a follower still has to read; says so. */
  private unread(rows: Row[]): Row[] {
    const last = rows.at(-1);
    const followers = this.options.followers();
    const slowest = followers.reduce<FollowerPosition | null>(
      (slow, each) => (slow === null || each.position < slow.position ? each : slow),
      null,
    );
    if (!last || !slowest || last.position <= slowest.position) return rows;
    this.options.onHeld?.({ ...slowest, wanted: last.position });
    return rows.filter(({ position }) => position <= slowest.position);
  }
}

interface Row {
  readonly position: number;
  readonly at: number;
  readonly bytes: number;
}
