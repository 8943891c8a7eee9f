import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AuditSource } from '../../../gateway/fhir/endpoints/endpoint.ts';
import type { Bundle, Observation, Resource } from '../../../gateway/fhir/r4.ts';
import { type FhirOptions, fhirHandlers } from '../../../gateway/fhir/routes.ts';
import type { Query } from '../../../gateway/fhir/search.ts';
import type { AuditEntry } from '../../../model/journal.ts';
import { faultsOf } from '../../support/fhir-validator.ts';
import {
  alertEntry,
  associationEntry,
  atPlace,
  frame,
  numeric,
  onPatient,
  type RecordBench,
  recordBench,
  T0,
  wave,
} from '../../support/record-bench.ts';

const minute = 60_000;
const nurse = { name: 'nurse-1', role: 'nurse' } as const;

const audited: AuditEntry = {
  type: 'audit',
  at: T0,
  who: 'nurse-1',
  role: 'nurse',
  action: 'read',
  target: 'patient:p1',
  outcome: 'ok',
  reason: null,
  address: '127.0.0.1',
};

const audit: AuditSource = {
  list: ({ target }) => ({
    items: target === undefined || target === audited.target ? [{ id: 7, entry: audited }] : [],
    next: null,
  }),
  get: (id) => (id === 7 ? audited : null),
};

const serve = (bench: RecordBench, over: Partial<FhirOptions> = {}) => {
  const handle = fhirHandlers({
    store: bench.store,
    devices: {
      get: () => null,
      list: () => [
        {
          id: 'd1',
          name: 'Bedside monitor',
          driver: 'generic',
          class: 'ekg',
          manufacturer: 'Acme',
          model: 'One',
          metrics: ['heart-rate', 'nibp-systolic'],
          filing: 'every',
          serial: 'SN-7',
          simulated: true,
        },
      ],
    },
    audit,
    version: '0.1.0',
    since: T0,
    ...over,
  });
  const get = (path: string, query: Query = {}) =>
    handle({ path, query, principal: nurse, baseUrl: 'http://127.0.0.1:8080/fhir/R4' });
  const found = (path: string, query: Query = {}): Resource[] => {
    const { status, body } = get(path, query);
    if (status !== 200 || body.resourceType !== 'Bundle') throw new Error(JSON.stringify(body));
    return (body.entry ?? []).flatMap((entry) => (entry.resource ? [entry.resource] : []));
  };
  const groups = (query: Query): string[] =>
    found('/Observation', query)
      .flatMap((each) => (each as Observation).code.coding?.at(-1)?.code ?? [])
      .sort();
  return { handle, get, found, groups };
};

const patient = (id: string, family: string, given: string) =>
  ({
    type: 'patient',
    at: T0,
    by: 'hl7',
    patient: { id, mrn: `MRN-${id}`, family, given, birthDate: '1950-02-03', gender: 'female', place: 'bed-1' },
  }) as const;

/** A small ward: two patients, a bed, a room, a monitor, a meter, a retired device. */
const ward = async (): Promise<RecordBench> => {
  const bench = recordBench();
  await bench.feed(
    patient('p1', 'Spaniël', 'Ada'),
    patient('p2', 'Terrier', 'Bo'),
    { type: 'place', at: T0, place: { id: 'bed-1', name: 'Bed 1', kind: 'bed', profile: null } },
    { type: 'place', at: T0, place: { id: 'archive', name: 'Archive', kind: 'records-room', profile: 'paper' } },
    onPatient('a1', 'd1', 'p1', T0),
    onPatient('a2', 'gm-1', 'p2', T0),
    atPlace('a3', 'room-1', 'archive', T0),
    atPlace('a4', 'd1', 'bed-1', T0),
    frame(numeric('d1', 'heart-rate', 72, T0 + minute), numeric('d1', 'spo2', 97, T0 + minute)),
    frame(numeric('d1', 'nibp-systolic', 128, T0 + 2 * minute), numeric('d1', 'nibp-diastolic', 76, T0 + 2 * minute)),
    frame(numeric('d1', 'battery', 80, T0 + 3 * minute)),
    frame(numeric('gm-1', 'glucose', 99, T0 + 4 * minute, { original: { value: 5.5, unit: 'mmol/L' } })),
    frame(numeric('gm-1', 'glucose', 104, T0 + 5 * minute)),
    frame(numeric('gm-1', 'glucose-control', 110, T0 + 6 * minute)),
    frame(numeric('room-1', 'air-temperature', 18.4, T0 + 7 * minute)),
    frame(numeric('d9', 'heart-rate', 60, T0 + 8 * minute)),
    frame(wave('ekg-1', T0 + 9 * minute - 1000, [1, 2, 3])),
    onPatient('a5', 'ekg-1', 'p2', T0),
    alertEntry({
      subject: { kind: 'patient', id: 'p2' },
      raisedAt: T0 + 9 * minute,
      acknowledgedBy: 'nurse-1',
      acknowledgedAt: T0 + 10 * minute,
      note: 'on my way',
      state: 'acknowledged',
    }),
  );
  return bench;
};

