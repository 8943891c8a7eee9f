import { describe, expect, it } from 'vitest';
import { observationId } from '../../../gateway/ingest/identity.ts';
import { recordSink } from '../../../gateway/records/record-sink.ts';
import { RecordStore } from '../../../gateway/records/record-store.ts';
import type { SqlDatabase } from '../../../gateway/records/sql.ts';
import {
  alertEntry,
  associationEntry,
  atPlace,
  frame,
  numeric,
  onPatient,
  recordBench,
  state,
  T0,
  wave,
} from '../../support/record-bench.ts';

const second = 1000;

describe('record sink: what is filed', () => {
  it('keeps every reading and files blood pressure as one panel with the pulse apart', async () => {
    const { store, feed } = recordBench();
    const at = T0;
    await feed(
      onPatient('a', 'd1', 'p1', T0 - 1),
      frame(
        numeric('d1', 'nibp-systolic', 128, at),
        numeric('d1', 'nibp-diastolic', 76, at),
        numeric('d1', 'nibp-mean', 93, at),
        numeric('d1', 'nibp-pulse-rate', 71, at),
      ),
    );
    expect(store.readings.list().items).toHaveLength(4);
    const observations = store.observations.list({ patients: ['p1'] }).items;
    expect(observations.map((each) => each.facts.group).sort()).toEqual(['blood-pressure', 'nibp-pulse-rate']);
    const panel = observations.find((each) => each.facts.group === 'blood-pressure');
    expect(panel?.facts.values.map((value) => [value.metric, value.value])).toEqual([
      ['nibp-systolic', 128],
      ['nibp-diastolic', 76],
      ['nibp-mean', 93],
    ]);
  });

  it('keeps a glucose value in the unit that the meter produced', async () => {
    const { store, feed } = recordBench();
    await feed(frame(numeric('gm-1', 'glucose', 99.0858, T0, { original: { value: 5.5, unit: 'mmol/L' } })));
    expect(store.observations.list().items[0]?.facts.values[0]).toMatchObject({ value: 5.5, unit: 'mmol/L' });
    expect(store.readings.list().items[0]).toMatchObject({ value: 99.0858, unit: 'mg/dL' });
  });

  it('never files a control solution under a patient, not even when an association comes late', async () => {
    const { store, feed } = recordBench();
    await feed(
      onPatient('a', 'gm-1', 'p1', T0 - 1, T0 + 10),
      frame(numeric('gm-1', 'glucose-control', 110, T0)),
      frame(numeric('gm-1', 'glucose', 111, T0 + 1, { reasons: ['control-solution'] })),
      frame(numeric('gm-1', 'glucose-control', 112, T0 + 20)),
      frame(numeric('gm-1', 'glucose', 113, T0 + 21, { reasons: ['control-solution'] })),
      onPatient('b', 'gm-1', 'p1', T0 + 10),
    );
    expect(store.readings.list().items).toHaveLength(4);
    expect(store.readings.list({ patient: 'p1' }).items).toEqual([]);
    expect(store.observations.list({ patients: ['p1'] }).items).toEqual([]);
    expect(store.observations.list().items).toHaveLength(4);
  });

  it('files a monitor that repeats itself every second once a minute, and at once for another patient', async () => {
    const { store, feed } = recordBench();
    await feed(
      onPatient('a', 'stream-1', 'p1', T0, T0 + 130 * second),
      onPatient('b', 'stream-1', 'p2', T0 + 130 * second),
    );
    await feed(...Array.from({ length: 181 }, (_, i) => frame(numeric('stream-1', 'heart-rate', 70, T0 + i * second))));
    expect(store.readings.list({ limit: 1000 }).items).toHaveLength(181);
    const filed = store.observations.list({ oldestFirst: true }).items;
    expect(filed.map((each) => [(each.facts.takenAt - T0) / second, each.facts.patient])).toEqual([
      [0, 'p1'],
      [60, 'p1'],
      [120, 'p1'],
      [130, 'p2'],
    ]);
  });

  it('files each new cuff result of a monitor that repeats the last one, and no repeat of it', async () => {
    const { store, feed } = recordBench({ policy: { intervalMs: 3600 * second } });
    const results = [120, 120, 120, 131, 131, 119];
    await feed(...results.map((value, i) => frame(numeric('stream-1', 'nibp-systolic', value, T0 + i * second))));
    const filed = store.observations.list({ oldestFirst: true }).items;
    expect(filed.map((each) => each.facts.values[0]?.value)).toEqual([120, 131, 119]);
  });

  it('files every reading of a device that is not a stream', async () => {
    const { store, feed } = recordBench();
    await feed(...Array.from({ length: 20 }, (_, i) => frame(numeric('d1', 'heart-rate', 70 + i, T0 + i))));
    expect(store.observations.list({ limit: 100 }).items).toHaveLength(20);
  });

  it('files a pump with its state, and again when it stops though values and states come in turns', async () => {
    const { store, feed } = recordBench();
    const rate = (i: number) => frame(numeric('pump-1', 'infusion-rate', 85, T0 + i * second));
    const infusing = (i: number, on: boolean) => frame(state('pump-1', 'infusing', on, T0 + i * second));
    await feed(
      frame(numeric('pump-1', 'infusion-rate', 85, T0), state('pump-1', 'infusing', true, T0)),
      rate(1),
      infusing(2, true),
      rate(3),
      infusing(4, true),
      rate(5),
      infusing(6, false),
      rate(7),
      infusing(8, false),
    );
    const filed = store.observations.list({ oldestFirst: true }).items;
    expect(filed.map((each) => (each.facts.takenAt - T0) / second)).toEqual([0, 6]);
    expect(filed[0]?.facts).toMatchObject({ values: [{ value: 85 }], states: [{ code: 'infusing', active: true }] });
    expect(filed[1]?.facts.states).toMatchObject([{ code: 'infusing', active: false }]);
  });

  it('files the climate of a room under its place as one observation', async () => {
    const { store, feed } = recordBench();
    await feed(
      atPlace('a', 'room-1', 'archive', T0),
      frame(numeric('room-1', 'air-temperature', 18.4, T0), numeric('room-1', 'relative-humidity', 44, T0)),
    );
    const [only, ...rest] = store.observations.list({ places: ['archive'] }).items;
    expect(rest).toEqual([]);
    expect(only?.facts).toMatchObject({ group: 'room-climate', patient: null, place: 'archive' });
    expect(only?.facts.values).toHaveLength(2);
  });

  it('files what decided an alert, and the ten seconds of EKG before it', async () => {
    const { store, feed } = recordBench();
    const rates = Array.from({ length: 30 }, (_, i) => numeric('ekg-1', 'heart-rate', 140 + i, T0 + i * second));
    const raw = Array.from({ length: 250 }, (_, i) => i);
    const deciding = rates[20]?.id ?? '';
    await feed(
      onPatient('a', 'ekg-1', 'p1', T0 - 1),
      ...rates.map((rate, i) => frame(rate, wave('ekg-1', T0 + i * second, raw))),
    );
    expect(store.observations.list().items).toHaveLength(1);
    await feed(alertEntry({ samples: [deciding], raisedAt: T0 + 20 * second }));
    const filed = store.observations.list({ patients: ['p1'], oldestFirst: true }).items;
    expect(filed.map((each) => [each.facts.group, (each.facts.takenAt - T0) / second, each.reason])).toEqual([
      ['heart-rate', 0, null],
      ['ekg-strip', 10, 'evidence of alert heart-rate-high'],
      ['heart-rate', 20, 'evidence of alert heart-rate-high'],
    ]);
    const strip = filed[1]?.facts.waves[0];
    expect(strip?.raw).toHaveLength(2500);
    expect(strip?.raw.slice(0, 3)).toEqual([0, 1, 2]);
    expect(strip?.raw).not.toContain(null);
    expect(store.alerts.get('alert-1')?.observations).toHaveLength(2);
  });

  it('marks what is missing in a strip and does not reach over a change of patient', async () => {
    const { store, feed } = recordBench();
    const raw = Array.from({ length: 250 }, () => 7);
    const seconds = [1, 2, 3, 4, 6, 7, 8, 9];
    await feed(
      onPatient('a', 'ekg-1', 'p1', T0 - 1, T0 + 3 * second),
      onPatient('b', 'ekg-1', 'p2', T0 + 3 * second),
      ...seconds.map((i) => frame(wave('ekg-1', T0 + i * second, raw))),
    );
    store.fileStrip('ekg-1', T0 + 10 * second, { at: T0, by: 'nurse-1', reason: 'on request' });
    expect(store.observations.list({ patients: ['p1'] }).items).toEqual([]);
    const [strip] = store.observations.list({ patients: ['p2'] }).items;
    expect(strip).toMatchObject({ by: 'nurse-1', reason: 'on request', facts: { takenAt: T0 + 3 * second } });
    const missing = strip?.facts.waves[0]?.raw.flatMap((value, index) => (value === null ? [index] : [])) ?? [];
    expect([missing.length, missing[0], missing.at(-1)]).toEqual([250, 500, 749]);
  });

  it('cuts a strip after a start from frames shown again', async () => {
    const { store, sink } = recordBench();
    const raw = [1, 2, 3];
    expect(store.fileStrip('ekg-1', T0, { at: T0, by: 'n', reason: 'r' })).toBeNull();
    sink.warm([{ position: 1, committedAt: T0, entry: frame(wave('ekg-1', T0 - second, raw)) }]);
    expect(store.fileStrip('ekg-1', T0, { at: T0, by: 'n', reason: 'r' })).not.toBeNull();
    expect(store.readings.list().items).toEqual([]);
  });
});

