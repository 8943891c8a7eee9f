import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal, type SqliteJournal } from '../../../gateway/journal/journal.ts';
import type { AuditEntry } from '../../../model/journal.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';
import { frameNamed, frameOf, numericOf, waveOf } from '../../support/journal-entries.ts';
import { StoreFile } from '../../support/store-file.ts';

let file: StoreFile;
let clock: VirtualClock;
let journal: SqliteJournal;

const reopen = () => {
  journal.close();
  file.close();
  journal = openJournal({ database: file.database, clock });
};

const audit = (who: string): AuditEntry => ({
  type: 'audit',
  at: 1,
  who,
  role: null,
  action: 'read',
  target: null,
  outcome: 'ok',
  reason: null,
  address: null,
});

const positions = (after = 0, limit = 100, types?: Parameters<SqliteJournal['read']>[2]) =>
  journal.read(after, limit, types).map((stored) => stored.position);

beforeEach(() => {
  file = new StoreFile();
  clock = new VirtualClock(5000);
  journal = openJournal({ database: file.database, clock });
});

afterEach(() => file.remove());

describe('the journal', () => {
  it('gives positions from 1 without gaps, and keeps entries over a restart', async () => {
    const appended = await Promise.all(['a', 'b', 'c'].map((name) => journal.append(frameNamed(name))));
    expect(appended).toEqual([1, 2, 3]);
    const before = journal.read(0, 10);
    reopen();
    expect(journal.head).toBe(3);
    expect(journal.read(0, 10)).toEqual(before);
    expect(journal.at(2)).toEqual({ position: 2, committedAt: 5000, entry: frameNamed('b') });
    expect(journal.at(9)).toBeNull();
    expect(await journal.append(frameNamed('d'))).toBe(4);
  });

  it('commits everything of one turn together, and says so once', async () => {
    const heads: number[] = [];
    journal.onCommit((head) => heads.push(head));
    const all = Array.from({ length: 50 }, (_, n) => journal.append(frameNamed(`s${n}`)));
    expect(journal.pending).toBe(50);
    expect(journal.head).toBe(0);
    await Promise.all(all);
    expect(heads).toEqual([50]);
    expect(journal.pending).toBe(0);
    await journal.append(frameNamed('alone'));
    expect(heads).toEqual([50, 51]);
  });

  it('never holds more than a batch back', async () => {
    journal = openJournal({ database: file.database, clock, maxBatch: 10 });
    const all = Array.from({ length: 25 }, (_, n) => journal.append(frameNamed(`s${n}`)));
    expect(journal.pending).toBe(5);
    expect(await Promise.all(all)).toHaveLength(25);
  });

  it('reads by type, from memory and from disk alike', async () => {
    await Promise.all([
      journal.append(frameNamed('a')),
      journal.append(audit('x')),
      journal.append(frameNamed('b')),
      journal.append(audit('y')),
    ]);
    const check = () => {
      expect(positions(0, 10, ['audit'])).toEqual([2, 4]);
      expect(positions(0, 10, ['frame', 'alert'])).toEqual([1, 3]);
      expect(positions(1, 2)).toEqual([2, 3]);
      expect(positions(2, 1, ['audit'])).toEqual([4]);
      expect(positions(4)).toEqual([]);
    };
    check();
    reopen();
    check();
  });

  it('reads on while more is appended', async () => {
    let read = 0;
    for (let round = 0; round < 30; round++) {
      const appended = journal.append(frameNamed(`r${round}`));
      expect(positions(read)).toEqual([]);
      await appended;
      expect(positions(read)).toEqual([round + 1]);
      read = round + 1;
    }
  });

  it('does not let a listener that throws stop another', async () => {
    const faults: unknown[] = [];
    journal = openJournal({ database: file.database, clock, onFault: (error) => faults.push(error) });
    const heads: number[] = [];
    journal.onCommit(() => {
      throw new Error('listener');
    });
    const stop = journal.onCommit((head) => heads.push(head));
    await journal.append(frameNamed('a'));
    stop();
    await journal.append(frameNamed('b'));
    expect(heads).toEqual([1]);
    expect(faults).toHaveLength(2);
  });

  it('stores what waits when it is closed, and takes nothing after', async () => {
    const last = journal.append(frameNamed('last'));
    journal.close();
    expect(await last).toBe(1);
    await expect(journal.append(frameNamed('late'))).rejects.toMatchObject({ code: 'journal-closed' });
  });
});

