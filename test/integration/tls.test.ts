import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get as httpsGet, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTls } from '../../gateway/api/tls.ts';
import { apiBench } from '../support/api-bench.ts';
import { start } from '../support/fake-view.ts';
import { LiveClient } from '../support/live-client.ts';
import { programMissing, requireProgram } from '../support/programs.ts';

describe.skipIf(programMissing('openssl'))('the API over TLS', () => {
  let directory: string;
  const file = (name: string) => join(directory, name);

  const makeCertificate = (name: string, days: number) =>
    execFileSync(
      requireProgram('openssl'),
      [
        ...[
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-days',
          String(days),
        ],
        ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
        ...['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)],
      ],
      { stdio: 'ignore' },
    );

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'wardwire-tls-'));
    makeCertificate('one', 2);
    makeCertificate('two', 2);
    writeFileSync(file('junk.pem'), 'junk');
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const read = (cert: string, key: string, now = start) => readTls({ certFile: file(cert), keyFile: file(key) }, now);

  it('refuses files that would only fail later', () => {
    const codeOf = (act: () => unknown) => {
      try {
        act();
        return 'taken';
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(codeOf(() => read('one.pem', 'one.key'))).toBe('taken');
    expect(codeOf(() => read('one.pem', 'two.key'))).toBe('tls-mismatch');
    expect(codeOf(() => read('junk.pem', 'one.key'))).toBe('tls-invalid');
    expect(codeOf(() => read('one.pem', 'junk.pem'))).toBe('tls-invalid');
    expect(codeOf(() => read('nothing.pem', 'one.key'))).toBe('tls-unreadable');
    expect(codeOf(() => read('one.pem', 'one.key', Date.UTC(2100, 0)))).toBe('tls-expired');
  });

  it('signs in with a cookie that is bound to this host, and opens the live socket with it', async () => {
    const tls = read('one.pem', 'one.key');
    const bench = await apiBench({ tls });
    const { port, url } = await bench.api.listen('0.0.0.0', 0);
    expect(url).toMatch(/^https:/);
    await bench.access.users.create({ name: 'nora', role: 'nurse', password: 'seven quiet herons' }, 'setup');
    const base = { host: '127.0.0.1', port, ca: tls.cert, servername: 'localhost' };
    const cookie = await new Promise<string>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', origin: `https://127.0.0.1:${port}` };
      const asking = request({ ...base, path: '/api/v1/session', method: 'POST', headers }, (answer) => {
        answer.resume();
        resolve(answer.headers['set-cookie']?.[0] ?? `status ${answer.statusCode}`);
      });
      asking.on('error', reject);
      asking.end(JSON.stringify({ name: 'nora', password: 'seven quiet herons' }));
    });
    expect(cookie).toMatch(/^__Host-wardwire=.*; Secure$/);
    const client = new LiveClient(`wss://127.0.0.1:${port}/api/v1/live`, {
      ca: tls.cert,
      origin: `https://127.0.0.1:${port}`,
      headers: { cookie: cookie.split(';')[0] ?? '' },
    });
    expect((await client.frame('snapshot')).ward.name).toBe('Ward');
    client.socket.terminate();
    await bench.close();
  });

  it('does not speak TLS below 1.2', async () => {
    const tls = read('one.pem', 'one.key');
    const bench = await apiBench({ tls });
    const { port } = await bench.api.listen('127.0.0.1', 0);
    const options = { host: '127.0.0.1', port, ca: tls.cert, path: '/healthz', agent: false } as const;
    const ask = (version: 'TLSv1.1' | 'TLSv1.2') =>
      new Promise<string>((resolve) => {
        const ciphers = 'DEFAULT:@SECLEVEL=0';
        httpsGet({ ...options, ciphers, minVersion: 'TLSv1', maxVersion: version }, (answer) => {
          answer.resume();
          resolve(`status ${answer.statusCode}`);
        }).on('error', () => resolve('refused'));
      });
    expect([await ask('TLSv1.1'), await ask('TLSv1.2')]).toEqual(['refused', 'status 200']);
    await bench.close();
  });
});
