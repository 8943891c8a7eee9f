import { ID_BYTES } from './sample-ids.ts';

const WORDS = ID_BYTES / 4;

/**
 * A set of 16-byte ids in one typed array: 32 bytes an id where a Set of strings takes over 100. Its size is fixed:
 * growing would hold up the event loop for tens of milliseconds. The system hands out its pages as they are used.
 */
class IdTable {
  size = 0;
  private readonly mask: number;
  private readonly words: Uint32Array;

  constructor(capacity: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(1, capacity) * 2));
    this.mask = slots - 1;
    this.words = new Uint32Array(slots * WORDS);
  }

  has(id: DataView, at: number): boolean {
    return this.find(id, at) < 0;
  }

  add(id: DataView, at: number): void {
    const slot = this.find(id, at);
    if (slot < 0) return;
    for (let word = 0; word < WORDS; word++) this.words[slot * WORDS + word] = id.getUint32(at + word * 4);
    this.size++;
  }

  /** The free slot where the id belongs; -1 where it is there already. All zero means free: no UUID is. */
  private find(id: DataView, at: number): number {
    const { words, mask } = this;
    const a = id.getUint32(at);
    const b = id.getUint32(at + 4);
    const c = id.getUint32(at + 8);
    const d = id.getUint32(at + 12);
    for (let slot = (a ^ d) & mask; ; slot = (slot + 1) & mask) {
      const base = slot * WORDS;
      const w = words[base];
      const x = words[base + 1];
      const y = words[base + 2];
      const z = words[base + 3];
      if (w === a && x === b && y === c && z === d) return -1;
      if (w === 0 && x === 0 && y === 0 && z === 0) return slot;
    }
  }
}

/**
 * The newest ids, exactly: at least `keep` of them, at most twice as many. Two tables take turns, so that the oldest go
 * together and no id needs its age.
 */
export class RecentIds {
  private readonly keep: number;
  private newer: IdTable;
  private older = new IdTable(0);

  constructor(keep: number) {
    this.keep = keep;
    this.newer = new IdTable(keep);
  }

  has(id: DataView, at = 0): boolean {
    return this.newer.has(id, at) || this.older.has(id, at);
  }

  add(id: DataView, at = 0): void {
    if (this.newer.size >= this.keep) {
      this.older = this.newer;
      this.newer = new IdTable(this.keep);
    }
    this.newer.add(id, at);
  }

  get size(): number {
    return this.newer.size + this.older.size;
  }
}