beforeAll(() => {
  faultsOf({ resourceType: 'Patient' });
}, 60_000);

describe('every resource', () => {
  it.each([
    'Patient',
    'Location',
    'Device',
    'DeviceMetric',
    'DeviceUseStatement',
    'Observation',
    'DetectedIssue',
    'AuditEvent',
  ])('of type %s is valid FHIR R4, is found, and is read by its id', async (type) => {
    const { get, found } = serve(await ward());
    const resources = found(`/${type}`);
    expect(resources.length).toBeGreaterThan(0);
    for (const resource of resources) {
      expect(faultsOf(resource)).toEqual([]);
      expect(resource.resourceType).toBe(type);
      const read = get(`/${type}/${resource.id}`);
      expect(read).toMatchObject({ status: 200, body: resource });
      expect(read.headers['content-type']).toContain('application/fhir+json');
    }
    expect(faultsOf(get(`/${type}`).body)).toEqual([]);
  });

  it('that another refers to can be read', async () => {
    const { get, found } = serve(await ward());
    const types = ['Observation', 'Device', 'DeviceMetric', 'DeviceUseStatement', 'DetectedIssue', 'Provenance'];
    const all = types.flatMap((type) =>
      type === 'Provenance'
        ? found('/Observation').flatMap((each) => found('/Provenance', { target: `Observation/${each.id}` }))
        : found(`/${type}`),
    );
    const references = new Set([...JSON.stringify(all).matchAll(/"reference":"([^"]+)"/g)].map((match) => match[1]));
    expect(references.size).toBeGreaterThan(15);
    for (const reference of references) expect([reference, get(`/${reference}`).status]).toEqual([reference, 200]);
  });

  it('is described by the CapabilityStatement, which needs no sign-in', async () => {
    const { handle } = serve(await ward());
    const { status, body } = handle({ path: '/metadata', query: {}, principal: null });
    expect(status).toBe(200);
    expect(faultsOf(body)).toEqual([]);
    expect(JSON.stringify(body)).toContain('history-instance');
  });
});

describe('search of Patient', () => {
  it.each([
    [{ _id: 'p1' }, ['p1']],
    [{ _id: 'p1,p2' }, ['p1', 'p2']],
    [{ identifier: 'MRN-p2' }, ['p2']],
    [{ identifier: 'urn:wardwire:mrn|MRN-p2' }, ['p2']],
    [{ identifier: 'urn:other|MRN-p2' }, []],
    [{ identifier: 'urn:wardwire:mrn|' }, ['p1', 'p2']],
    [{ family: 'spaniel' }, ['p1']],
    [{ family: 'SPAN' }, ['p1']],
    [{ family: 'ada' }, []],
    [{ name: 'ada' }, ['p1']],
    [{ name: 'x,bo' }, ['p2']],
    [{ name: ['spa', 'ada'] }, ['p1']],
    [{ name: ['spa', 'bo'] }, []],
  ])('%o finds %o', async (query, ids) => {
    const { found } = serve(await ward());
    expect(found('/Patient', query).map((each) => each.id)).toEqual(ids);
  });
});

describe('search of Observation', () => {
  const everything = [
    'battery',
    'blood-pressure',
    'ekg-strip',
    'glucose',
    'glucose',
    'glucose-control',
    'heart-rate',
    'heart-rate',
    'room-climate',
    'spo2',
  ];

  it.each([
    [{}, everything],
    [{ patient: 'p1' }, ['blood-pressure', 'heart-rate', 'spo2']],
    [{ patient: 'Patient/p1' }, ['blood-pressure', 'heart-rate', 'spo2']],
    [{ patient: 'http://127.0.0.1:8080/fhir/R4/Patient/p2' }, ['ekg-strip', 'glucose', 'glucose']],
    [{ patient: 'p1,p2', category: 'vital-signs' }, ['blood-pressure', 'heart-rate', 'spo2']],
    [{ patient: 'nobody' }, []],
    [{ patient: ['p1', 'p2'] }, []],
    [{ subject: 'Patient/p2' }, ['ekg-strip', 'glucose', 'glucose']],
    [{ subject: 'Location/archive' }, ['room-climate']],
    [{ subject: 'Location/bed-1' }, []],
    [{ subject: 'Device/gm-1' }, ['glucose-control']],
    [{ subject: 'Device/d1' }, ['battery']],
    [{ device: 'Device/d9' }, ['heart-rate']],
    [{ device: 'd1', code: '8867-4' }, ['heart-rate']],
    [{ code: 'http://loinc.org|85354-9' }, ['blood-pressure']],
    [{ code: 'http://loinc.org|14743-9' }, ['glucose']],
    [{ code: '41653-7,14743-9' }, ['glucose', 'glucose']],
    [{ code: ['glucose', '41653-7'] }, ['glucose']],
    [{ code: 'urn:iso:std:iso:11073:10101|150456' }, ['spo2']],
    [{ code: 'http://snomed.info/sct|8867-4' }, []],
    [{ code: '|8867-4' }, []],
    [{ category: 'laboratory' }, ['glucose', 'glucose']],
    [{ category: 'http://terminology.hl7.org/CodeSystem/observation-category|procedure' }, ['ekg-strip']],
    [{ category: 'urn:wardwire:observation-category|environment' }, ['room-climate']],
    [{ subject: 'Location/archive', category: 'laboratory' }, []],
    [{ status: 'final', patient: 'p1' }, ['blood-pressure', 'heart-rate', 'spo2']],
    [{ status: 'entered-in-error' }, []],
    [{ date: '2026-11-26' }, everything],
    [{ date: '2026-11-25' }, []],
    [{ date: '2026' }, everything],
    [{ date: 'lt2026-11-26T12:01:00Z' }, []],
    [{ date: 'le2026-11-26T12:01:00Z' }, ['heart-rate', 'spo2']],
    [{ date: 'eq2026-11-26T12:02Z' }, ['blood-pressure']],
    [{ date: ['gt2026-11-26T12:02:00Z', 'lt2026-11-26T12:04:00Z'] }, ['battery']],
    [{ date: ['ge2026-11-26T13:02:00+01:00', 'lt2026-11-26T13:03:00 01:00'] }, ['blood-pressure']],
    [{ date: 'ge2026-11-26T12:08:00.000Z', category: 'vital-signs' }, ['heart-rate']],
  ])('%o finds %o', async (query, groups) => {
    expect(serve(await ward()).groups(query)).toEqual(groups);
  });

  it('finds one by id, by identifier and by its metric', async () => {
    const { found } = serve(await ward());
    const [first] = found('/Observation', { code: 'spo2' }) as Observation[];
    const id = first?.id ?? '';
    for (const query of [
      { _id: id },
      { identifier: id },
      { identifier: `urn:wardwire:observation|${id}` },
      { device: first?.device.reference ?? '' },
    ]) {
      expect(found('/Observation', query)).toEqual([first]);
    }
    expect(found('/Observation', { _id: id, identifier: 'another' })).toEqual([]);
  });

  it('sorts by date and pages through next links, everything once', async () => {
    const { get } = serve(await ward());
    for (const sort of ['date', '-date']) {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 12 }), async (count) => {
          const seen: Observation[] = [];
          let query: Query | null = { _count: String(count), _sort: sort, date: 'ge2026-01-01' };
          while (query) {
            const { status, body } = get('/Observation', query);
            expect(status).toBe(200);
            const bundle = body as Bundle;
            expect(bundle.total).toBe(10);
            expect(bundle.entry?.length ?? 0).toBeLessThanOrEqual(count);
            seen.push(...(bundle.entry ?? []).map((entry) => entry.resource as Observation));
            const next = bundle.link?.find((link) => link.relation === 'next');
            query = null;
            if (next) query = Object.fromEntries(new URL(next.url).searchParams.entries());
          }
          expect(new Set(seen.map((each) => each.id)).size).toBe(10);
          const times = seen.map((each) => each.effectiveDateTime ?? each.effectivePeriod?.start ?? '');
          expect(times).toEqual(sort === 'date' ? [...times].sort() : [...times].sort().reverse());
        }),
        { numRuns: 12 },
      );
    }
  });

  it('pages through resources that are listed by id', async () => {
    const { get } = serve(await ward());
    const seen: (string | undefined)[] = [];
    let query: Query | null = { _count: '1' };
    while (query) {
      const bundle = get('/Patient', query).body as Bundle;
      seen.push(...(bundle.entry ?? []).map((entry) => entry.resource?.id));
      const next = bundle.link?.find((link) => link.relation === 'next');
      query = next ? Object.fromEntries(new URL(next.url).searchParams.entries()) : null;
    }
    expect(seen).toEqual(['p1', 'p2']);
  });

  it('only counts with _count=0', async () => {
    const body = serve(await ward()).get('/Observation', { _count: '0' }).body as Bundle;
    expect(body.total).toBe(10);
    expect(body.entry).toBeUndefined();
  });

  it.each([
    ['/Observation', { nonsense: 'x' }],
    ['/Observation', { 'patient:exact': 'p1' }],
    ['/Observation', { 'patient.name': 'x' }],
    ['/Observation', { toString: 'x' }],
    ['/Observation', { patient: '' }],
    ['/Observation', { patient: 'Device/d1' }],
    ['/Observation', { patient: "p1' OR 1=1" }],
    ['/Observation', { subject: 'Patient/p1,Location/archive' }],
    ['/Observation', { date: '26.11.2026' }],
    ['/Observation', { date: '2026-02-30' }],
    ['/Observation', { date: 'ne2026-11-26' }],
    ['/Observation', { date: 'ap2026-11-26' }],
    ['/Observation', { _sort: 'code' }],
    ['/Observation', { _count: '-1' }],
    ['/Observation', { _count: ['1', '2'] }],
    ['/Observation', { _cursor: 'nonsense!' }],
    ['/Observation', { _revinclude: 'Media:subject' }],
    ['/Patient', { _revinclude: 'Provenance:target' }],
    ['/Patient', { birthdate: '1950' }],
    ['/Patient/p1', { name: 'x' }],
  ])('refuses %s with %o', async (path, query) => {
    const { status, body } = serve(await ward()).get(path, query);
    expect(status).toBe(400);
    expect(faultsOf(body)).toEqual([]);
    expect(body.resourceType).toBe('OperationOutcome');
  });

  it('never throws, whatever is asked', async () => {
    const { get } = serve(await ward());
    const name = fc.constantFrom('patient', 'date', 'code', '_count', '_cursor', '_sort', 'identifier', '_format');
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constantFrom('/Observation', '/Patient', '/Device', '/Provenance', '/AuditEvent')),
        fc.dictionary(fc.oneof(name, fc.string()), fc.oneof(fc.string(), fc.array(fc.string(), { maxLength: 3 }))),
        (path, query) => {
          expect([200, 400, 404, 406]).toContain(get(path, query).status);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('versions', () => {
  it('of an observation are all read, with who and why in their Provenance', async () => {
    const bench = await ward();
    const { get, found } = serve(bench);
    const id = found('/Observation', { code: 'blood-pressure' })[0]?.id ?? '';
    bench.store.correct(id, [{ metric: 'nibp-systolic', value: 118, unit: 'mm[Hg]' }], {
      at: T0 + 60 * minute,
      by: 'records-1',
      reason: 'transcribed wrongly',
    });
    await bench.feed(
      associationEntry(
        { id: 'a1', device: 'd1', subject: { kind: 'patient', id: 'p2' }, from: T0, to: null },
        { by: 'nurse-7', reason: 'wrong patient', at: T0 + 70 * minute },
      ),
    );
    const history = get(`/Observation/${id}/_history`).body as Bundle;
    expect(faultsOf(history)).toEqual([]);
    expect(history.entry?.map((entry) => entry.resource?.meta?.versionId)).toEqual(['3', '2', '1']);
    expect(history.entry?.map((entry) => (entry.resource as Observation).status)).toEqual([
      'corrected',
      'corrected',
      'final',
    ]);
    expect(get(`/Observation/${id}/_history/1`)).toMatchObject({
      status: 200,
      headers: { etag: 'W/"1"' },
      body: { subject: { reference: 'Patient/p1' }, component: [{ valueQuantity: { value: 128 } }, {}] },
    });
    expect(get(`/Observation/${id}`).body).toMatchObject({
      subject: { reference: 'Patient/p2' },
      component: [{ valueQuantity: { value: 118 } }, {}],
    });
    expect(get(`/Observation/${id}/_history/9`).status).toBe(404);

    const provenance = found('/Provenance', { target: `Observation/${id}` });
    for (const each of provenance) {
      expect(faultsOf(each)).toEqual([]);
      expect(get(`/Provenance/${each.id}`).body).toEqual(each);
    }
    expect(provenance).toMatchObject([
      { reason: [{ text: 'wrong patient' }], agent: [{ who: { display: 'nurse-7' } }, {}] },
      { reason: [{ text: 'transcribed wrongly' }], agent: [{ who: { display: 'records-1' } }, {}] },
      { agent: [{ who: { reference: 'Device/d1' } }, { who: { reference: 'Device/gateway' } }] },
    ]);
    expect(found('/Observation', { _id: id, _revinclude: 'Provenance:target' })[1]).toEqual(provenance[0]);
  });

  it('of a patient, a place and an association are read; other resources have none', async () => {
    const bench = await ward();
    await bench.feed(patient('p1', 'Spaniel-Terrier', 'Ada'));
    const { get } = serve(bench);
    expect((get('/Patient/p1/_history').body as Bundle).total).toBe(2);
    expect(get('/Patient/p1/_history/1').body).toMatchObject({ name: [{ family: 'Spaniël' }] });
    expect(get('/Location/bed-1/_history').status).toBe(200);
    expect(get('/DeviceUseStatement/a1/_history/1').status).toBe(200);
    expect(get('/Device/d1/_history').status).toBe(404);
  });
});

describe('an alert', () => {
  it('is a DetectedIssue with its evidence and its acknowledgement', async () => {
    const { found } = serve(await ward());
    expect(found('/DetectedIssue', { patient: 'p2' })).toMatchObject([
      {
        status: 'preliminary',
        severity: 'high',
        patient: { reference: 'Patient/p2' },
        evidence: [{ detail: [{ reference: expect.stringMatching(/^Observation\//) }] }],
        mitigation: [{ action: { text: 'Acknowledged: on my way' }, author: { display: 'nurse-1' } }],
      },
    ]);
    expect(found('/DetectedIssue', { patient: 'p1' })).toEqual([]);
    expect(found('/DetectedIssue', { identified: 'ge2026-11-27' })).toEqual([]);
    expect(found('/DetectedIssue', { identifier: 'urn:wardwire:alert|alert-1' })).toHaveLength(1);
  });
});

describe('who may look, and the trace of it', () => {
  it('answers nobody who is not signed in, and a role only what is its own', async () => {
    const { handle, get } = serve(await ward(), {
      mayRead: (principal, type) => principal.role !== 'nurse' || type !== 'AuditEvent',
    });
    expect(handle({ path: '/Patient', query: {}, principal: null })).toMatchObject({ status: 401 });
    expect(get('/AuditEvent')).toMatchObject({ status: 403, audit: { outcome: 'refused' } });
    expect(get('/Patient').status).toBe(200);
  });

  it('names the patients that were shown', async () => {
    const { get } = serve(await ward());
    expect(get('/Observation', { patient: 'p1' }).audit).toEqual({
      action: 'search',
      target: 'Observation',
      patients: ['patient:p1'],
      outcome: 'ok',
    });
    expect(get('/Patient/p2').audit).toMatchObject({ action: 'read', target: 'Patient/p2', patients: ['patient:p2'] });
    expect(get('/Patient/p9').audit).toMatchObject({ patients: [], outcome: 'failed' });
  });

  it('answers who looked at a record', async () => {
    const { found } = serve(await ward());
    expect(found('/AuditEvent', { patient: 'p1' })).toMatchObject([
      { agent: [{ who: { display: 'nurse-1' } }], entity: [{ what: { reference: 'Patient/p1' } }] },
    ]);
    expect(found('/AuditEvent', { patient: 'p2' })).toEqual([]);
  });

  it('refuses what is not JSON, and knows no other paths', async () => {
    const { get } = serve(await ward());
    expect(get('/Patient', { _format: 'xml' }).status).toBe(406);
    expect(get('/Patient', { _format: 'json' }).status).toBe(200);
    for (const path of ['/', '/Medication', '/Patient/p1/x', '/constructor', '/Patient/%2e']) {
      expect(get(path).status).toBe(404);
    }
  });

  it('says no more than that it failed when the store fails', async () => {
    const bench = await ward();
    const { get } = serve(bench);
    bench.database.close();
    const { status, body } = get('/Patient');
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('database');
  });
});