describe('record sink: once', () => {
  it('changes nothing when a device sends the same reading again', async () => {
    const { store, feed } = recordBench();
    const again = () => frame(numeric('d1', 'heart-rate', 70, T0));
    await feed(again(), again());
    await feed(again());
    expect(store.readings.list().items).toHaveLength(1);
    expect(store.observations.history(store.observations.list().items[0]?.id ?? '')).toHaveLength(1);
  });

  it('changes nothing when the whole journal is sent again, to this sink or to one made anew', async () => {
    const { database, store, sink, journal, feed } = recordBench();
    await feed(
      onPatient('a', 'd1', 'p1', T0, T0 + 5),
      frame(numeric('d1', 'heart-rate', 70, T0), numeric('d1', 'spo2', 97, T0)),
      frame(numeric('d1', 'heart-rate', 71, T0 + 9)),
      onPatient('b', 'd1', 'p2', T0 + 5),
      alertEntry({ samples: [] }),
    );
    const everything = () => ({
      readings: store.readings.list(),
      observations: store.observations.list(),
      changes: store.observations.changes(0, 1000),
      associations: store.associations.history('a'),
      alerts: store.alerts.list(),
    });
    const before = everything();
    await sink.write(journal);
    const fresh = recordSink({
      database,
      store: new RecordStore(database),
      devices: { get: () => null, list: () => [] },
    });
    expect(await fresh.write(journal)).toEqual({ rejected: [] });
    expect(everything()).toEqual(before);
    expect(fresh.position).toBe(journal.length);
  });

  it('adds what comes later of the same measurement as a new version', async () => {
    const { store, feed } = recordBench();
    await feed(frame(numeric('d1', 'nibp-systolic', 128, T0)), frame(numeric('d1', 'nibp-diastolic', 76, T0)));
    const [panel, ...rest] = store.observations.list().items;
    expect(rest).toEqual([]);
    expect(panel).toMatchObject({ version: 2, act: 'completed' });
    expect(panel?.facts.values.map((value) => value.value)).toEqual([128, 76]);
    expect(store.observations.getVersion(panel?.id ?? '', 1)?.facts.values).toHaveLength(1);
  });

  it('takes all of a batch or nothing when the database fails, and then takes it whole', async () => {
    const bench = recordBench();
    let failing = true;
    const flaky: SqlDatabase = {
      prepare: (sql) => {
        const statement = bench.database.prepare(sql);
        if (!sql.startsWith('INSERT INTO observation_versions')) return statement;
        return {
          ...statement,
          get: (...values) => statement.get(...values),
          all: (...values) => statement.all(...values),
          run: (...values) => {
            if (failing && values[0] === 2) throw Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' });
            return statement.run(...values);
          },
        };
      },
      transaction: (task) => bench.database.transaction(task),
    };
    const store = new RecordStore(flaky);
    const sink = recordSink({ database: flaky, store, devices: { get: () => null, list: () => [] } });
    const batch = [
      onPatient('a', 'd1', 'p1', T0 - 1),
      frame(numeric('d1', 'heart-rate', 70, T0)),
      frame(numeric('d1', 'heart-rate', 71, T0 + 1)),
    ].map((entry, index) => ({ position: index + 1, committedAt: T0, entry }));
    expect(await sink.write(batch)).toMatchObject({ retry: { from: 0, kind: 'transient' } });
    expect(store.readings.list().items).toEqual([]);
    expect(store.table.list()).toEqual([]);
    failing = false;
    expect(await sink.write(batch)).toEqual({ rejected: [] });
    expect(store.readings.list({ patient: 'p1' }).items).toHaveLength(2);
  });

  it('refuses an association that conflicts and goes on with what follows', async () => {
    const { store, sink } = recordBench();
    const batch = [
      onPatient('a', 'd1', 'p1', T0),
      onPatient('b', 'd1', 'p2', T0 + 5),
      frame(numeric('d1', 'heart-rate', 70, T0 + 10)),
    ].map((entry, index) => ({ position: index + 1, committedAt: T0, entry }));
    const answer = await sink.write(batch);
    expect(answer.rejected).toMatchObject([{ index: 1, code: 'association-conflict' }]);
    expect(store.readings.list({ patient: 'p1' }).items).toHaveLength(1);
    expect(store.associations.get('b')).toBeNull();
  });
});

