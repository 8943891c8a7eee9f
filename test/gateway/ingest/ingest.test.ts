import { beforeEach, describe, expect, it } from 'vitest';
import type { DriverSample } from '../../../drivers/kit/contract.ts';
import { type Arrival, createIngest } from '../../../gateway/ingest/ingest.ts';
import type { JournalEntry } from '../../../model/journal.ts';
import type { Sample } from '../../../model/sample.ts';

/** A journal whose commits the test decides. Like the real one it knows what was appended, and answers a copy with 0. */
const heldJournal = () => {
  const entries: JournalEntry[] = [];
  const known = new Set<string>();
  const waiting: { ids: string[]; resolve(position: number): void; reject(error: Error): void }[] = [];
  const settle = (act: (one: (typeof waiting)[number]) => void) => {
    for (const one of waiting.splice(0)) act(one);
  };
  return {
    entries,
    commit: () => settle(({ resolve }) => resolve(entries.length)),
    fail: () =>
      settle(({ ids, reject }) => {
        for (const id of ids) known.delete(id);
        reject(new Error('disk full'));
      }),
    journal: {
      append: (entry: JournalEntry) => {
        const ids = entry.type === 'frame' ? entry.samples.map(({ id }) => id) : [];
        const isCopy = ids.length > 0 && ids.every((id) => known.has(id));
        if (!isCopy) entries.push(entry);
        for (const id of ids) known.add(id);
        return new Promise<number>((resolve, reject) => {
          waiting.push({ ids: isCopy ? [] : ids, resolve: (at) => resolve(isCopy ? 0 : at), reject });
        });
      },
      isKnown: (sample: Sample) => known.has(sample.id),
      read: () => [],
      at: () => null,
      head: 0,
      onCommit: () => () => {},
      memory: () => ({}),
      pending: 0,
    },
  };
};

const reading = (value: number, sequence?: number): DriverSample => ({
  kind: 'numeric',
  metric: 'heart-rate',
  value,
  unit: '/min',
  ...(sequence === undefined ? {} : { sequence }),
});

const arrival = (samples: readonly DriverSample[], changes: Partial<Arrival> = {}): Arrival => ({
  device: 'd1',
  simulated: false,
  link: 'l1',
  address: null,
  frame: new Uint8Array([1, 2, 3]),
  receivedAt: 1000,
  samples,
  ...changes,
});

describe('the way in', () => {
  let held: ReturnType<typeof heldJournal>;
  let ingest: ReturnType<typeof createIngest>;
  let seen: Sample[];

  beforeEach(() => {
    held = heldJournal();
    ingest = createIngest({
      journal: held.journal,
      timeZone: 'UTC',
      subjectAt: () => ({ patient: null, place: null }),
    });
    seen = [];
    ingest.samples$.subscribe((sample) => seen.push(sample));
  });

  const settled = async (promise: Promise<unknown>): Promise<boolean> => {
    let done = false;
    void promise.then(() => {
      done = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    return done;
  };

  it('tells rules and screens at once, and the sender only when it is on disk', async () => {
    const delivery = ingest.deliver(arrival([reading(72)]));
    expect(seen).toHaveLength(1);
    expect(await settled(delivery)).toBe(false);
    held.commit();
    expect(await delivery).toEqual({ samples: 1, duplicates: 0 });
  });

  it('stores a reading sent twice once, and acknowledges the second copy only with the first', async () => {
    const first = ingest.deliver(arrival([reading(72, 7)]));
    const second = ingest.deliver(arrival([reading(72, 7)], { receivedAt: 2000 }));
    expect(await settled(second)).toBe(false);
    held.commit();
    expect(await first).toEqual({ samples: 1, duplicates: 0 });
    expect(await second).toEqual({ samples: 0, duplicates: 1 });
    expect(held.entries).toHaveLength(1);
    expect(seen).toHaveLength(1);
  });

  it('does not acknowledge what could not be stored, and takes it when it comes again', async () => {
    const first = ingest.deliver(arrival([reading(72, 7)]));
    held.fail();
    await expect(first).rejects.toThrow('disk full');
    const again = ingest.deliver(arrival([reading(72, 7)]));
    held.commit();
    expect(await again).toEqual({ samples: 1, duplicates: 0 });
  });

  it('keeps unreadable input for evidence, cut to a bound', async () => {
    const done = ingest.quarantine({
      device: null,
      link: 'l1',
      address: 'some/topic',
      frame: new Uint8Array(10_000),
      receivedAt: 1,
      code: 'syntax',
      detail: 'not JSON',
    });
    held.commit();
    await done;
    const [entry] = held.entries;
    expect(entry).toMatchObject({
      type: 'quarantine',
      code: 'syntax',
      detail: 'not JSON (first 4096 of 10000 bytes kept)',
    });
    expect(entry?.type === 'quarantine' && entry.frame.length).toBe(4096);
  });

  it('lets an unchanged status through once a minute', () => {
    const status = (active: boolean): DriverSample => ({
      kind: 'status',
      code: 'leads-off',
      active,
      role: 'alarm',
      alertKind: 'technical',
      priority: 'low',
      text: 'LEAD OFF',
    });
    for (const receivedAt of [0, 1000, 2000]) void ingest.deliver(arrival([status(true)], { receivedAt }));
    void ingest.deliver(arrival([status(false)], { receivedAt: 3000 }));
    void ingest.deliver(arrival([status(false)], { receivedAt: 63_000 }));
    expect(seen.map((sample) => sample.receivedAt)).toEqual([0, 3000, 63_000]);
    held.commit();
  });
});
