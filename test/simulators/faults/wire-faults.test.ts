import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../model/random.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';
import {
  combine,
  corrupt,
  cut,
  delay,
  drop,
  type Emission,
  faultyPort,
  lateReply,
  silence,
  split,
} from '../../../simulators/faults/wire-faults.ts';
import type { StreamPort } from '../../../simulators/ports/stream-port.ts';

const one = (bytes: Uint8Array): readonly Emission[] => [{ afterMs: 0, bytes }];
const joined = (emissions: readonly Emission[]) => emissions.flatMap(({ bytes }) => [...bytes]);
const frame = fc.uint8Array({ minLength: 1, maxLength: 60 });

describe('wire faults', () => {
  it('are the same again for the same seed', () => {
    const fault = combine(delay(1, 9), corrupt(0.5), drop(0.3), cut(0.3), split(3, 2), lateReply(0.2, 100));
    fc.assert(
      fc.property(frame, fc.integer(), (bytes, seed) => {
        expect(fault(one(bytes), seededRandom(seed))).toEqual(fault(one(bytes), seededRandom(seed)));
      }),
    );
  });

  it('split without changing a byte, in order', () => {
    fc.assert(
      fc.property(frame, fc.integer(), fc.integer({ min: 1, max: 9 }), (bytes, seed, pieces) => {
        const emissions = split(pieces, 3)(one(bytes), seededRandom(seed));
        expect(joined(emissions)).toEqual([...bytes]);
        const times = emissions.map(({ afterMs }) => afterMs);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
    );
  });

  it('corrupt exactly one bit and leave the original alone', () => {
    fc.assert(
      fc.property(frame, fc.integer(), (bytes, seed) => {
        const before = [...bytes];
        const after = joined(corrupt(1)(one(bytes), seededRandom(seed)));
        const flipped = after.reduce((bits, byte, n) => {
          let difference = byte ^ (bytes[n] ?? 0);
          let count = bits;
          for (; difference > 0; difference &= difference - 1) count++;
          return count;
        }, 0);
        expect(flipped).toBe(1);
        expect([...bytes]).toEqual(before);
      }),
    );
  });

  it('cut frames short', () => {
    fc.assert(
      fc.property(frame, fc.integer(), (bytes, seed) => {
        expect(joined(cut(1)(one(bytes), seededRandom(seed))).length).toBeLessThan(bytes.length);
      }),
    );
  });

  it('drop as often as they are told', () => {
    const random = seededRandom(3);
    let kept = 0;
    for (let n = 0; n < 10_000; n++) kept += drop(0.25)(one(Uint8Array.of(n & 255)), random).length;
    expect(kept / 10_000).toBeCloseTo(0.75, 1);
  });

  it('work on a port, in time, until it closes', async () => {
    const clock = new VirtualClock();
    const written: [number, number][] = [];
    const port: StreamPort = {
      address: 'memory',
      write: (bytes) => written.push([clock.now(), bytes[0] ?? -1]),
      onData: () => () => {},
      close: async () => {},
    };
    let quiet = false;
    const faulty = faultyPort(
      port,
      combine(
        silence(() => quiet),
        delay(50),
      ),
      clock,
      seededRandom(1),
    );
    faulty.write(Uint8Array.of(1));
    clock.advanceTo(100);
    quiet = true;
    faulty.write(Uint8Array.of(2));
    quiet = false;
    faulty.write(Uint8Array.of(3));
    await faulty.close();
    clock.advanceTo(1000);
    expect(written).toEqual([[50, 1]]);
  });
});
