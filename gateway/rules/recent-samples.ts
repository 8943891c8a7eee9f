import type { Sample } from '../../model/sample.ts';

/** The last samples of all devices together, to warm a rule with: bounded by number, whatever the size of the ward. */
export class RecentSamples {
  private readonly ring: Sample[] = [];
  private readonly size: number;
  private at = 0;

  constructor(size: number) {
    this.size = size;
  }

  add(sample: Sample): void {
    this.ring[this.at] = sample;
    this.at = this.at + 1 === this.size ? 0 : this.at + 1;
  }

  /** Oldest first. */
  *[Symbol.iterator](): Iterator<Sample> {
    const { ring, at } = this;
    const count = ring.length;
    const first = count < this.size ? 0 : at;
    for (let i = 0; i < count; i++) {
      const sample = ring[(first + i) % count];
      if (sample) yield sample;
    }
  }
}
