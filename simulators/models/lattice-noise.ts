import { seededRandom } from '../../model/random.ts';

/*
 * Noise as a function of place instead of a stream: the same seed and place give the same number, whatever was asked
 * before. So a wave is the same in any chunking, and can be asked for again.
 */

const GOLDEN = 0x9e3779b9;

export class LatticeNoise {
  private readonly seed: number;

  constructor(seed: string) {
    this.seed = Math.floor(seededRandom(seed).next() * 2 ** 32);
  }

  /** Uniform in [0, 1) at a whole number. */
  uniform(index: number): number {
    return this.hash(index) / 2 ** 32;
  }

  /** About normal (mean 0, deviation 1, within 3.5) at a whole number: the sum of four uniform bytes. */
  normal(index: number): number {
    const bits = this.hash(index);
    const sum = (bits & 0xff) + ((bits >>> 8) & 0xff) + ((bits >>> 16) & 0xff) + (bits >>> 24);
    return (sum - 510) / 147.8;
  }

  /** Smooth between the normal numbers at whole places; within 3.5. */
  smooth(place: number): number {
    const index = Math.floor(place);
    const fraction = place - index;
    const weight = fraction * fraction * (3 - 2 * fraction);
    return this.normal(index) * (1 - weight) + this.normal(index + 1) * weight;
  }

  private hash(index: number): number {
    let mixed = (this.seed + Math.imul((index % 2 ** 32) | 0, GOLDEN)) >>> 0;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  }
}
