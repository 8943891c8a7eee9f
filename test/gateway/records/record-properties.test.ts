import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssociationTable } from '../../../gateway/records/associations.ts';
import { hasCode } from '../../../model/errors.ts';
import type { JournalEntry } from '../../../model/journal.ts';
import { anyAssociation, devices } from '../../support/arbitrary-associations.ts';
import { associationEntry, frame, numeric, recordBench } from '../../support/record-bench.ts';

const anyReading = fc
  .record({
    device: fc.constantFrom(...devices),
    metric: fc.constantFrom('heart-rate', 'glucose-control', 'nibp-systolic'),
    takenAt: fc.integer({ min: 0, max: 80 }),
    value: fc.integer({ min: 60, max: 100 }),
  })
  .map(({ device, metric, takenAt, value }) => frame(numeric(device, metric, value, takenAt)));

/** Readings and associations in any order: late readings, back-dated, moved, withdrawn and conflicting associations. */
const anyHistory = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: anyReading as fc.Arbitrary<JournalEntry> },
    { weight: 1, arbitrary: anyAssociation.map((each) => associationEntry(each)) as fc.Arbitrary<JournalEntry> },
  ),
  { maxLength: 40 },
);

describe('records under any history of associations', () => {
  it('file every reading and observation under the patient and place of its event time, and lose no version', async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, fc.integer({ min: 1, max: 7 }), async (history, chunk) => {
        const { store, database, sink, journal, feed } = recordBench();
        const truth = new AssociationTable();
        const versions = new Map<string, string>();
        for (let start = 0; start < history.length; start += chunk) {
          const part = history.slice(start, start + chunk);
          await feed(...part);
          for (const entry of part) {
            if (entry.type !== 'association') continue;
            try {
              truth.put(entry.association);
            } catch (error) {
              if (!hasCode(error, 'association-conflict')) throw error;
            }
          }
          // A version once made stays as it was, for ever.
          const now = new Map(
            store.observations
              .changes(0, 10_000)
              .map(({ version }) => [`${version.id}/${version.version}`, JSON.stringify(version)]),
          );
          for (const [key, text] of versions) expect(now.get(key)).toBe(text);
          for (const [key, text] of now) versions.set(key, text);
        }
        await sink.write(journal);
        expect(store.table.list()).toEqual(truth.list());

        const sent = new Set(
          history.flatMap((entry) => (entry.type === 'frame' ? entry.samples.map((s) => s.id) : [])),
        );
        const readings = store.readings.list({ limit: 1000 }).items;
        expect(new Set(readings.map((reading) => reading.id))).toEqual(sent);
        expect(readings).toHaveLength(sent.size);
        for (const reading of readings) {
          const { patient, place } = truth.subjectAt(reading.device, reading.takenAt);
          expect(reading.place).toBe(place);
          expect(reading.patient).toBe(reading.metric === 'glucose-control' ? null : patient);
        }

        const observations = store.observations.list({ limit: 1000 }).items;
        expect(observations).toHaveLength(sent.size);
        for (const { id, version, facts } of observations) {
          const { patient, place } = truth.subjectAt(facts.device, facts.takenAt);
          expect(facts.place).toBe(place);
          expect(facts.patient).toBe(facts.group === 'glucose-control' ? null : patient);
          expect(store.observations.history(id).map((each) => each.version)).toEqual(
            Array.from({ length: version }, (_, index) => version - index),
          );
          if (facts.patient)
            expect(store.observations.list({ ids: [id], patients: [facts.patient] }).items).toHaveLength(1);
        }
        database.close();
      }),
      { numRuns: 1000 },
    );
  }, 120_000);
});

describe('pages', () => {
  it('make up the whole when put together, nothing twice, newest first', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyReading, { maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (frames, limit, oldestFirst) => {
          const { store, database, feed } = recordBench();
          await feed(...frames);
          const gather = <T>(
            list: (cursor: string | undefined) => { items: readonly T[]; next: string | null },
          ): T[] => {
            const all: T[] = [];
            let cursor: string | undefined;
            do {
              const page = list(cursor);
              expect(page.items.length).toBeLessThanOrEqual(limit);
              all.push(...page.items);
              cursor = page.next ?? undefined;
            } while (cursor !== undefined);
            return all;
          };
          const at = (cursor: string | undefined) => (cursor === undefined ? {} : { cursor });
          const readings = gather((cursor) => store.readings.list({ limit, ...at(cursor) }));
          expect(readings).toEqual(store.readings.list({ limit: 1000 }).items);
          expect(readings.map((each) => each.takenAt)).toEqual(
            readings.map((each) => each.takenAt).sort((a, b) => b - a),
          );
          const observations = gather((cursor) => store.observations.list({ limit, oldestFirst, ...at(cursor) }));
          expect(observations).toEqual(store.observations.list({ limit: 1000, oldestFirst }).items);
          expect(new Set(observations.map((each) => each.id)).size).toBe(observations.length);
          expect(store.observations.count({}, 1000)).toBe(observations.length);
          database.close();
        },
      ),
      { numRuns: 100 },
    );
  });

  it('refuse a cursor that was not given out', async () => {
    const { store } = recordBench();
    for (const cursor of ['', 'x', 'AAAA', Buffer.from('1.2.3').toString('base64url')]) {
      expect(() => store.readings.list({ cursor })).toThrow(expect.objectContaining({ code: 'bad-cursor' }));
    }
  });

  it('filter readings by device, metric, time and place', async () => {
    const { store, feed } = recordBench();
    await feed(
      frame(numeric('d1', 'heart-rate', 70, 100), numeric('d1', 'spo2', 97, 100)),
      frame(numeric('d1', 'heart-rate', 71, 200)),
      frame(numeric('d2', 'heart-rate', 72, 200)),
    );
    const values = (filter: Parameters<typeof store.readings.list>[0]) =>
      store.readings.list(filter).items.map((each) => each.value);
    expect(values({ device: 'd1', metric: 'heart-rate' })).toEqual([71, 70]);
    expect(values({ from: 100, to: 200, metric: 'heart-rate' })).toEqual([70]);
    expect(values({ from: 200 })).toEqual([72, 71]);
    expect(values({ place: 'bed-1' })).toEqual([]);
    expect(store.readings.prune(200)).toBe(2);
    expect(values({})).toEqual([72, 71]);
    expect(store.observations.list({ to: 200 }).items).toHaveLength(2);
  });
});
