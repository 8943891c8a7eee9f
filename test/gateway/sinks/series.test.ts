import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal, type SqliteJournal } from '../../../gateway/journal/journal.ts';
import { Follower } from '../../../gateway/sinks/follower.ts';
import { type SeriesSink, seriesSink } from '../../../gateway/sinks/series.ts';
import type { Stored } from '../../../model/journal.ts';
import { seededRandom } from '../../../model/random.ts';
import type { NumericSample, Sample } from '../../../model/sample.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';
import { frameNamed, frameOf, numericOf, waveOf } from '../../support/journal-entries.ts';
import { settle } from '../../support/passing-time.ts';
import { StoreFile } from '../../support/store-file.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** A multiple of every tier. */
const T0 = 14_400_000 * 120_000;

let file: StoreFile;
let clock: VirtualClock;
let sink: SeriesSink;
let position: number;

const open = () => {
  sink = seriesSink({ database: file.database, clock });
};

/** As after a kill: what waited in memory is gone. */
const reopen = () => {
  file.close();
  open();
};

const stored = (...samples: Sample[]): Stored => ({ position: ++position, committedAt: 1, entry: frameOf(samples) });
const valueAt = (at: number, value: number, over: Partial<NumericSample> = {}) =>
  stored(numericOf(`${position} ${at}`, { takenAt: at, receivedAt: at, value, ...over }));
const trend = (from: number, to: number, buckets: number) =>
  sink.trend({ device: 'monitor-1', metric: 'heart-rate', from, to, buckets });
const wave = (from: number, to: number, maxSamples?: number) =>
  sink.waveform({
    device: 'monitor-1',
    metric: 'ecg-lead-ii',
    from,
    to,
    ...(maxSamples === undefined ? {} : { maxSamples }),
  });

beforeEach(() => {
  file = new StoreFile();
  clock = new VirtualClock(T0);
  position = 0;
  open();
});

afterEach(async () => {
  await sink.close();
  file.remove();
});