describe('record sink: whose it is', () => {
  it('keeps a reading of nobody as unassigned, whatever the sample claims', async () => {
    const { store, feed } = recordBench();
    await feed(frame(numeric('d1', 'heart-rate', 70, T0, { patient: 'p9' })));
    expect(store.readings.list({ unassigned: true }).items).toMatchObject([{ patient: null }]);
    expect(store.observations.list().items[0]?.facts.patient).toBeNull();
  });

  it('files a late reading under the patient of its event time', async () => {
    const { store, feed } = recordBench();
    await feed(
      onPatient('a', 'd1', 'p1', T0, T0 + 100),
      onPatient('b', 'd1', 'p2', T0 + 100),
      frame(numeric('d1', 'heart-rate', 70, T0 + 99, { receivedAt: T0 + 5000 })),
    );
    expect(store.observations.list().items[0]?.facts.patient).toBe('p1');
  });

  it('re-files under a late association as a new version that says who and why', async () => {
    const { store, feed } = recordBench();
    await feed(frame(numeric('d1', 'heart-rate', 70, T0)));
    const id = store.observations.list().items[0]?.id ?? '';
    await feed(
      associationEntry(
        { id: 'a', device: 'd1', subject: { kind: 'patient', id: 'p1' }, from: T0 - 10, to: null },
        { by: 'nurse-7', reason: 'was put on at admission', at: T0 + 777 },
      ),
    );
    expect(store.readings.list({ patient: 'p1' }).items).toHaveLength(1);
    expect(store.observations.get(id)).toMatchObject({
      version: 2,
      act: 'reassigned',
      by: 'nurse-7',
      reason: 'was put on at admission',
      at: T0 + 777,
      facts: { patient: 'p1', status: 'amended' },
    });
    expect(store.observations.getVersion(id, 1)?.facts).toMatchObject({ patient: null, status: 'final' });
  });

  it('leaves a trace with the patient from whom an observation was taken', async () => {
    const { store, feed } = recordBench();
    await feed(
      onPatient('a', 'd1', 'p1', T0),
      frame(numeric('d1', 'heart-rate', 70, T0 + 50)),
      onPatient('a', 'd1', 'p1', T0, T0 + 20),
      onPatient('b', 'd1', 'p2', T0 + 20),
    );
    expect(store.observations.list({ patients: ['p1'] }).items).toEqual([]);
    expect(store.observations.list({ patients: ['p2'] }).items).toHaveLength(1);
    expect(store.observations.takenFrom('p1')).toMatchObject([{ version: 2, facts: { patient: null } }]);
  });

  it('moves the alerts of a device with it and leaves those of a patient', async () => {
    const { store, feed } = recordBench();
    await feed(
      alertEntry({ id: 'x', subject: { kind: 'device', id: 'd1' }, device: 'd1', raisedAt: T0 }),
      alertEntry({ id: 'y', subject: { kind: 'patient', id: 'p3' }, device: 'd1', raisedAt: T0 }),
    );
    expect(store.alerts.get('x')?.patient).toBeNull();
    await feed(onPatient('a', 'd1', 'p1', T0 - 1));
    expect(store.alerts.get('x')).toMatchObject({ patient: 'p1', version: 2 });
    expect(store.alerts.get('y')?.patient).toBe('p3');
  });
});

