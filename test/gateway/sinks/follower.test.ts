import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal, type SqliteJournal } from '../../../gateway/journal/journal.ts';
import type { Sink, SinkAnswer } from '../../../gateway/sinks/contract.ts';
import { DeadLetters } from '../../../gateway/sinks/dead-letters.ts';
import { Follower } from '../../../gateway/sinks/follower.ts';
import { CodedError } from '../../../model/errors.ts';
import type { Stored } from '../../../model/journal.ts';
import { seededRandom } from '../../../model/random.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';
import { FlakyStore } from '../../support/flaky-store.ts';
import { frameNamed } from '../../support/journal-entries.ts';
import { pass, passUntil, settle } from '../../support/passing-time.ts';
import { StoreFile } from '../../support/store-file.ts';

let file: StoreFile;
let clock: VirtualClock;
let journal: SqliteJournal;
let running: Follower[];

const follow = (sink: Sink, options: { timeoutMs?: number } = {}): Follower => {
  const { database } = file;
  const follower = new Follower({ sink, journal, database, clock, random: seededRandom('jitter'), ...options });
  running.push(follower);
  follower.start();
  return follower;
};

const append = (count: number, prefix = 'n') =>
  Promise.all(Array.from({ length: count }, (_, n) => journal.append(frameNamed(`${prefix}${n}`))));

const audit = () =>
  journal.append({
    type: 'audit',
    at: 1,
    who: 'nurse',
    role: null,
    action: 'read',
    target: null,
    outcome: 'ok',
    reason: null,
    address: null,
  });

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** A sink that answers as it is told, and keeps what it was given. */
const sinkOf = (answer: (batch: readonly Stored[], call: number) => SinkAnswer | Promise<SinkAnswer>) => {
  const batches: number[][] = [];
  const sink: Sink = {
    id: 'told',
    types: ['frame'],
    batchSize: 10,
    holdMs: 0,
    async write(batch) {
      batches.push(batch.map(({ position }) => position));
      return answer(batch, batches.length);
    },
    async close() {},
  };
  return { sink, batches };
};
const accepted: SinkAnswer = { rejected: [] };

beforeEach(() => {
  file = new StoreFile();
  clock = new VirtualClock(1_000_000);
  journal = openJournal({ database: file.database, clock });
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((follower) => follower.stop()));
  file.remove();
});

describe('following the journal', () => {
  it('writes what is there in batches, then each commit as it comes', async () => {
    await append(25);
    const { sink, batches } = sinkOf(() => accepted);
    const follower = follow(sink);
    await settle(20);
    expect(batches).toEqual([range(1, 10), range(11, 20), range(21, 25)]);
    expect(follower.report()).toEqual({
      id: 'told',
      cursor: 25,
      behind: 0,
      state: 'waiting',
      reason: null,
      rejected: 0,
    });
    await append(1, 'later');
    await settle();
    expect(batches.at(-1)).toEqual([26]);
    expect(clock.now()).toBe(1_000_000);
  });

  it('goes on after a restart where it was', async () => {
    await append(12);
    const first = follow(sinkOf(() => accepted).sink);
    await settle(20);
    await first.stop();
    await append(2, 'later');
    const { sink, batches } = sinkOf(() => accepted);
    follow(sink);
    await settle();
    expect(batches).toEqual([[13, 14]]);
  });

  it('passes by what is not for the sink', async () => {
    const { sink, batches } = sinkOf(() => accepted);
    const follower = follow(sink);
    for (let n = 0; n < 5; n++) await audit();
    await append(1);
    await audit();
    await settle();
    expect(batches).toEqual([[6]]);
    expect(follower.report()).toMatchObject({ cursor: 7, behind: 0 });
  });

  it('gathers a while where the sink likes full batches, but not longer than it takes to fill one', async () => {
    const { sink, batches } = sinkOf(() => accepted);
    follow({ ...sink, lingerMs: 1000 });
    await append(1);
    await settle();
    await append(3, 'b');
    await audit();
    await settle();
    expect(batches).toEqual([[1]]);
    await pass(clock, 1000);
    expect(batches).toEqual([[1], [2, 3, 4]]);
    await append(12, 'c');
    await settle(10);
    expect(batches.slice(2)).toEqual([range(6, 15)]);
  });
});

