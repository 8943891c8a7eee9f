import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissions, permissionsOf } from '../../../gateway/access/permissions.ts';
import { Guard } from '../../../gateway/api/guard.ts';
import { roles } from '../../../model/person.ts';
import { type ApiBench, accessBench, apiBench } from '../../support/api-bench.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** Every route, what it needs, and a request that reaches its handler. */
const table: readonly [method: Method, path: string, needs: string, body?: object][] = [
  ['GET', '/api/v1/me', 'signed-in'],
  ['POST', '/api/v1/session', 'public', { name: 'nobody', password: 'nothing' }],
  ['DELETE', '/api/v1/session', 'public'],
  ['GET', '/api/v1/devices', 'ward:read'],
  ['GET', '/api/v1/devices/{id}', 'ward:read'],
  ['GET', '/api/v1/places', 'ward:read'],
  ['GET', '/api/v1/limits', 'ward:read'],
  ['GET', '/api/v1/metrics-catalogue', 'ward:read'],
  ['GET', '/api/v1/patients', 'patients:read'],
  ['GET', '/api/v1/patients/{id}', 'patients:read'],
  ['GET', '/api/v1/associations', 'associations:read'],
  ['POST', '/api/v1/associations', 'associations:write', { device: 'bp-1', place: 'bed-1' }],
  ['POST', '/api/v1/associations/{id}/end', 'associations:write', {}],
  ['GET', '/api/v1/readings', 'readings:read'],
  ['GET', '/api/v1/waveforms', 'readings:read'],
  ['GET', '/api/v1/trends', 'readings:read'],
  ['GET', '/api/v1/alerts', 'alerts:read'],
  ['GET', '/api/v1/alerts/{id}', 'alerts:read'],
  ['GET', '/api/v1/alerts/{id}/evidence', 'evidence:read'],
  ['GET', '/api/v1/alerts/{id}/history', 'alerts:read'],
  ['POST', '/api/v1/alerts/{id}/acknowledge', 'alerts:handle', {}],
  ['POST', '/api/v1/alerts/{id}/pause', 'alerts:handle', { seconds: 60 }],
  ['POST', '/api/v1/alerts/{id}/reset', 'alerts:handle', {}],
  ['GET', '/api/v1/audit', 'audit:read'],
  ['GET', '/api/v1/sinks', 'operations:read'],
  ['GET', '/api/v1/sinks/{id}/dead-letters', 'operations:read'],
  ['GET', '/api/v1/users', 'users:manage'],
  ['POST', '/api/v1/users', 'users:manage', { name: 'x', role: 'nurse', password: 'short' }],
  ['PATCH', '/api/v1/users/{name}', 'users:manage', { disabled: true }],
  ['GET', '/api/v1/tokens', 'tokens:manage'],
  ['POST', '/api/v1/tokens', 'tokens:manage', { name: 'x', role: 'nurse' }],
  ['DELETE', '/api/v1/tokens/{id}', 'tokens:manage'],
  // A GET of it is answered for ever; HEAD is not.
  ['GET', '/api/v1/events', 'ward:read'],
  ['GET', '/api/v1/live', 'ward:read'],
  ['GET', '/api/v1/openapi.json', 'public'],
  ['GET', '/metrics', 'operations:read'],
  ['GET', '/healthz', 'public'],
  ['GET', '/readyz', 'public'],
  ['GET', '/fhir/R4/metadata', 'public'],
  ['GET', '/fhir/R4/{*}', 'records:read'],
  ['POST', '/fhir/R4/{type}/_search', 'records:read'],
];

const parameters: Readonly<Record<string, string>> = {
  '{id}': 'a1',
  '{name}': 'x',
  '{type}': 'Patient',
  '{*}': 'Patient',
};

const address = (path: string): string => {
  const query = path === '/api/v1/trends' ? '?device=bp-1&metric=heart-rate' : '';
  return path.replace(/\{[^}]+\}/g, (name) => parameters[name] ?? name) + query;
};

