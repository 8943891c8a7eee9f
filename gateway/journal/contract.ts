import type { DeviceMemory } from '../../drivers/kit/contract.ts';
import type { JournalEntry, Stored } from '../../model/journal.ts';
import type { Sample } from '../../model/sample.ts';

/** The durable, append-only record of everything received and decided. */
export interface Journal {
  /**
   * Resolves with the position once the entry is on disk (group commit: everything appended meanwhile shares one
   * fsync). Rejects with CodedError `journal-full` or `journal-failed`; then nothing of it is stored.
   * Samples that were appended before are left out (promise 2). Resolves with 0 for a frame of which nothing is left:
   * it was stored before and may be acknowledged.
   */
  append(entry: JournalEntry, options?: AppendOptions): Promise<number>;
  /** True for a sample that was appended before: rules and screens must not see it again. */
  isKnown(sample: Sample): boolean;
  /** Entries after `position`, oldest first. */
  read(after: number, limit: number, types?: readonly JournalEntry['type'][]): readonly Stored[];
  /** The entry at a position, or null where retention has removed it. */
  at(position: number): Stored | null;
  /** Position of the newest committed entry. */
  readonly head: number;
  /** Called after each commit with the new head. Returns a function that stops it. */
  onCommit(listener: (head: number) => void): () => void;
  /** What a driver keeps about a device. */
  memory(device: string): DeviceMemory;
  /** Appended but not yet committed. */
  readonly pending: number;
}

export interface AppendOptions {
  /** Stored in the same transaction: the new memory of a device. */
  readonly memory?: { readonly device: string; readonly facts: DeviceMemory };
}
