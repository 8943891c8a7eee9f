import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiBench, apiBench } from '../../support/api-bench.ts';

describe('whatever is sent', () => {
  let bench: ApiBench;
  beforeAll(async () => {
    bench = await apiBench();
  });
  afterAll(() => bench.close());

  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
  const paths = [
    'me',
    'session',
    'devices',
    'places',
    'patients',
    'associations',
    'associations/s1/end',
    'readings',
    'waveforms',
    'trends',
    'alerts',
    'alerts/a1',
    'alerts/a1/acknowledge',
    'alerts/a1/pause',
    'alerts/a1/reset',
    'alerts/a1/evidence',
    'audit',
    'sinks/records/dead-letters',
    'users',
    'users/x',
    'tokens',
    'tokens/x',
    'live',
    '../../fhir/R4/Observation',
  ];
  const names = [
    'limit',
    'cursor',
    'from',
    'to',
    'state',
    'device',
    'patient',
    'metric',
    'points',
    '__proto__',
    'constructor',
    '_count',
  ];
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '1e9',
      '-1',
      'NaN',
      '9999-12-31T23:59:59Z',
      '0000-01-01T00:00:00Z',
      "' OR 1=1 --",
      '\u0000',
      '%',
      '[]',
      '{}',
    ),
  );
  const path = fc.oneof(
    fc.constantFrom(...paths),
    fc
      .array(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.map(encodeURIComponent).join('/')),
  );
  const payload = fc.oneof(
    fc.constant(undefined),
    fc.json(),
    fc.string(),
    fc
      .record(
        {
          note: fc.anything(),
          seconds: fc.anything(),
          name: fc.anything(),
          password: fc.anything(),
          role: fc.anything(),
          device: fc.anything(),
          patient: fc.anything(),
          from: fc.anything(),
        },
        { requiredKeys: [] },
      )
      .map((body) => {
        try {
          return JSON.stringify(body) ?? '';
        } catch {
          return '{}';
        }
      }),
  );

  it('is answered, never with a fault of ours, and every refusal is a problem', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...methods),
        path,
        fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string()), value), { maxLength: 4 }),
        payload,
        fc.constantFrom('application/json', 'text/plain', 'application/json; charset=x', 'nonsense', ''),
        async (method, where, query, body, type) => {
          const search = new URLSearchParams(query.map(([name, text]): [string, string] => [name, text]));
          const answer = await bench.api.inject({
            method,
            url: `/api/v1/${where}?${search}`,
            headers: { ...bench.as.admin, ...(type === '' ? {} : { 'content-type': type }) },
            ...(body === undefined || method === 'GET' || method === 'HEAD' ? {} : { payload: body }),
          });
          expect(bench.faults).toEqual([]);
          expect(answer.statusCode).toBeLessThan(500);
          if (answer.statusCode < 400 || method === 'HEAD') return;
          expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
          expect(answer.json()).toMatchObject({ status: answer.statusCode, code: expect.any(String) });
        },
      ),
      // Event streams never end, so they are not among the paths.
      { numRuns: 600 },
    );
  });

  it('as a credential opens nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ maxLength: 80 }),
        fc.constantFrom('cookie', 'authorization'),
        async (text, header) => {
          const printable = text.replace(/[^\x20-\x7e]/g, '?');
          const sent = header === 'cookie' ? `wardwire=${printable}` : `Bearer ww_${printable}`;
          const { statusCode } = await bench.api.inject({ url: '/api/v1/me', headers: { [header]: sent } });
          expect(statusCode).toBe(401);
        },
      ),
      { numRuns: 100 },
    );
  });
});