describe('who may call what', () => {
  let bench: ApiBench;
  beforeAll(async () => {
    bench = await apiBench();
  });
  afterAll(() => bench.close());

  /** From another machine, since `/metrics` asks nothing of this one. */
  const call = ([method, path, , body]: (typeof table)[number], headers: Record<string, string>) =>
    bench.api.inject({
      method: path === '/api/v1/events' ? 'HEAD' : method,
      url: address(path),
      headers,
      remoteAddress: '10.0.0.5',
      ...(body ? { payload: body } : {}),
    });

  it('covers every route that there is, as it declares itself', async () => {
    const { paths } = (await bench.api.inject('/api/v1/openapi.json')).json();
    const declared: string[] = [];
    for (const [path, operations] of Object.entries<Record<string, Record<string, unknown>>>(paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        declared.push(`${method.toUpperCase()} ${path} ${operation['x-permission']}`);
      }
    }
    expect(declared.sort()).toEqual(table.map(([method, path, needs]) => `${method} ${path} ${needs}`).sort());
    expect(new Set(table.map(([, , needs]) => needs))).toEqual(new Set([...permissions, 'public', 'signed-in']));
  });

  it.each(table)('%s %s needs %s', async (...row) => {
    const [method, path, needs] = row;
    const nobody = await call(row, {});
    if (needs === 'public') {
      expect(nobody.body).not.toContain('not-signed-in');
    } else {
      expect(nobody.statusCode).toBe(401);
      if (path !== '/api/v1/events')
        expect(nobody.json()).toMatchObject({ code: 'not-signed-in', hint: expect.stringContaining('Sign in') });
      expect(nobody.headers['www-authenticate']).toContain('Bearer');
      expect(bench.entries.at(-1)).toMatchObject({ action: 'refused', who: 'unknown', reason: 'not signed in' });
    }
    for (const role of roles) {
      const { statusCode } = await call(row, bench.as[role]);
      const held: ReadonlySet<string> = permissionsOf(role);
      const may = needs === 'public' || needs === 'signed-in' || held.has(needs);
      // The one more condition: a device on a patient is not for those who may not know the patient.
      const isExcused = path === '/api/v1/associations/{id}/end';
      if (may && !isExcused) expect(statusCode, `${role} ${method} ${path}`).not.toBe(403);
      if (!may) {
        expect(statusCode, `${role} ${method} ${path}`).toBe(403);
        expect(bench.entries.at(-1)).toMatchObject({ outcome: 'refused', who: `token:${role}-program`, role });
      }
    }
    expect(bench.faults).toEqual([]);
    bench.clock.advanceBy(61_000);
  });

  it('tells a refused caller who may', async () => {
    const refused = await bench.api.inject({ url: '/api/v1/audit', headers: bench.as.nurse });
    expect(refused.json().hint).toBe('It needs audit:read, which these roles have: records, admin.');
  });

  it('gives the metrics to a scraper on this machine', async () => {
    expect((await bench.api.inject('/metrics')).statusCode).toBe(200);
  });

  it('lets an engineer put a device on a place, not on a patient, nor take it off one', async () => {
    const post = (url: string, payload: object) =>
      bench.api.inject({ method: 'POST', url, payload, headers: bench.as.engineer });
    expect((await post('/api/v1/associations', { device: 'bp-1', place: 'bed-1' })).statusCode).toBe(201);
    expect((await post('/api/v1/associations', { device: 'bp-1', patient: 'p1' })).statusCode).toBe(403);
    expect(bench.entries.at(-1)).toMatchObject({ outcome: 'refused', reason: 'needs patients:read' });
    expect((await post('/api/v1/associations/s1/end', {})).statusCode).toBe(403);
    expect(bench.view.association('s1')?.to).toBeNull();
  });

  it('refuses to start with a route that declares no permission', async () => {
    const app = Fastify();
    const hosts = () => ({ onLoopback: true, allowedHosts: [] });
    new Guard({ access: accessBench().access, secureCookie: false, hosts }).protect(app);
    expect(() => app.get('/open', async () => 'anyone')).toThrow('GET /open declares no permission');
    await app.close();
  });
});