describe('a store in trouble', () => {
  it('is asked again after a growing, jittered wait, and nothing is skipped', async () => {
    await append(5);
    const calls: number[] = [];
    const { sink, batches } = sinkOf((_, call) => {
      calls.push(clock.now());
      return call <= 8 ? { rejected: [], retry: { from: 0, kind: 'transient', detail: 'down' } } : accepted;
    });
    const follower = follow(sink);
    await settle();
    expect(follower.report()).toMatchObject({ state: 'failing', reason: 'down', cursor: 0, behind: 5 });
    await passUntil(clock, () => batches.length === 9);
    await settle();
    expect(new Set(batches.map(String))).toEqual(new Set(['1,2,3,4,5']));
    expect(follower.report()).toMatchObject({ state: 'waiting', reason: null, cursor: 5 });
    const waits = calls.slice(1).map((at, index) => at - (calls[index] ?? 0));
    for (const [index, wait] of waits.entries()) expect(wait).toBeLessThanOrEqual(250 * 2 ** index);
    expect(Math.max(...waits)).toBeGreaterThan(1000);
  });

  it('keeps what it did take, and is asked only for the rest', async () => {
    await append(10);
    const { sink, batches } = sinkOf((_, call) =>
      call === 1 ? { rejected: [], retry: { from: 4, kind: 'ambiguous', detail: 'cut off' } } : accepted,
    );
    follow(sink);
    await passUntil(clock, () => batches.length === 2);
    expect(batches[1]).toEqual(range(5, 10));
  });

  it('that answers nothing is given up after the time-out', async () => {
    await append(3);
    const { sink, batches } = sinkOf((_, call) => (call === 1 ? new Promise(() => {}) : accepted));
    const follower = follow(sink, { timeoutMs: 5000 });
    await pass(clock, 4999);
    expect(follower.report()).toMatchObject({ state: 'following' });
    await pass(clock, 1);
    expect(follower.report()).toMatchObject({ state: 'failing', reason: 'no answer within 5000 ms' });
    await passUntil(clock, () => batches.length === 2);
  });

  it('does not stop another sink', async () => {
    await append(20);
    const broken = sinkOf(() => {
      throw new Error('broken');
    });
    const hanging = sinkOf(() => new Promise(() => {}));
    const { sink, batches } = sinkOf(() => accepted);
    const followers = [
      follow({ ...broken.sink, id: 'broken' }),
      follow({ ...hanging.sink, id: 'hanging' }),
      follow(sink),
    ];
    await settle(20);
    expect(batches.flat()).toEqual(range(1, 20));
    expect(followers.map((follower) => follower.report().state)).toEqual(['failing', 'following', 'waiting']);
  });

  it('is told to stop at once when the gateway stops', async () => {
    await append(3);
    const aborted: unknown[] = [];
    const { sink } = sinkOf(() => accepted);
    const follower = follow({
      ...sink,
      write: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted.push(signal.reason);
            reject(signal.reason);
          });
        }),
    });
    await settle();
    await follower.stop();
    expect(aborted).toHaveLength(1);
    expect(follower.position).toBe(0);
  });
});

describe('what a store refuses for good', () => {
  it('goes to the dead letters with the reason, and blocks nothing', async () => {
    await append(10);
    const { sink } = sinkOf(() => ({ rejected: [{ index: 3, code: 'too-old', detail: 'beyond retention' }] }));
    const follower = follow(sink);
    await settle(10);
    expect(follower.report()).toMatchObject({ cursor: 10, rejected: 1, state: 'waiting' });
    const letters = new DeadLetters(file.database);
    expect(letters.list('told')).toEqual([
      { id: 1, sink: 'told', position: 4, at: clock.now(), code: 'too-old', detail: 'beyond retention' },
    ]);
    letters.discard(1);
    expect(letters.count('told')).toBe(0);
  });

  it('is found by halving where the store only refuses the batch', async () => {
    await append(10);
    const { sink, batches } = sinkOf((batch) => {
      if (batch.some(({ position }) => position === 7)) {
        throw new CodedError('batch-refused', 'type conflict', { hint: 'Look at the field.' });
      }
      return accepted;
    });
    const follower = follow(sink);
    await settle(10);
    expect(follower.report()).toMatchObject({ cursor: 10, rejected: 1 });
    expect(new DeadLetters(file.database).list('told')).toMatchObject([
      { position: 7, code: 'refused', detail: 'type conflict. Look at the field.' },
    ]);
    expect(batches.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(10)) + 1);
  });
});

