import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { roles } from '../../../model/person.ts';
import { type ApiBench, apiBench } from '../../support/api-bench.ts';
import { aPatient, start } from '../../support/fake-view.ts';

let bench: ApiBench;
beforeEach(async () => {
  bench = await apiBench();
});
afterEach(async () => {
  expect(bench.faults).toEqual([]);
  await bench.close();
});

const get = async (url: string, role: keyof ApiBench['as'] = 'nurse') => {
  const { statusCode, json } = await bench.api.inject({ url, headers: bench.as[role] });
  return { status: statusCode, body: json() };
};
const send = async (
  method: 'POST' | 'PATCH' | 'DELETE',
  url: string,
  payload?: object,
  role: keyof ApiBench['as'] = 'nurse',
) => {
  const answer = await bench.api.inject({ method, url, headers: bench.as[role], ...(payload ? { payload } : {}) });
  return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() };
};

describe('what is read', () => {
  it.each([
    '/api/v1/devices',
    '/api/v1/places',
    '/api/v1/limits',
    '/api/v1/metrics-catalogue',
    '/api/v1/patients',
    '/api/v1/associations',
    '/api/v1/readings',
    '/api/v1/waveforms',
    '/api/v1/alerts',
    '/api/v1/alerts/a1/history',
    '/api/v1/audit',
    '/api/v1/sinks',
    '/api/v1/sinks/records/dead-letters',
    '/api/v1/users',
    '/api/v1/tokens',
  ])('%s answers {items, next}', async (url) => {
    const { status, body } = await get(url, 'admin');
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['items', 'next']);
    if (url !== '/api/v1/users') expect(body.items.length).toBeGreaterThan(0);
    expect(body.next).toBeNull();
  });

  it.each(['devices/bp-1', 'patients/p1', 'alerts/a1'])('%s is one thing', async (path) => {
    expect((await get(`/api/v1/${path}`)).body.id).toBe(path.split('/')[1]);
  });

  it.each(['devices/x', 'patients/x', 'alerts/x', 'alerts/x/evidence', 'alerts/x/history', 'sinks/x/dead-letters'])(
    '%s is not there',
    async (path) => {
      expect(await get(`/api/v1/${path}`, 'admin')).toMatchObject({ status: 404, body: { code: 'not-found' } });
    },
  );

  it('filters devices', async () => {
    const count = async (query: string) => (await get(`/api/v1/devices?${query}`)).body.items.length;
    expect(await count('class=blood-pressure&state=running&place=bed-1')).toBe(1);
    expect(await count('class=glucose')).toBe(0);
    expect(await count('state=silent')).toBe(0);
    expect(await count('place=bed-2')).toBe(0);
  });

  it('passes every filter of readings on, moments as ms', async () => {
    const query = 'device=bp-1&patient=p1&place=bed-1&metric=nibp-systolic&limit=7&cursor=at-0';
    await get(`/api/v1/readings?${query}&from=2026-11-26T09:00:00%2B01:00&to=2026-11-26T08:00:02Z`);
    expect(bench.view.asked.at(-1)).toEqual({
      name: 'readings',
      query: {
        device: 'bp-1',
        patient: 'p1',
        place: 'bed-1',
        metric: 'nibp-systolic',
        limit: 7,
        cursor: 'at-0',
        from: start,
        to: start + 2000,
      },
    });
  });

  it('pages by the cursor that it gave, to the end', async () => {
    const ids: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const { body }: { body: { items: { id: string }[]; next: string | null } } = await get(
        `/api/v1/readings?limit=2${next === '' ? '' : `&cursor=${next}`}`,
      );
      ids.push(...body.items.map(({ id }) => id));
      next = body.next;
    }
    expect(ids).toEqual(['r0', 'r1', 'r2', 'r3', 'r4']);
  });

  it('gives active alerts, and passes the other filters on', async () => {
    expect((await get('/api/v1/alerts?state=active')).body.items).toMatchObject([{ id: 'a1' }]);
    expect((await get('/api/v1/alerts?state=normal')).body.items).toEqual([]);
    await get('/api/v1/alerts?kind=technical&priority=low&device=d&place=x&patient=p1&limit=3');
    expect(bench.view.asked.at(-1)?.query).toMatchObject({
      kind: 'technical',
      priority: 'low',
      device: 'd',
      place: 'x',
      patient: 'p1',
      limit: 3,
    });
  });

  it('gives a trend of the last day unless asked otherwise', async () => {
    const { body } = await get('/api/v1/trends?device=bp-1&metric=nibp-systolic');
    expect(body).toMatchObject({ device: 'bp-1', metric: 'nibp-systolic', points: [{ min: 1, max: 3 }] });
    expect(bench.view.asked.at(-1)?.query).toMatchObject({ from: start - 86_400_000, to: start, points: 240 });
  });

  it('goes from an alert down to the bytes', async () => {
    const { body } = await get('/api/v1/alerts/a1/evidence');
    expect(body).toMatchObject({ alert: { id: 'a1' }, rule: { id: 'limits' }, frames: [{ hex: '3e05' }] });
  });

  it('hands FHIR on with its query, and passes the answer back as it is', async () => {
    const { headers, statusCode } = await bench.api.inject({
      url: '/fhir/R4/Observation?patient=p1&date=ge2026&date=lt2027',
      headers: bench.as.nurse,
    });
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toBe('application/fhir+json; charset=utf-8');
    expect(bench.view.asked.at(-1)?.query).toMatchObject({
      path: '/Observation',
      query: { patient: 'p1', date: ['ge2026', 'lt2027'] },
      principal: { name: 'token:nurse-program', role: 'nurse' },
      baseUrl: 'http://localhost:80/fhir/R4',
    });
    expect((await get('/fhir/R4/Nothing')).status).toBe(404);
  });

  it('takes a FHIR search as a form', async () => {
    const { statusCode } = await bench.api.inject({
      method: 'POST',
      url: '/fhir/R4/Observation/_search?_count=5',
      payload: 'patient=p1&code=8480-6',
      headers: { ...bench.as.nurse, 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(statusCode).toBe(200);
    expect(bench.view.asked.at(-1)?.query).toMatchObject({
      path: '/Observation',
      query: { _count: '5', patient: 'p1', code: '8480-6' },
    });
  });

  it('is ready while its checks say so; else it says which do not, and why', async () => {
    expect((await get('/readyz')).body).toEqual({ status: 'ready', checks: bench.view.checks });
    bench.view.checks = [
      { name: 'journal', ok: false, reason: 'the disk is full' },
      { name: 'rules', ok: true, reason: null },
    ];
    expect(await get('/readyz')).toMatchObject({
      status: 503,
      body: { code: 'not-ready', detail: 'journal: the disk is full', checks: bench.view.checks },
    });
    expect(await get('/healthz')).toEqual({ status: 200, body: { status: 'alive', version: '0.0.0-test' } });
  });
});

describe('what is done', () => {
  it('acknowledges in the name of the caller, with or without a note', async () => {
    const { body } = await send('POST', '/api/v1/alerts/a1/acknowledge', { note: 'on my way' });
    expect(body).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'token:nurse-program', note: 'on my way' });
    expect((await send('POST', '/api/v1/alerts/a1/acknowledge')).body.note).toBeNull();
    expect(bench.entries.at(-1)).toMatchObject({
      action: 'acknowledge',
      target: 'alert:a1',
      who: 'token:nurse-program',
    });
    expect((await send('POST', '/api/v1/alerts/x/acknowledge', {})).status).toBe(404);
  });

  it('pauses for as long as asked, within bounds', async () => {
    const { body } = await send('POST', '/api/v1/alerts/a1/pause', { seconds: 120 });
    expect(body.audioPausedUntil).toBe('2026-11-26T08:02:00.000Z');
    for (const seconds of [0, -1, 1801, 1.5, '60', null]) {
      expect((await send('POST', '/api/v1/alerts/a1/pause', { seconds })).status).toBe(400);
    }
    expect((await send('POST', '/api/v1/alerts/a1/pause')).status).toBe(400);
  });

  it('passes on why a reset is refused', async () => {
    expect(await send('POST', '/api/v1/alerts/a1/reset')).toMatchObject({
      status: 409,
      body: { code: 'conflict', detail: 'The alert is not latched.', hint: 'See the list.' },
    });
  });

  it('begins and ends associations', async () => {
    const { status, body } = await send('POST', '/api/v1/associations', { device: 'bp-1', place: 'bed-1' });
    expect({ status, place: body.place }).toEqual({ status: 201, place: 'bed-1' });
    const ended = await send('POST', `/api/v1/associations/${body.id}/end`, { at: '2026-11-26T10:00:00Z' });
    expect(ended.body.to).toBe('2026-11-26T10:00:00.000Z');
    expect((await send('POST', '/api/v1/associations', { device: 'bp-1', patient: 'p1' })).status).toBe(409);
    expect((await send('POST', '/api/v1/associations', { device: 'nix', place: 'bed-1' })).status).toBe(404);
    expect((await send('POST', '/api/v1/associations', { device: 'bp-1' })).body.detail).toContain(
      'a patient or a place',
    );
    const both = { device: 'bp-1', patient: 'p1', place: 'bed-1' };
    expect((await send('POST', '/api/v1/associations', both)).body.detail).toContain('not both');
  });

  it('manages users and tokens', async () => {
    const user = { name: 'nora', role: 'nurse', password: 'seven quiet herons' };
    expect((await send('POST', '/api/v1/users', user, 'admin')).status).toBe(201);
    expect((await send('POST', '/api/v1/users', user, 'admin')).status).toBe(409);
    expect((await send('PATCH', '/api/v1/users/nora', { role: 'records' }, 'admin')).body.role).toBe('records');
    expect((await send('PATCH', '/api/v1/users/nix', { disabled: true }, 'admin')).status).toBe(404);
    const made = await send('POST', '/api/v1/tokens', { name: 'node-red', role: 'engineer' }, 'admin');
    const authorization = `Bearer ${made.body.secret}`;
    const me = () => bench.api.inject({ url: '/api/v1/me', headers: { authorization } });
    expect((await me()).json()).toMatchObject({ name: 'token:node-red', role: 'engineer' });
    expect((await send('DELETE', `/api/v1/tokens/${made.body.id}`, undefined, 'admin')).status).toBe(204);
    expect((await me()).statusCode).toBe(401);
    const listed = await get('/api/v1/tokens', 'admin');
    expect(JSON.stringify(listed.body)).not.toContain(made.body.secret);
    expect(bench.entries.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['user-created', 'user-changed', 'token-created', 'token-revoked']),
    );
    expect(JSON.stringify(bench.entries)).not.toContain('herons');
  });
});

