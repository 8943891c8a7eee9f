import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBackoff } from '../../../gateway/links/backoff.ts';
import { seededRandom } from '../../../model/random.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';

const limits = { baseMs: 100, capMs: 5000, stableMs: 10_000 };

describe('the back-off', () => {
  it('waits a random time under a doubling ceiling, never beyond the cap', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 60 }), (seed, failures) => {
        const backoff = createBackoff(new VirtualClock(), seededRandom(seed), limits);
        for (let n = 0; n < failures; n++) {
          const wait = backoff.next();
          expect(wait).toBeGreaterThan(0);
          expect(wait).toBeLessThanOrEqual(Math.min(limits.capMs, limits.baseMs * 2 ** n));
        }
      }),
    );
  });

  it('spreads links that failed together over the whole ceiling', () => {
    const waits = Array.from({ length: 200 }, (_, seed) =>
      createBackoff(new VirtualClock(), seededRandom(seed), limits).next(),
    );
    expect(Math.min(...waits)).toBeLessThan(30);
    expect(Math.max(...waits)).toBeGreaterThan(90);
  });

  it('is reset by a stable connection, not by a short one', () => {
    const clock = new VirtualClock();
    const backoff = createBackoff(clock, { next: () => 0.999 }, limits);
    for (let n = 0; n < 10; n++) backoff.next();
    backoff.connected();
    clock.advanceBy(limits.stableMs - 1);
    expect(backoff.next()).toBeGreaterThan(4900);
    backoff.connected();
    clock.advanceBy(limits.stableMs);
    expect(backoff.next()).toBeLessThan(101);
  });
});
