import { ID_BYTES } from './sample-ids.ts';

const WORDS = ID_BYTES / 4;
const FIRST_SLOTS = 1024;

/** A set of 16-byte ids in one typed array: 32 bytes an id where a Set of strings takes over 100. Only grows. */
class IdTable {
  size = 0;
  private slots = FIRST_SLOTS;
  private words = new Uint32Array(FIRST_SLOTS * WORDS);

  has(id: DataView, at: number): boolean {
    return this.find(id, at) < 0;
  }

  add(id: DataView, at: number): void {
    if ((this.size + 1) * 2 > this.slots) this.grow();
    const slot = this.find(id, at);
    if (slot < 0) return;
    for (let word = 0; word < WORDS; word++) this.words[slot * WORDS + word] = id.getUint32(at + word * 4);
    this.size++;
  }

  /** The free slot where the id belongs; -1 where it is there already. All zero means free: no UUID is. */
  private find(id: DataView, at: number): number {
    const { words, slots } = this;
    const [a, b, c, d] = [id.getUint32(at), id.getUint32(at + 4), id.getUint32(at + 8), id.getUint32(at + 12)];
    for (let slot = (a ^ d) & (slots - 1); ; slot = (slot + 1) & (slots - 1)) {
      const base = slot * WORDS;
      const [w, x, y, z] = [words[base], words[base + 1], words[base + 2], words[base + 3]];
      if (w === a && x === b && y === c && z === d) return -1;
      if (w === 0 && x === 0 && y === 0 && z === 0) return slot;
    }
  }

  private grow(): void {
    const old = new DataView(Uint32Array.from(this.words, swap).buffer);
    this.slots *= 2;
    this.words = new Uint32Array(this.slots * WORDS);
    this.size = 0;
    for (let at = 0; at < old.byteLength; at += ID_BYTES) {
      if (old.getUint32(at) || old.getUint32(at + 4) || old.getUint32(at + 8) || old.getUint32(at + 12)) {
        this.add(old, at);
      }
    }
  }
}

const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
/** DataView reads big-endian, the typed array as the machine does. */
const swap = (word: number): number =>
  littleEndian ? ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0 : word;

/**
 * The newest ids, exactly: at least `keep` of them, at most twice as many. Two tables take turns, so that the oldest go
 * together and no id needs its age.
 */
export class RecentIds {
  private readonly keep: number;
  private newer = new IdTable();
  private older = new IdTable();

  constructor(keep: number) {
    this.keep = keep;
  }

  has(id: DataView, at = 0): boolean {
    return this.newer.has(id, at) || this.older.has(id, at);
  }

  add(id: DataView, at = 0): void {
    if (this.newer.size >= this.keep) {
      this.older = this.newer;
      this.newer = new IdTable();
    }
    this.newer.add(id, at);
  }

  get size(): number {
    return this.newer.size + this.older.size;
  }
}