describe('record sink: people and places', () => {
  it('keeps every version of a patient and of a place', async () => {
    const { store, feed } = recordBench();
    const patient = {
      id: 'p1',
      mrn: 'AB1',
      family: 'Spaniel',
      given: 'Ada',
      birthDate: null,
      gender: 'female',
      place: null,
    } as const;
    await feed(
      { type: 'patient', at: 1, by: 'hl7', patient },
      { type: 'patient', at: 2, by: 'hl7', patient },
      { type: 'patient', at: 3, by: 'clerk', patient: { ...patient, family: 'Spaniël' } },
      { type: 'place', at: 4, place: { id: 'bed-1', name: 'Bed 1', kind: 'bed', profile: null } },
    );
    expect(store.patients.history('p1').map((each) => [each.version, each.by, each.body.family])).toEqual([
      [2, 'clerk', 'Spaniël'],
      [1, 'hl7', 'Spaniel'],
    ]);
    expect(store.patients.get('p1')?.family).toBe('Spaniël');
    expect(store.patients.getVersion('p1', 1)?.body.family).toBe('Spaniel');
    expect(store.places.list().map((each) => each.body.name)).toEqual(['Bed 1']);
  });

  it('gives an observation an id that follows from what was measured', async () => {
    const { store, feed } = recordBench();
    const sample = numeric('d1', 'heart-rate', 70, T0);
    await feed(frame(sample));
    expect(store.observations.list().items[0]?.id).toBe(
      observationId({ device: 'd1', measurement: sample.measurement, takenAt: T0, group: 'heart-rate' }),
    );
  });
});
