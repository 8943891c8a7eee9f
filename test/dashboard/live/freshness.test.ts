import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../../dashboard/live/backoff.ts';
import { FreshnessMeter, levelOf } from '../../../dashboard/live/freshness.ts';
import { seededRandom } from '../../../model/random.ts';

describe('freshness', () => {
  it('goes from live to slow to not live by itself', () => {
    const meter = new FreshnessMeter();
    expect(levelOf(meter.age(0))).toBe('not-live');
    meter.tick(50_000, 1000);
    expect(levelOf(meter.age(1300))).toBe('live');
    expect(levelOf(meter.age(2600))).toBe('slow');
    expect(levelOf(meter.age(4001))).toBe('not-live');
  });

  it('takes ticks that were held back for what they are: old', () => {
    const meter = new FreshnessMeter();
    for (let second = 0; second < 10; second++) meter.tick(second * 1000, second * 1000 + 20);
    // The socket freezes for 20 s and then pours out a tick of 11 s ago.
    meter.tick(19_000, 30_020);
    expect(meter.age(30_020)).toBe(11_000);
    expect(levelOf(meter.age(30_020))).toBe('not-live');
  });

  it('knows the gateway’s time however far the clocks are apart', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e9, max: 1e9 }),
        fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1 }),
        (off, delays) => {
          const meter = new FreshnessMeter();
          delays.forEach((delay, second) => {
            meter.tick(second * 1000 + off, second * 1000 + delay);
          });
          const now = delays.length * 1000;
          // Never ahead of the truth, and behind by no more than the least delay seen.
          expect(now + off - (meter.serverNow(now) ?? Number.NaN)).toBe(Math.min(...delays.slice(-120)));
        },
      ),
    );
  });

  it('knows nothing after a reset', () => {
    const meter = new FreshnessMeter();
    meter.tick(1, 1);
    meter.reset();
    expect(meter.age(2)).toBeNull();
    expect(meter.serverNow(2)).toBeNull();
  });
});

describe('back-off', () => {
  it('grows, never beyond its ceiling, and never to nothing', () => {
    const random = seededRandom(1);
    for (let attempt = 1; attempt < 40; attempt++) {
      const wait = backoffMs(attempt, random);
      const ceiling = Math.min(8000, 250 * 2 ** (attempt - 1));
      expect(wait).toBeGreaterThanOrEqual(ceiling / 2);
      expect(wait).toBeLessThanOrEqual(ceiling);
    }
  });
});