describe('a trend', () => {
  it('has every bucket, with nothing invented in a gap', async () => {
    await sink.write([valueAt(T0, 60), valueAt(T0 + 1000, 80), valueAt(T0 + 21_000, 90)]);
    const expected = {
      device: 'monitor-1',
      metric: 'heart-rate',
      unit: '/min',
      bucketMs: 10_000,
      points: [
        { at: T0, min: 60, max: 80, mean: 70, count: 2 },
        { at: T0 + 10_000, min: null, max: null, mean: null, count: 0 },
        { at: T0 + 20_000, min: 90, max: 90, mean: 90, count: 1 },
      ],
    };
    expect(trend(T0, T0 + 30_000, 3)).toEqual(expected);
    await sink.flush();
    expect(trend(T0, T0 + 30_000, 3)).toEqual(expected);
    reopen();
    expect(trend(T0, T0 + 30_000, 3)).toEqual(expected);
  });

  it('leaves out what is no value', async () => {
    await sink.write([
      valueAt(T0, 60),
      valueAt(T0, 500, { quality: 'invalid' }),
      valueAt(T0, 20, { comparator: '<' }),
      valueAt(T0, 0, { value: null, quality: 'missing' }),
      valueAt(T0, 62, { quality: 'questionable' }),
    ]);
    expect(trend(T0, T0 + 1000, 1).points).toEqual([{ at: T0, min: 60, max: 62, mean: 61, count: 2 }]);
  });

  it('of a series that never was is empty, in the catalogue’s unit', () => {
    expect(sink.trend({ device: 'x', metric: 'glucose', from: T0, to: T0 + 1000, buckets: 1 })).toMatchObject({
      unit: 'mg/dL',
      points: [{ count: 0, mean: null }],
    });
  });

  it('comes from the tier that fits, and from a coarser one where the finer is not kept any more', async () => {
    await sink.write([valueAt(T0, 60), valueAt(T0 + 16 * MINUTE, 80)]);
    await sink.flush();
    expect(trend(T0, T0 + DAY, 1440).bucketMs).toBe(MINUTE);
    expect(trend(T0, T0 + DAY, 100).bucketMs).toBe(15 * MINUTE);
    clock.advanceTo(T0 + 8 * DAY);
    expect(trend(T0, T0 + MINUTE, 60)).toMatchObject({ bucketMs: MINUTE, points: [{ count: 1, mean: 60 }] });
    clock.advanceTo(T0 + 100 * DAY);
    expect(trend(T0, T0 + 30 * MINUTE, 100).points).toMatchObject([{ mean: 60 }, { mean: 80 }]);
    clock.advanceTo(T0 + 1000 * DAY);
    expect(trend(T0, T0 + 30 * MINUTE, 100).points).toMatchObject([{ count: 2, min: 60, max: 80 }]);
  });

  it('is exact, whatever is late, stored, killed and sent again between', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            {
              weight: 6,
              arbitrary: fc.tuple(fc.integer({ min: 0, max: 40 * MINUTE }), fc.integer({ min: 1, max: 300 })),
            },
            { weight: 1, arbitrary: fc.constantFrom('flush' as const, 'kill' as const) },
          ),
          { maxLength: 60 },
        ),
        fc.integer({ min: 1, max: 200 }),
        async (events, buckets) => {
          const each = new StoreFile();
          const begin = () => seriesSink({ database: each.database, clock });
          let series = begin();
          const journal: Stored[] = [];
          try {
            for (const event of events) {
              if (event === 'flush') await series.flush();
              else if (event === 'kill') {
                each.close();
                series = begin();
                await series.write(journal.filter((entry) => entry.position > series.stored()));
              } else {
                const [at, value] = event;
                const entry = valueAt(T0 + at, value);
                journal.push(entry);
                await series.write([entry]);
              }
            }
            const end = T0 + 41 * MINUTE;
            const got = series.trend({ device: 'monitor-1', metric: 'heart-rate', from: T0, to: end, buckets });
            const points = events.filter((event) => typeof event === 'object');
            for (const [index, bucket] of got.points.entries()) {
              const from = index * got.bucketMs;
              const values = points.flatMap(([at, value]) => (at >= from && at < from + got.bucketMs ? [value] : []));
              expect(bucket.count).toBe(values.length);
              expect(bucket.min).toBe(values.length > 0 ? Math.min(...values) : null);
              expect(bucket.max).toBe(values.length > 0 ? Math.max(...values) : null);
              if (bucket.mean !== null) {
                expect(bucket.mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 9);
              }
            }
            expect(got.points.reduce((sum, { count }) => sum + count, 0)).toBe(points.length);
          } finally {
            await series.close();
            each.remove();
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});

describe('a waveform', () => {
  const block = (at: number, raw: readonly (number | null)[], rateHz = 250) =>
    stored(waveOf(`w${position}`, { takenAt: at, receivedAt: at, raw, rateHz }));

  it('is whole where blocks follow each other, and has its gaps', async () => {
    await sink.write([block(T0, [1, 2, null, 4]), block(T0 + 16, [5, 6, 7, 8]), block(T0 + 100, [9, 10])]);
    const expected = [
      { from: T0, to: T0 + 32, rateHz: 250, scale: 0.005, offset: 0, raw: [1, 2, null, 4, 5, 6, 7, 8] },
      { from: T0 + 100, to: T0 + 108, rateHz: 250, scale: 0.005, offset: 0, raw: [9, 10] },
    ];
    expect(wave(T0, T0 + 1000)).toEqual({ unit: 'mV', segments: expected, next: null });
    await sink.flush();
    reopen();
    expect(wave(T0, T0 + 1000).segments).toEqual(expected);
    expect(wave(T0 + 8, T0 + 20).segments).toEqual([
      expect.objectContaining({ from: T0 + 8, to: T0 + 20, raw: [null, 4, 5] }),
    ]);
  });

  it('goes on over what is stored and what waits, in pages', async () => {
    const second = (n: number) =>
      block(
        T0 + n * 1000,
        Array.from({ length: 250 }, (_, index) => n * 250 + index),
      );
    await sink.write(Array.from({ length: 25 }, (_, n) => second(n)));
    await sink.flush();
    await sink.write([second(25), second(26)]);
    const all = wave(T0, T0 + 60_000);
    expect(all.segments).toHaveLength(1);
    expect(all.segments[0]?.raw).toEqual(Array.from({ length: 27 * 250 }, (_, index) => index));
    const page = wave(T0, T0 + 60_000, 3000);
    expect(page.segments[0]?.raw).toHaveLength(2500);
    expect(page.next).toBe(T0 + 10_000);
    const rest = wave(page.next ?? 0, T0 + 60_000);
    expect(rest.segments[0]?.raw[0]).toBe(2500);
  });

  it('keeps a long block and values that are no 16-bit numbers', async () => {
    const raw = Array.from({ length: 30_000 }, (_, index) => (index % 7 === 0 ? null : index * 1.5));
    await sink.write([block(T0, raw, 1000)]);
    await sink.flush();
    expect(wave(T0, T0 + 60_000).segments[0]?.raw).toEqual(raw);
    expect(wave(T0 + 25_000, T0 + 26_000).segments[0]?.raw).toEqual(raw.slice(25_000, 26_000));
  });
});

describe('the embedded time series', () => {
  it('stores by itself once a minute, and its cursor only then', async () => {
    await sink.write([valueAt(T0, 60)]);
    expect(sink.stored()).toBe(0);
    clock.advanceBy(MINUTE);
    await settle();
    expect(sink.stored()).toBe(1);
    reopen();
    expect(sink.stored()).toBe(1);
    expect(trend(T0, T0 + 1000, 1).points[0]?.count).toBe(1);
  });

  it('takes the same batch twice without counting it twice', async () => {
    const batch = [valueAt(T0, 60), valueAt(T0 + 1, 61)];
    await sink.write(batch);
    await sink.write(batch);
    await sink.flush();
    await sink.write(batch);
    expect(trend(T0, T0 + 1000, 1).points[0]?.count).toBe(2);
  });

  it('that is killed half way through storing counts nothing twice and misses nothing', async () => {
    const batch = Array.from({ length: 150 }, (_, n) => valueAt(T0, 60, { device: `monitor-${n}` }));
    await sink.write(batch);
    const half = sink.flush().catch(() => {});
    const done = file.database.prepare('SELECT count(*) AS n FROM series').get();
    reopen();
    await half;
    expect(done).toEqual({ n: 100 });
    expect(sink.stored()).toBe(0);
    await sink.write(batch);
    await sink.flush();
    const counts = Array.from({ length: 150 }, (_, n) => {
      const query = { device: `monitor-${n}`, metric: 'heart-rate', from: T0, to: T0 + 1000, buckets: 1 };
      return sink.trend(query).points[0]?.count;
    });
    expect(counts).toEqual(counts.map(() => 1));
    expect(sink.stored()).toBe(150);
  });

  it('follows the journal, and goes on from what is on disk after a kill', async () => {
    const journal: SqliteJournal = openJournal({ database: file.database, clock });
    const follow = (log: SqliteJournal) => {
      const { database } = file;
      const follower = new Follower({ sink, journal: log, database, clock, random: seededRandom('x') });
      follower.start();
      return follower;
    };
    const append = (log: SqliteJournal, name: string) => log.append(frameNamed(name, { takenAt: T0, receivedAt: T0 }));
    const first = follow(journal);
    await append(journal, 'a');
    await append(journal, 'b');
    await settle();
    await sink.flush();
    await append(journal, 'c');
    await settle();
    expect(first.report()).toMatchObject({ cursor: 2, behind: 0 });
    expect(trend(T0, T0 + 1000, 1).points[0]?.count).toBe(3);
    reopen();
    const second = follow(openJournal({ database: file.database, clock }));
    await settle();
    expect(trend(T0, T0 + 1000, 1).points[0]?.count).toBe(3);
    await second.stop();
    expect(second.position).toBe(3);
  });

  it('removes what is older than its limit: waves first, then points, then tier by tier', async () => {
    await sink.write([valueAt(T0, 60), stored(waveOf('w', { takenAt: T0, receivedAt: T0 }))]);
    await sink.flush();
    const rows = () =>
      ['series_waves', 'series_points', 'series_windows'].map(
        (table) => (file.database.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n,
      );
    const rowsAfter = async (days: number) => {
      clock.advanceTo(T0 + days * DAY);
      await settle();
      await sink.sweep();
      return rows();
    };
    expect(rows()).toEqual([1, 1, 3]);
    expect(await rowsAfter(2)).toEqual([1, 1, 3]);
    expect(await rowsAfter(4)).toEqual([0, 1, 3]);
    expect(await rowsAfter(8)).toEqual([0, 0, 3]);
    expect(await rowsAfter(91)).toEqual([0, 0, 2]);
    expect(await rowsAfter(731)).toEqual([0, 0, 1]);
    expect(await rowsAfter(2560)).toEqual([0, 0, 0]);
  });
});
