import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Throttle } from '../../../gateway/access/throttle.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';

const limits = { free: 3, firstWaitMs: 1000, longestWaitMs: 8000, forgetMs: 60_000, keys: 4 };

describe('the throttle', () => {
  it('lets the free attempts through, then waits twice as long each time, up to the longest', () => {
    const clock = new VirtualClock();
    const throttle = new Throttle(clock, limits);
    const waits: number[] = [];
    for (let attempt = 0; attempt < 9; attempt++) {
      expect(throttle.begin('k')).toBe(0);
      const wait = throttle.begin('k');
      waits.push(wait);
      if (wait > 0) clock.advanceBy(wait);
    }
    // The second call of the first two rounds is itself a free attempt.
    expect(waits).toEqual([0, 1000, 2000, 4000, 8000, 8000, 8000, 8000, 8000]);
  });

  it('gives a hundred attempts at once no more than one would get', () => {
    const throttle = new Throttle(new VirtualClock(), limits);
    const let_in = Array.from({ length: 100 }, () => throttle.begin('k')).filter((wait) => wait === 0);
    expect(let_in).toHaveLength(limits.free);
  });

  it('forgets after a success, and after a long time', () => {
    const clock = new VirtualClock();
    const throttle = new Throttle(clock, limits);
    for (let attempt = 0; attempt < 3; attempt++) throttle.begin('k');
    expect(throttle.begin('k')).toBeGreaterThan(0);
    throttle.succeed('k');
    expect(throttle.begin('k')).toBe(0);
    for (let attempt = 0; attempt < 3; attempt++) throttle.begin('k');
    clock.advanceBy(limits.forgetMs);
    expect([throttle.begin('k'), throttle.begin('k')]).toEqual([0, 0]);
  });

  it('remembers no more keys than it may, whatever is tried', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.nat(5000))), (attempts) => {
        const clock = new VirtualClock();
        const throttle = new Throttle(clock, limits);
        for (const [key, pause] of attempts) {
          expect(throttle.begin(key)).toBeLessThanOrEqual(limits.longestWaitMs);
          clock.advanceBy(pause);
          expect(throttle.size).toBeLessThanOrEqual(limits.keys);
        }
      }),
    );
  });
});
