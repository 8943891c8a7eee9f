import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import type { InjectOptions } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiBench, apiBench } from '../../support/api-bench.ts';

let bench: ApiBench;
beforeEach(async () => {
  bench = await apiBench();
});
afterEach(() => bench.close());

const ask = async (request: InjectOptions) => {
  const answer = await bench.api.inject({ ...request, headers: { ...bench.as.admin, ...request.headers } });
  return {
    status: answer.statusCode,
    type: answer.headers['content-type'],
    body: answer.json(),
    headers: answer.headers,
  };
};

describe('a refusal', () => {
  const acknowledge = '/api/v1/alerts/a1/acknowledge';
  const json = { 'content-type': 'application/json' };

  it.each<[string, number, string, InjectOptions]>([
    ['an unknown address', 404, 'not-found', { url: '/api/v1/nothing' }],
    ['an address below another', 404, 'not-found', { url: '/api/v1/readings/x/y' }],
    ['a wrong method', 405, 'method-not-allowed', { method: 'PUT', url: '/api/v1/readings' }],
    ['a wrong method on one thing', 405, 'method-not-allowed', { method: 'DELETE', url: '/api/v1/alerts/a1' }],
    [
      'a form',
      415,
      'media-type',
      {
        method: 'POST',
        url: acknowledge,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: 'note=x',
      },
    ],
    [
      'an empty form',
      415,
      'media-type',
      { method: 'POST', url: acknowledge, headers: { 'content-type': 'text/plain' } },
    ],
    [
      'a body that is no JSON',
      400,
      'invalid-json',
      { method: 'POST', url: acknowledge, headers: json, payload: '{"note":' },
    ],
    [
      'a poisoned body',
      400,
      'invalid-json',
      { method: 'POST', url: acknowledge, headers: json, payload: '{"__proto__":{"x":1}}' },
    ],
    [
      'a body that is too large',
      413,
      'too-large',
      { method: 'POST', url: acknowledge, payload: { note: 'x'.repeat(70_000) } },
    ],
    ['an unknown field', 400, 'validation', { method: 'POST', url: acknowledge, payload: { nota: 'x' } }],
    ['an unknown filter', 400, 'validation', { url: '/api/v1/alerts?stat=active' }],
    ['an unknown value of a filter', 400, 'validation', { url: '/api/v1/alerts?state=ringing' }],
    ['a filter given twice', 400, 'validation', { url: '/api/v1/alerts?state=active&state=normal' }],
    ['a moment without a zone', 400, 'validation', { url: '/api/v1/readings?from=2026-11-26T08:00:00' }],
    [
      'a span that ends before it begins',
      400,
      'validation',
      { url: '/api/v1/readings?from=2026-11-27T00:00:00Z&to=2026-11-26T00:00:00Z' },
    ],
    ['an unknown metric', 400, 'validation', { url: '/api/v1/readings?metric=mood' }],
    ['a limit beyond bounds', 400, 'validation', { url: '/api/v1/readings?limit=1001' }],
    ['a limit that is no number', 400, 'validation', { url: '/api/v1/readings?limit=many' }],
    ['a cursor that was not given out', 400, 'bad-cursor', { url: '/api/v1/readings?cursor=x' }],
    ['a trend of nothing', 400, 'validation', { url: '/api/v1/trends' }],
    ['an id that is too long', 404, 'not-found', { url: `/api/v1/alerts/${'x'.repeat(300)}` }],
    ['an address that is not encoded', 400, 'bad-address', { url: '/api/v1/alerts/%zz' }],
    ['a name of another host', 421, 'host-refused', { url: '/api/v1/me', headers: { host: 'evil.example:8080' } }],
  ])('of %s is %i %s, as a problem that says what to do', async (_what, status, code, request) => {
    const answer = await ask(request);
    expect(answer).toMatchObject({
      status,
      type: 'application/problem+json; charset=utf-8',
      body: {
        type: `urn:wardwire:problem:${code}`,
        status,
        code,
        title: expect.any(String),
        detail: expect.any(String),
      },
    });
    expect(answer.body.hint).toEqual(expect.any(String));
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(bench.faults).toEqual([]);
  });

  it('names the field and what is expected of it', async () => {
    const { body } = await ask({ method: 'POST', url: '/api/v1/alerts/a1/pause', payload: { seconds: 9999 } });
    expect(body.fields).toEqual([{ field: 'body.seconds', problem: 'Too big: expected number to be <=1800' }]);
    expect((await ask({ url: '/api/v1/alerts?stat=active' })).body.detail).toContain('"stat"');
  });

  it('tells the methods that an address takes', async () => {
    expect((await ask({ method: 'PUT', url: '/api/v1/associations' })).headers.allow).toBe('GET, HEAD, POST');
  });

  it('for a fault of ours says nothing of it to the caller, but to the operator', async () => {
    bench.view.failure = new Error('SELECT secret FROM patients');
    const { status, body } = await ask({ url: '/api/v1/readings' });
    expect({ status, code: body.code }).toEqual({ status: 500, code: 'internal' });
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(bench.faults).toEqual(['GET /api/v1/readings: SELECT secret FROM patients']);
  });

  it('of what is no HTTP is a problem too', async () => {
    const { port } = await bench.api.listen('127.0.0.1', 0);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('end', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad request\r\n/);
    expect(answer).toContain('urn:wardwire:problem:bad-request');
  });
});