describe('a store that loses its newest when it dies', () => {
  const held = () =>
    new FlakyStore(seededRandom('held'), { trouble: 0, poison: new Set(), namesPoison: true }, { holdMs: 30_000 });

  it('is sent again what it had not had long enough', async () => {
    const store = held();
    const follower = follow(store);
    await append(25);
    await settle(20);
    expect(store.rows.size).toBe(25);
    expect(follower.position).toBe(0);
    await pass(clock, 10_000);
    store.crash(20);
    await append(1, 'later');
    await pass(clock, 90_000);
    expect([...store.rows.keys()].sort((a, b) => a - b)).toEqual(range(1, 26));
    expect(follower.report()).toMatchObject({ cursor: 26, behind: 0, state: 'waiting' });
  });

  it('is sent it again after a restart of the gateway too', async () => {
    const store = held();
    const first = follow(store);
    await append(25);
    await settle(20);
    await first.stop();
    store.crash(25);
    follow(store);
    await settle(20);
    expect(store.rows.size).toBe(25);
  });

  it('is not sent again what it has had long enough', async () => {
    const store = held();
    const follower = follow(store);
    await append(25);
    await pass(clock, 40_000);
    expect(follower.position).toBe(25);
    const { writes } = store;
    store.crash(0);
    await pass(clock, 40_000);
    expect(store.writes).toBe(writes);
  });

  it('that cannot be asked is let go of nothing', async () => {
    const store = held();
    const asked = { up: false };
    const sink: Sink = {
      ...store,
      id: store.id,
      types: store.types,
      batchSize: store.batchSize,
      holdMs: store.holdMs,
      write: (batch, signal) => store.write(batch, signal),
      generation: async () => {
        if (asked.up) return '1';
        throw new Error('connection refused');
      },
      close: async () => {},
    };
    const follower = follow(sink);
    await append(5);
    await pass(clock, 50_000);
    expect(follower.report()).toMatchObject({ state: 'failing', reason: 'connection refused', cursor: 0 });
    asked.up = true;
    await pass(clock, 100_000);
    expect(follower.report()).toMatchObject({ state: 'waiting', reason: null, cursor: 5 });
  });
});

describe('whatever a store does', () => {
  it('nothing is lost, nothing doubled, and the order kept', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.integer(),
          trouble: fc.double({ min: 0, max: 0.7, noNaN: true }),
          poison: fc.uniqueArray(fc.integer({ min: 1, max: 80 }), { maxLength: 5 }),
          namesPoison: fc.boolean(),
          batchSize: fc.integer({ min: 1, max: 30 }),
          holdMs: fc.constantFrom(0, 30_000),
          /** What happens between bursts of entries. */
          events: fc.array(fc.constantFrom('append', 'restart', 'crash', 'time'), { minLength: 1, maxLength: 12 }),
        }),
        async ({ seed, trouble, poison, namesPoison, batchSize, holdMs, events }) => {
          const each = new StoreFile();
          const random = seededRandom(seed);
          const now = new VirtualClock(1_000_000);
          const { database } = each;
          const log = openJournal({ database, clock: now });
          const poisoned = new Set(poison);
          const store = new FlakyStore(random, { trouble, poison: poisoned, namesPoison }, { batchSize, holdMs });
          const begin = () => {
            const begun = new Follower({ sink: store, journal: log, database, clock: now, random, timeoutMs: 2000 });
            begun.start();
            return begun;
          };
          let follower = begin();
          let next = 0;
          try {
            for (const event of ['append', ...events]) {
              if (event === 'append') {
                await Promise.all(Array.from({ length: 9 }, () => log.append(frameNamed(`${next++}`))));
              } else if (event === 'time') {
                await pass(now, 3000);
              } else if (event === 'crash') {
                if (holdMs > 0) store.crash(5);
              } else {
                await follower.stop();
                follower = begin();
              }
            }
            await passUntil(now, () => follower.position >= next);
            const expected = range(1, next).filter((position) => !poisoned.has(position));
            expect([...store.rows.keys()].sort((a, b) => a - b)).toEqual(expected);
            if (!events.includes('crash')) expect(store.order).toEqual(expected);
            const letters = new DeadLetters(database).list('flaky').map(({ position }) => position);
            expect(letters.sort((a, b) => a - b)).toEqual(range(1, next).filter((position) => poisoned.has(position)));
          } finally {
            await follower.stop();
            each.remove();
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});
