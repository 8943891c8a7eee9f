import type { JournalEntry, Stored } from '../../model/journal.ts';

/** A sink's answer about one batch (design 8): per item, so that one bad point blocks nothing. */
export interface SinkAnswer {
  /** Refused for good: goes to the dead-letter list. Index into the batch. */
  readonly rejected: readonly { readonly index: number; readonly code: string; readonly detail: string }[];
  /** Nothing after this index was taken; ask again. Absent: everything else was accepted. */
  readonly retry?: { readonly from: number; readonly kind: 'transient' | 'ambiguous'; readonly detail: string };
}

/** Something that follows the journal with its own cursor. Writing the same batch twice must change nothing. */
export interface Sink {
  readonly id: string;
  readonly types: readonly JournalEntry['type'][];
  /** How many entries it wants at once. */
  readonly batchSize: number;
  /** How long a batch is held after it was accepted and sent again if the store restarted (VictoriaMetrics); 0: not. */
  readonly holdMs: number;
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
