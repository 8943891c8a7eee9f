import { describe, expect, it } from 'vitest';
import { frame, numeric, onPatient, recordBench, T0 } from '../../support/record-bench.ts';

const revision = { at: T0 + 60_000, by: 'records-1', reason: 'transcribed wrongly' };

const filed = async () => {
  const bench = recordBench();
  await bench.feed(
    onPatient('a', 'd1', 'p1', T0 - 1),
    frame(numeric('d1', 'nibp-systolic', 228, T0), numeric('d1', 'nibp-diastolic', 76, T0)),
  );
  return { ...bench, id: bench.store.observations.list().items[0]?.id ?? '' };
};

describe('corrections', () => {
  it('add a version and keep what was there, with who, when and why', async () => {
    const { store, id } = await filed();
    store.correct(id, [{ metric: 'nibp-systolic', value: 128, unit: 'mm[Hg]' }], revision);
    expect(store.observations.get(id)).toMatchObject({
      version: 2,
      act: 'corrected',
      by: 'records-1',
      at: T0 + 60_000,
      reason: 'transcribed wrongly',
      facts: { status: 'corrected', values: [{ value: 128 }, { value: 76 }] },
    });
    expect(store.observations.getVersion(id, 1)?.facts.values[0]?.value).toBe(228);
    expect(store.readings.list({ metric: 'nibp-systolic' }).items[0]?.value).toBe(228);
  });

  it('may say that a value was none', async () => {
    const { store, id } = await filed();
    store.correct(id, [{ metric: 'nibp-systolic', value: null, unit: 'mm[Hg]' }], { ...revision, reason: 'artefact' });
    expect(store.observations.get(id)?.facts.values[0]).toMatchObject({ value: null, quality: 'missing' });
  });

  it('mark as entered in error and take that back, all of it kept', async () => {
    const { store, id } = await filed();
    store.retract(id, revision);
    expect(store.observations.get(id)?.facts.status).toBe('entered-in-error');
    expect(store.observations.list({ statuses: ['entered-in-error'] }).items).toHaveLength(1);
    store.reinstate(id, revision);
    expect(store.observations.history(id).map((each) => each.act)).toEqual(['reinstated', 'retracted', 'filed']);
  });

  it('stay when the observation is moved to another patient afterwards', async () => {
    const { store, id, feed } = await filed();
    store.correct(id, [{ metric: 'nibp-systolic', value: 128, unit: 'mm[Hg]' }], revision);
    await feed(onPatient('a', 'd1', 'p2', T0 - 1));
    expect(store.observations.get(id)).toMatchObject({
      version: 3,
      facts: { patient: 'p2', status: 'corrected', values: [{ value: 128 }, { value: 76 }] },
    });
  });

  it.each([
    ['without a reason', { ...revision, reason: '  ' }, {}, 'reason-required'],
    ['of a version that is no longer the newest', { ...revision, version: 7 }, {}, 'version-conflict'],
    ['to what cannot be', revision, { value: 999 }, 'value-impossible'],
    ['to what is no number', revision, { value: Number.NaN }, 'value-impossible'],
    ['in a unit of something else', revision, { unit: 'Cel' as const }, 'unit-unknown'],
    ['of a value that is not in it', revision, { metric: 'nibp-mean' }, 'metric-unknown'],
    ['of a metric that there is not', revision, { metric: 'nonsense' }, 'metric-unknown'],
  ])('are refused %s, and change nothing', async (_, change, over, code) => {
    const { store, id } = await filed();
    const value = { metric: 'nibp-systolic', value: 128, unit: 'mm[Hg]' as const, ...over };
    expect(() => store.correct(id, [value], change)).toThrow(expect.objectContaining({ code }));
    expect(store.observations.history(id)).toHaveLength(1);
  });

  it('are refused of what there is not', async () => {
    const { store, id } = await filed();
    expect(() => store.retract('nothing', revision)).toThrow(expect.objectContaining({ code: 'observation-unknown' }));
    expect(() => store.correct(id, [], revision)).toThrow(expect.objectContaining({ code: 'not-correctable' }));
  });
});

describe('the database', () => {
  it.each(['observation_versions', 'patients_versions', 'places_versions', 'associations_versions'])(
    'itself refuses to change or drop a version in %s',
    async (table) => {
      const { database, feed } = await filed();
      await feed(
        { type: 'place', at: 1, place: { id: 'b', name: 'B', kind: 'bed', profile: null } },
        {
          type: 'patient',
          at: 1,
          by: 'x',
          patient: { id: 'p', mrn: '1', family: 'F', given: 'G', birthDate: null, gender: 'unknown', place: null },
        },
      );
      expect(() => database.exec(`UPDATE ${table} SET by = 'someone else'`)).toThrow('versions are never changed');
      expect(() => database.exec(`DELETE FROM ${table}`)).toThrow('versions are never removed');
    },
  );
});
