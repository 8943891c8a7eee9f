import type { CodedError } from '../../model/errors.ts';
import type { JournalEntry, Stored } from '../../model/journal.ts';

/** A sink's answer about one batch (design 8): per item, so that one bad point blocks nothing. */
export interface SinkAnswer {
  /** Refused for good: goes to the dead-letter list. Index into the batch. */
  readonly rejected: readonly { readonly index: number; readonly code: string; readonly detail: string }[];
  /** Nothing after this index was taken; ask again. Absent: everything else was accepted. */
  readonly retry?: { readonly from: number; readonly kind: 'transient' | 'ambiguous'; readonly detail: string };
}

/**
 * Thrown by `write` where the store refused a batch without saying which items: the follower halves the batch until it
 * has found them. What the store took of it is written again, which must change nothing.
 */
export type BatchRefused = CodedError<'batch-refused'>;

/** Something that follows the journal with its own cursor. Writing the same batch twice must change nothing. */
export interface Sink {
  readonly id: string;
  readonly types: readonly JournalEntry['type'][];
  /** How many entries it wants at once. */
  readonly batchSize: number;
  /** How long a batch is held after it was accepted and sent again if the store restarted (VictoriaMetrics); 0: not. */
  readonly holdMs: number;
  /** How long entries are gathered before a batch that is not full is written; absent: not at all. */
  readonly lingerMs?: number;
  /**
   * For a sink that keeps its own cursor in the transaction that holds its rows: the position up to which everything is
   * stored. The follower goes on behind it after a start, and stores no cursor.
   */
  stored?(): number;
  /** Something that changes when the store restarts, for `holdMs`. Rejects where the store cannot be asked. */
  generation?(signal: AbortSignal): Promise<string>;
  /** A rejection is an ambiguous answer about the whole batch, unless it is `BatchRefused`. */
  write(batch: readonly Stored[], signal: AbortSignal): Promise<SinkAnswer>;
  close(): Promise<void>;
}

/** What the engineer sees of a sink. */
export interface SinkReport {
  readonly id: string;
  readonly cursor: number;
  readonly behind: number;
  readonly state: 'following' | 'waiting' | 'failing';
  readonly reason: string | null;
  readonly rejected: number;
}
