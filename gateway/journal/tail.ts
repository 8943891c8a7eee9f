import type { JournalEntry, Stored } from '../../model/journal.ts';

/** Rows and bytes of the newest entries that are kept as they are. */
const MAX_ENTRIES = 4096;
const MAX_BYTES = 8 * 1024 * 1024;

/** The newest entries in memory: whoever follows closely reads no disk and decodes nothing. */
export class Tail {
  private entries: Stored[] = [];
  private sizes: number[] = [];
  /** Index of the oldest entry that still counts; what lies before is dropped in steps. */
  private start = 0;
  private bytes = 0;

  push(stored: Stored, bytes: number): void {
    this.entries.push(stored);
    this.sizes.push(bytes);
    this.bytes += bytes;
    while (
      this.entries.length - this.start > MAX_ENTRIES ||
      (this.bytes > MAX_BYTES && this.start < this.entries.length)
    ) {
      this.bytes -= this.sizes[this.start] ?? 0;
      this.start++;
    }
    if (this.start > MAX_ENTRIES) {
      this.entries = this.entries.slice(this.start);
      this.sizes = this.sizes.slice(this.start);
      this.start = 0;
    }
  }

  /** Entries after `position`, or null where they do not all lie here. */
  read(position: number, limit: number, types: ReadonlySet<JournalEntry['type']> | null): Stored[] | null {
    const first = this.entries[this.start];
    if (!first || position + 1 < first.position) return null;
    const found: Stored[] = [];
    // Positions have no gaps at commit, so the index follows from the position.
    for (let index = this.start + position + 1 - first.position; found.length < limit; index++) {
      const stored = this.entries[index];
      if (!stored) break;
      if (types === null || types.has(stored.entry.type)) found.push(stored);
    }
    return found;
  }
}
