import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordSink } from '../../../gateway/records/record-sink.ts';
import { RecordStore } from '../../../gateway/records/record-store.ts';
import { recordMigrations } from '../../../gateway/records/schema.ts';
import { openDatabase } from '../../../gateway/store/database.ts';
import { frame, numeric, onPatient, T0 } from '../../support/record-bench.ts';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'records-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = () => {
  const database = openDatabase({ file: join(directory, 'ward.db'), key: 'a key', migrations: recordMigrations });
  const store = new RecordStore(database);
  const sink = recordSink({ database, store, devices: { get: () => null, list: () => [] } });
  return { database, store, sink };
};

describe('records in the gateway’s own database', () => {
  it('go on after a restart where they were, with the associations and every version', async () => {
    const batch = [
      frame(numeric('d1', 'heart-rate', 70, T0)),
      onPatient('a', 'd1', 'p1', T0 - 1),
      frame(numeric('d1', 'heart-rate', 71, T0 + 60_000)),
    ].map((entry, index) => ({ position: index + 1, committedAt: T0, entry }));

    const first = open();
    expect(await first.sink.write(batch.slice(0, 2))).toEqual({ rejected: [] });
    first.database.close();

    const second = open();
    expect(second.sink.position).toBe(2);
    expect(await second.sink.write(batch)).toEqual({ rejected: [] });
    const filed = second.store.observations.list({ patients: ['p1'], oldestFirst: true }).items;
    expect(filed.map((each) => [each.version, each.facts.values[0]?.value])).toEqual([
      [2, 70],
      [1, 71],
    ]);
    second.database.close();
  });

  it('reject an entry that the database cannot hold, and go on', async () => {
    const { database, store, sink } = open();
    const broken = numeric('d1', 'heart-rate', 70, T0);
    const batch = [
      frame({ ...broken, unit: null as unknown as '/min' }),
      frame(numeric('d1', 'heart-rate', 71, T0 + 1)),
    ].map((entry, index) => ({ position: index + 1, committedAt: T0, entry }));
    const answer = await sink.write(batch);
    expect(answer).toMatchObject({ rejected: [{ index: 0, code: 'unfit' }] });
    expect(store.readings.list().items.map((reading) => reading.value)).toEqual([71]);
    database.close();
  });
});
