import { findMetric } from '../../model/metrics.ts';
import type { Sample } from '../../model/sample.ts';
import type { Database, Statement } from '../store/types.ts';
import { RecentIds } from './recent-ids.ts';
import { ID_BYTES, writeId } from './sample-ids.ts';

/** A reading that comes later than this was kept by the device: what a device keeps it may be asked for again. */
const LATE_MS = 10 * 60_000;

/** How many of the newest ids are known, whatever they are. 32 MiB at most. */
export const DEFAULT_RECENT = 512 * 1024;

/**
 * Where a meter's memory is read, weeks-old readings come again at each visit; these few ids are kept for good. What a
 * device sends as it measures comes again only soon, so there the newest ids in memory do: an index of all ids would
 * be written at random places, which took the journal from 268,000 to 32,000 rows/s and from 0.8 to 10 kB a row.
 */
const isKeptForGood = (sample: Sample): boolean =>
  sample.kind !== 'waveform' &&
  (sample.receivedAt - sample.takenAt > LATE_MS ||
    (sample.kind === 'numeric' && findMetric(sample.metric)?.episodic === true));

/** Which samples are in the journal already (promise 2). */
export class KnownSamples {
  private readonly recent: RecentIds;
  private readonly pending = new Set<string>();
  private readonly scratch = new Uint8Array(ID_BYTES);
  private readonly view = new DataView(this.scratch.buffer);
  private readonly keep: Statement;
  private readonly find: Statement;

  constructor(database: Database, capacity: number) {
    this.recent = new RecentIds(capacity);
    this.keep = database.prepare('INSERT OR IGNORE INTO sample_ids (id) VALUES (?)');
    this.find = database.prepare('SELECT 1 FROM sample_ids WHERE id = ?');
    this.recall(database, capacity);
  }

  has(sample: Sample): boolean {
    if (this.pending.has(sample.id)) return true;
    writeId(sample.id, this.scratch, 0);
    if (this.recent.has(this.view)) return true;
    return isKeptForGood(sample) && this.find.get(this.scratch) !== undefined;
  }

  /** Takes note of a sample that is about to be stored; false where it is known. */
  claim(sample: Sample): boolean {
    if (this.has(sample)) return false;
    this.pending.add(sample.id);
    return true;
  }

  /** Within the transaction that stores them; `ids` holds 16 bytes for each. */
  store(samples: readonly Sample[], ids: Uint8Array): void {
    for (let index = 0; index < samples.length; index++) {
      const sample = samples[index];
      if (sample && isKeptForGood(sample)) this.keep.run(ids.subarray(index * ID_BYTES, (index + 1) * ID_BYTES));
    }
  }

  /** On disk. */
  confirm(samples: readonly Sample[], ids: Uint8Array): void {
    for (const { id } of samples) this.pending.delete(id);
    this.remember(ids);
  }

  /** Not stored: they may come again. */
  forget(samples: readonly Sample[]): void {
    for (const { id } of samples) this.pending.delete(id);
  }

  private remember(ids: Uint8Array): void {
    const view = new DataView(ids.buffer, ids.byteOffset, ids.byteLength);
    for (let at = 0; at < ids.byteLength; at += ID_BYTES) this.recent.add(view, at);
  }

  /** After a start: the ids of the newest entries. */
  private recall(database: Database, capacity: number): void {
    const rows = database
      .prepare('SELECT ids FROM journal WHERE type = 1 AND ids IS NOT NULL ORDER BY position DESC')
      .iterate() as IterableIterator<{ ids: Uint8Array }>;
    let recalled = 0;
    for (const { ids } of rows) {
      this.remember(ids);
      recalled += ids.byteLength / ID_BYTES;
      if (recalled >= capacity) break;
    }
  }
}