describe('the memory of a device', () => {
  it('is stored with the entry it goes with', async () => {
    expect(journal.memory('m')).toEqual({});
    await journal.append(frameNamed('a'), { memory: { device: 'm', facts: { last: 7, name: null } } });
    expect(journal.memory('m')).toEqual({ last: 7, name: null });
    reopen();
    expect(journal.memory('m')).toEqual({ last: 7, name: null });
  });

  it('is as before where the entry could not be stored', async () => {
    await journal.append(frameNamed('a'), { memory: { device: 'm', facts: { last: 7 } } });
    file.database.exec('PRAGMA max_page_count = 1');
    const big = frameOf([numericOf('big')], { frame: new Uint8Array(1_000_000) });
    const failed = journal.append(big, { memory: { device: 'm', facts: { last: 8 } } });
    await expect(failed).rejects.toMatchObject({ code: 'journal-full', hint: expect.any(String) });
    expect(journal.memory('m')).toEqual({ last: 7 });
  });
});

describe('a full disk', () => {
  it('refuses what does not fit, keeps the positions, and takes it when it comes again', async () => {
    await journal.append(frameNamed('a'));
    file.database.exec('PRAGMA max_page_count = 1');
    const big = frameOf([numericOf('big')], { frame: new Uint8Array(1_000_000) });
    await expect(journal.append(big)).rejects.toMatchObject({ code: 'journal-full' });
    expect(journal.head).toBe(1);
    file.database.exec('PRAGMA max_page_count = 1000000');
    expect(journal.isKnown(numericOf('big'))).toBe(false);
    expect(await journal.append(big)).toBe(2);
    expect(positions()).toEqual([1, 2]);
  });
});

describe('a reading that comes again', () => {
  it('is confirmed but not stored twice: in the same turn, later, and after a restart', async () => {
    const both = [journal.append(frameNamed('a')), journal.append(frameNamed('a'))];
    expect(await Promise.all(both)).toEqual([1, 0]);
    expect(await journal.append(frameNamed('a'))).toBe(0);
    reopen();
    expect(journal.isKnown(numericOf('a'))).toBe(true);
    expect(await journal.append(frameNamed('a'))).toBe(0);
    expect(positions()).toEqual([1]);
  });

  it('is confirmed only once the first is on disk', async () => {
    file.database.exec('PRAGMA max_page_count = 1');
    const big = frameOf([numericOf('big')], { frame: new Uint8Array(1_000_000) });
    const results = await Promise.allSettled([journal.append(big), journal.append(big)]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected']);
    expect(journal.head).toBe(0);
  });

  it('leaves the new ones of its frame', async () => {
    await journal.append(frameOf([numericOf('a'), numericOf('b')]));
    expect(await journal.append(frameOf([numericOf('b'), numericOf('c'), numericOf('c')]))).toBe(2);
    const { entry } = journal.at(2) ?? {};
    expect(entry).toEqual(frameOf([numericOf('c')]));
    reopen();
    expect(journal.at(2)?.entry).toEqual(entry);
  });

  it('does not keep out frames without samples, nor decisions', async () => {
    const empty = frameOf([]);
    expect([await journal.append(empty), await journal.append(empty)]).toEqual([1, 2]);
    expect([await journal.append(audit('x')), await journal.append(audit('x'))]).toEqual([3, 4]);
  });

  it('is known for good where a meter keeps it, however much came since', async () => {
    journal = openJournal({ database: file.database, clock, recentSamples: 10 });
    const glucose = numericOf('meter record', { metric: 'glucose', unit: 'mg/dL', value: 110 });
    const late = numericOf('from memory', { takenAt: 1_000_000 - 3_600_000 });
    const live = numericOf('live');
    await journal.append(frameOf([glucose, late, live]));
    for (let n = 0; n < 40; n++) await journal.append(frameNamed(`later ${n}`));
    expect([glucose, late, live].map((sample) => journal.isKnown(sample))).toEqual([true, true, false]);
  });
});

describe('a waveform frame', () => {
  it('comes back as it was', async () => {
    const entry = frameOf([waveOf('w'), numericOf('n')]);
    await journal.append(entry);
    reopen();
    expect(journal.at(1)?.entry).toEqual(entry);
  });
});