describe('the guard against other sites', () => {
  const change = (headers: Record<string, string>) =>
    ask({
      method: 'POST',
      url: '/api/v1/alerts/a1/acknowledge',
      payload: {},
      headers: { host: '127.0.0.1:8080', ...headers },
    });

  it.each([
    [{}],
    [{ origin: 'http://127.0.0.1:8080' }],
    [{ 'sec-fetch-site': 'same-origin' }],
    [{ host: 'localhost', origin: 'http://localhost:80' }],
    [{ host: '[::1]:8080', origin: 'http://[::1]:8080' }],
  ])('lets its own page change things: %j', async (headers) => {
    expect((await change(headers)).status).toBe(200);
  });

  it.each([
    [{ origin: 'http://evil.example' }],
    [{ origin: 'http://127.0.0.1:9999' }],
    [{ origin: 'null' }],
    [{ origin: 'chrome-extension://127.0.0.1:8080' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
  ])('refuses a change from elsewhere and writes it down: %j', async (headers) => {
    const { status, body } = await change(headers);
    expect([status, body.code]).toEqual([403, 'origin-refused']);
    expect(bench.entries).toMatchObject([{ action: 'refused', reason: 'origin' }]);
    expect(bench.view.alert('a1')?.state).toBe('unacknowledged');
  });

  it.each(['evil.example', '127.0.0.1.evil.example', 'localhost@evil.example', '127.0.0.1:80/x'])(
    'answers to no other name, since then somebody rebinds ours: %j',
    async (host) => {
      expect((await ask({ url: '/api/v1/me', headers: { host } })).body.code).toBe('host-refused');
      expect(bench.entries).toMatchObject([{ action: 'refused', reason: 'host' }]);
    },
  );
});

describe('listening', () => {
  it('on another address needs TLS or a word', async () => {
    await expect(bench.api.listen('0.0.0.0', 0)).rejects.toMatchObject({
      code: 'bind-refused',
      hint: expect.any(String),
    });
  });

  it('says which address is taken', async () => {
    const { port } = await bench.api.listen('127.0.0.1', 0);
    const other = await apiBench();
    await expect(other.api.listen('127.0.0.1', port)).rejects.toMatchObject({ code: 'address-in-use' });
    await other.close();
  });

  it('answers to the names that the site allows', async () => {
    const other = await apiBench({ allowedHosts: ['ward.example'] });
    const { port } = await other.api.listen('127.0.0.1', 0);
    const status = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const asking = httpRequest({ port, host: '127.0.0.1', path: '/healthz', headers: { host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
        asking.on('error', reject);
        asking.end();
      });
    expect(await Promise.all(['ward.example', `localhost:${port}`, 'other.example'].map(status))).toEqual([
      200, 200, 421,
    ]);
    await other.close();
  });
});
