import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal, type SqliteJournal } from '../../../gateway/journal/journal.ts';
import { type FollowerPosition, JournalRetention, type RetentionLimits } from '../../../gateway/journal/retention.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';
import { frameNamed, frameOf, waveOf } from '../../support/journal-entries.ts';
import { StoreFile } from '../../support/store-file.ts';

const HOUR = 3_600_000;

let file: StoreFile;
let clock: VirtualClock;
let journal: SqliteJournal;
let followers: FollowerPosition[];
let held: { sink: string; position: number; wanted: number }[];

const retention = (limits: Partial<RetentionLimits> = {}) =>
  new JournalRetention({
    database: file.database,
    journal,
    clock,
    limits: { keepMs: 100 * HOUR, keepWavesMs: 10 * HOUR, maxBytes: 1e9, ...limits },
    followers: () => followers,
    onHeld: (each) => held.push(each),
  });

const kept = () => {
  const rows = file.database.prepare('SELECT position FROM journal ORDER BY position').all();
  return (rows as { position: number }[]).map(({ position }) => position);
};

/** One entry an hour: a waveform at odd hours. */
const fill = async (count: number) => {
  for (let n = 1; n <= count; n++) {
    await journal.append(n % 2 === 1 ? frameOf([waveOf(`w${n}`)]) : frameNamed(`n${n}`));
    clock.advanceBy(HOUR);
  }
};

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

beforeEach(() => {
  file = new StoreFile();
  clock = new VirtualClock(1000 * HOUR);
  journal = openJournal({ database: file.database, clock });
  followers = [];
  held = [];
});

afterEach(() => file.remove());

describe('what the journal keeps', () => {
  it('is everything while nothing is old', async () => {
    await fill(8);
    expect(retention().sweep()).toBe(0);
    expect(kept()).toEqual(range(1, 8));
  });

  it('is waveforms for a shorter time than values', async () => {
    await fill(20);
    expect(retention().sweep()).toBe(5);
    expect(kept().filter((position) => position < 10)).toEqual([2, 4, 6, 8]);
    expect(journal.head).toBe(20);
    expect(await journal.append(frameNamed('next'))).toBe(21);
  });

  it('is values for their time, and always the newest entry', async () => {
    await fill(6);
    clock.advanceBy(500 * HOUR);
    const sweeper = retention();
    while (sweeper.sweep() > 0);
    expect(kept()).toEqual([6]);
    journal.close();
    file.close();
    journal = openJournal({ database: file.database, clock });
    expect(await journal.append(frameNamed('next'))).toBe(7);
  });

  it('is what fits, the oldest going first', async () => {
    await fill(40);
    const sweeper = retention({ keepWavesMs: 1000 * HOUR });
    const half = retention({ keepWavesMs: 1000 * HOUR, maxBytes: sweeper.bytes / 2 });
    const removed = half.sweep();
    expect(removed).toBeGreaterThan(10);
    expect(kept()).toEqual(range(removed + 1, 40));
    expect(half.sweep()).toBe(0);
    while (retention({ keepMs: -HOUR }).sweep() > 0);
    const newest = file.database.prepare('SELECT length(body) + length(frame) AS least FROM journal').get();
    expect(retention().bytes).toBeGreaterThanOrEqual((newest as { least: number }).least);
    expect(retention().bytes).toBeLessThan(400);
  });

  it('is whatever a follower has not read, and someone is told', async () => {
    await fill(10);
    clock.advanceBy(500 * HOUR);
    followers = [
      { sink: 'fast', position: 10 },
      { sink: 'slow', position: 4 },
    ];
    expect(retention().sweep()).toBe(4);
    expect(kept()).toEqual(range(5, 10));
    expect(held).toEqual([{ sink: 'slow', position: 4, wanted: 9 }]);
    expect(retention().sweep()).toBe(0);
    followers = followers.slice(0, 1);
    expect(retention().sweep()).toBe(5);
  });

  it('goes in small slices on the clock', async () => {
    await Promise.all(Array.from({ length: 1200 }, (_, n) => journal.append(frameNamed(`n${n}`))));
    clock.advanceBy(500 * HOUR);
    const stop = retention().start();
    clock.advanceBy(100);
    expect(kept()).toHaveLength(700);
    clock.advanceBy(300);
    expect(kept()).toEqual([1200]);
    stop();
    expect(clock.pending).toBe(0);
  });
});
