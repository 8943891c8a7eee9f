import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiBench, apiBench } from '../../support/api-bench.ts';

describe('what every answer carries', () => {
  let bench: ApiBench;
  let site: string;
  beforeAll(async () => {
    site = mkdtempSync(join(tmpdir(), 'wardwire-site-'));
    mkdirSync(join(site, 'assets'));
    mkdirSync(join(site, '.git'));
    writeFileSync(join(site, 'index.html'), '<!doctype html><title>Ward</title>');
    writeFileSync(join(site, 'assets', 'index-abc123.js'), 'export {};');
    writeFileSync(join(site, 'sw.js'), '// worker');
    writeFileSync(join(site, '.git', 'config'), 'secret');
    writeFileSync(join(site, '..', 'outside.txt'), 'secret');
    bench = await apiBench({ staticDir: site });
  });
  afterAll(async () => {
    await bench.close();
    rmSync(site, { recursive: true });
  });

  it.each([
    '/',
    '/api/v1/me',
    '/api/v1/nothing',
    '/healthz',
    '/metrics',
    '/api/v1/openapi.json',
    '/assets/index-abc123.js',
  ])('%s has the security headers', async (url) => {
    const { headers } = await bench.api.inject(url);
    expect(headers).toMatchObject({
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    expect(headers['permissions-policy']).toContain('microphone=()');
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers['strict-transport-security']).toBeUndefined();
  });

  it('keeps no answer of the API in any cache', async () => {
    const { headers } = await bench.api.inject({ url: '/api/v1/readings', headers: bench.as.nurse });
    expect(headers['cache-control']).toBe('no-store');
  });

  it.each([
    ['/', 200, 'text/html', 'no-cache'],
    ['/index.html', 200, 'text/html', 'no-cache'],
    ['/beds/12', 200, 'text/html', 'no-cache'],
    ['/apiary', 200, 'text/html', 'no-cache'],
    ['/sw.js', 200, 'javascript', 'no-cache'],
    ['/assets/index-abc123.js', 200, 'javascript', 'public, max-age=31536000, immutable'],
    ['/assets/index-old.js', 404, 'problem+json', 'no-store'],
    ['/assets', 200, 'text/html', 'no-cache'],
    ['/.git/config', 404, 'problem+json', 'no-store'],
    ['/..%2foutside.txt', 404, 'problem+json', 'no-store'],
    ['/assets/..%5c..%5coutside.txt', 404, 'problem+json', 'no-store'],
    ['/%00', 404, 'problem+json', 'no-store'],
    ['/api', 404, 'problem+json', 'no-store'],
    ['/fhir/R3/Patient', 404, 'problem+json', 'no-store'],
  ])('%s is %i %s, kept as %s', async (url, status, type, cache) => {
    const { statusCode, headers, body } = await bench.api.inject(url);
    expect({ statusCode, cache: headers['cache-control'] }).toEqual({ statusCode: status, cache });
    expect(headers['content-type']).toContain(type);
    expect(body).not.toContain('secret');
  });

  it('says how to build the dashboard where it is not there', async () => {
    for (const staticDir of [null, join(site, 'assets')]) {
      const without = await apiBench({ staticDir });
      const { statusCode, body } = await without.api.inject('/');
      expect(statusCode).toBe(503);
      expect(body).toContain('npm run build:dashboard');
      await without.close();
    }
  });

  it('marks the cookie for TLS only where there is TLS', async () => {
    const behind = await apiBench({ behindTls: true });
    await behind.access.users.create({ name: 'nora', role: 'nurse', password: 'seven quiet herons' }, 'setup');
    const payload = { name: 'nora', password: 'seven quiet herons' };
    const { headers } = await behind.api.inject({ method: 'POST', url: '/api/v1/session', payload });
    expect(headers['set-cookie']).toMatch(
      /^__Host-wardwire=[\w-]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+; Secure$/,
    );
    expect(headers['strict-transport-security']).toContain('max-age=');
    await behind.close();
  });

  it('asks for trusted types where the site wants them', async () => {
    const strict = await apiBench({ trustedTypes: true });
    const { headers } = await strict.api.inject('/');
    expect(headers['content-security-policy']).toContain("require-trusted-types-for 'script'; trusted-types wardwire");
    await strict.close();
  });
});

describe('/metrics', () => {
  it('gives the gateway’s numbers each time anew, those of the API and of the process', async () => {
    const bench = await apiBench({ processMetrics: true });
    await bench.api.inject({ url: '/api/v1/devices', headers: bench.as.nurse });
    await bench.api.inject('/metrics');
    const { body, headers } = await bench.api.inject('/metrics');
    expect(headers['content-type']).toContain('text/plain');
    const lines = body.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        '# TYPE wardwire_samples_total counter',
        'wardwire_samples_total{device="bp-1"} 12',
        'wardwire_samples_total{device="bp-2"} 3',
        '# TYPE wardwire_journal_pending gauge',
        'wardwire_journal_pending 2',
        'wardwire_live_screens 0',
        'wardwire_http_request_seconds_count{method="GET",route="/api/v1/devices",status="200"} 1',
      ]),
    );
    expect(body).toContain('nodejs_eventloop_lag_p99_seconds');
    expect(body).toContain('process_resident_memory_bytes');
    expect(body).not.toMatch(/patient|p1"/);
    await bench.close();
  });
});