describe('signing in', () => {
  const credentials = { name: 'nora', password: 'seven quiet herons' };
  const signIn = (payload: object = credentials, cookie?: string) =>
    bench.api.inject({ method: 'POST', url: '/api/v1/session', payload, ...(cookie ? { headers: { cookie } } : {}) });
  const me = (cookie: string) => bench.api.inject({ url: '/api/v1/me', headers: { cookie } });
  const cookieOf = (answer: Awaited<ReturnType<typeof signIn>>) =>
    String(answer.headers['set-cookie']).split(';')[0] ?? '';

  beforeEach(async () => {
    await bench.access.users.create({ ...credentials, role: 'nurse' }, 'setup');
  });

  it('sets a cookie that scripts and other sites cannot use, and signing out ends it', async () => {
    const answer = await signIn();
    expect(answer.json()).toMatchObject({
      name: 'nora',
      role: 'nurse',
      permissions: expect.arrayContaining(['alerts:handle']),
    });
    expect(answer.headers['set-cookie']).toMatch(
      /^wardwire=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/,
    );
    const cookie = cookieOf(answer);
    expect((await me(cookie)).json().name).toBe('nora');
    const out = await bench.api.inject({ method: 'DELETE', url: '/api/v1/session', headers: { cookie } });
    expect([out.statusCode, out.body]).toEqual([204, '']);
    expect(out.headers['set-cookie']).toContain('Max-Age=0');
    expect((await me(cookie)).statusCode).toBe(401);
    expect(bench.entries.map(({ action }) => action)).toEqual(['sign-in', 'sign-out', 'refused']);
  });

  it('does not keep a session that was there before', async () => {
    const before = cookieOf(await signIn());
    const after = cookieOf(await signIn(credentials, before));
    expect(after).not.toBe(before);
    expect((await me(before)).statusCode).toBe(401);
    expect((await me(after)).statusCode).toBe(200);
  });

  it('refuses with 401, then 429 and how long to wait', async () => {
    for (let attempt = 0; attempt < 5; attempt++) {
      expect((await signIn({ ...credentials, password: 'wrong' })).statusCode).toBe(401);
    }
    const answer = await signIn();
    expect([answer.statusCode, answer.headers['retry-after'], answer.json().code]).toEqual([
      429,
      '1',
      'sign-in-throttled',
    ]);
    expect(bench.entries.every(({ outcome }) => outcome === 'refused')).toBe(true);
  });
});

describe('the log of looks', () => {
  it('names each patient that an answer told of, who asked, from where, and no value', async () => {
    bench.view.patientList.push(aPatient('p2'));
    const first = bench.view.readingList[0];
    if (first) bench.view.readingList.push({ ...first, patient: 'p2' }, { ...first, patient: null });
    await get('/api/v1/readings');
    expect(bench.entries.map(({ action, target, who, outcome }) => ({ action, target, who, outcome }))).toEqual(
      ['patient:p1', 'patient:p2'].map((target) => ({
        action: 'read',
        target,
        who: 'token:nurse-program',
        outcome: 'ok',
      })),
    );
    expect(bench.entries.every(({ address, role }) => address === '127.0.0.1' && role === 'nurse')).toBe(true);
  });

  it.each([
    ['/api/v1/patients', 'list', 'patients'],
    ['/api/v1/patients/p1', 'read', 'patient:p1'],
    ['/api/v1/associations', 'read', 'patient:p1'],
    ['/api/v1/waveforms', 'read', 'patient:p1'],
    ['/api/v1/trends?device=bp-1&metric=heart-rate', 'read', 'patient:p1'],
    ['/api/v1/alerts', 'read', 'patient:p1'],
    ['/api/v1/alerts/a1', 'read', 'patient:p1'],
    ['/api/v1/alerts/a1/evidence', 'read', 'patient:p1'],
    ['/api/v1/alerts/a1/history', 'read', 'alert:a1'],
    ['/fhir/R4/Patient/p1', 'read', 'patient:p1'],
    ['/fhir/R4/Observation', 'search', 'Observation'],
  ])('%s is written down', async (url, action, target) => {
    await get(url);
    expect(bench.entries).toMatchObject([{ action, target, outcome: 'ok' }]);
  });

  it('says where the viewer saw pseudonyms', async () => {
    await get('/api/v1/readings', 'engineer');
    expect(bench.entries).toMatchObject([{ target: 'patient:p1', reason: 'pseudonymised' }]);
  });
});

describe('whoever may not know the patients', () => {
  const hidden = /p1"|Family|Given|MRN|1950/;
  const blind = roles.filter((role) => role === 'engineer' || role === 'tester');

  it.each(blind)('%s finds no patient in any answer', async (role) => {
    const urls = ['devices', 'places', 'limits', 'associations', 'readings', 'waveforms', 'alerts', 'alerts/a1'];
    for (const url of [...urls, 'alerts/a1/evidence', 'alerts/a1/history']) {
      const { status, body } = await get(`/api/v1/${url}`, role);
      expect(status).toBe(200);
      expect(JSON.stringify(body), url).not.toMatch(hidden);
    }
  });

  it('can follow one patient by pseudonym, but cannot ask by the real id', async () => {
    const [first] = (await get('/api/v1/readings', 'engineer')).body.items;
    expect(first.patient).toMatch(/^pseudonym-[0-9a-f]{10}$/);
    for (const path of ['readings', 'waveforms', 'alerts', 'associations']) {
      const by = async (patient: string) =>
        (await get(`/api/v1/${path}?patient=${patient}`, 'engineer')).body.items.length;
      expect(await by(first.patient)).toBeGreaterThan(0);
      expect(await by('p1')).toBe(0);
    }
  });
});
