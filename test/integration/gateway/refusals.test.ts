import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/programs.ts';
import {
  type Json,
  prepareGateway,
  type RunningGateway,
  startGateway,
  wardwire,
  writeSite,
} from '../../support/running-gateway.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const patient = { id: 'p1', mrn: 'MRN-4711', family: 'Vandermeersch', given: 'Odile', place: 'bed-1' };
const ward = { places: [{ id: 'bed-1', name: 'Bed 1', kind: 'bed' }], patients: [patient] };

describe('who may see what', () => {
  let gateway: RunningGateway;
  let nurse: string;

  beforeAll(async () => {
    gateway = await prepareGateway({ site: ward });
    nurse = await gateway.createToken('nurse');
    await gateway.up();
  });
  afterAll(() => gateway?.dispose());

  it.each(['/api/v1/devices', '/api/v1/patients', '/api/v1/readings', '/api/v1/audit', '/fhir/R4/Patient'])(
    '%s is refused to who does not say who they are',
    async (path) => {
      for (const token of [null, 'ww_wrong']) {
        const { status, type, body } = await gateway.request(path, {}, token);
        expect(status).toBe(401);
        expect(type).toMatch(/^application\/problem\+json/);
        expect(body).toMatchObject({ status: 401, title: expect.any(String), detail: expect.any(String) });
        expect(JSON.stringify(body)).not.toContain(patient.family);
      }
    },
  );

  it('a nurse cannot read the audit, and the audit shows the refusals and the looks', async () => {
    const refused = await gateway.request('/api/v1/audit', {}, nurse);
    expect(refused).toMatchObject({ status: 403, body: { status: 403 } });
    expect(refused.type).toMatch(/^application\/problem\+json/);
    const looked = await gateway.request<{ items: Json[] }>('/api/v1/patients', {}, nurse);
    expect(looked.body.items).toMatchObject([{ family: patient.family }]);
    expect((await gateway.request('/fhir/R4/Patient/p1', {}, nurse)).status).toBe(200);

    let entries: Json[] = [];
    await eventually(async () => {
      entries = await gateway.list('/api/v1/audit');
      return (
        entries.some(({ outcome, target }) => outcome === 'refused' && String(target).includes('/api/v1/audit')) &&
        entries.some(({ outcome, role, target }) => outcome === 'ok' && role === 'nurse' && target === 'patient:p1')
      );
    }, 'the refusal and the look in the audit');
    const refusal = entries.find(({ outcome, role }) => outcome === 'refused' && role === 'nurse');
    expect(refusal).toMatchObject({ who: 'token:nurse-test' });
    expect(JSON.stringify(entries)).not.toContain(nurse);
    expect(entries.some(({ outcome, role }) => outcome === 'refused' && role === null)).toBe(true);
  });
});

describe('a site that would not be safe', () => {
  it('is refused with exit 3 and the place in its file: another address than loopback without TLS', async () => {
    const site = await writeSite({ http: { host: '0.0.0.0', port: 8080 } });
    cleanups.push(site.remove);
    const { code, output } = await wardwire(['up', '--config', site.config]);
    expect(code).toBe(3);
    const line =
      readFileSync(site.config, 'utf8')
        .split('\n')
        .findIndex((text) => text.includes('0.0.0.0')) + 1;
    expect(output).toMatch(new RegExp(`site\\.yaml:${line}:\\d+: error: .*TLS`));
  });

  it('is refused with exit 3 and the place in its file: anyone could publish readings', async () => {
    const site = await writeSite({ mqtt: { host: '0.0.0.0', port: 1883 } });
    cleanups.push(site.remove);
    const { code, output } = await wardwire(['up', '--config', site.config]);
    expect(code).toBe(3);
    expect(output).toMatch(/site\.yaml:\d+:\d+: error: .*reachable from the network/);
  });
});

describe('the database', () => {
  const HEADER = 'SQLite format 3\0';
  const bytes = (gateway: RunningGateway) =>
    ['wardwire.db', 'wardwire.db-wal'].map((name) => {
      try {
        return readFileSync(join(gateway.data, name));
      } catch {
        return Buffer.alloc(0);
      }
    });
  const shows = (files: readonly Buffer[], text: string) => files.some((file) => file.includes(text));

  it('shows who is in the ward to whoever has the file, where it is not encrypted, and says so', async () => {
    const gateway = await startGateway({ site: ward });
    cleanups.push(() => gateway.dispose());
    await gateway.stop();
    expect(shows(bytes(gateway), patient.family)).toBe(true);
    expect(bytes(gateway)[0]?.subarray(0, 16).toString('latin1')).toBe(HEADER);
    expect(gateway.output()).toContain('WARDWIRE_DATABASE_KEY');
  });

  it('shows nobody where there is a key, and does not open with another', async () => {
    const env = { WARDWIRE_DATABASE_KEY: 'correct horse battery staple' };
    const gateway = await startGateway({ site: ward, env });
    cleanups.push(() => gateway.dispose());
    expect((await gateway.get<{ items: Json[] }>('/api/v1/patients')).items).toHaveLength(1);
    const running = bytes(gateway);
    await gateway.stop();
    for (const files of [running, bytes(gateway)]) {
      expect(files[0]?.length).toBeGreaterThan(4096);
      expect(files[0]?.subarray(0, 16).toString('latin1')).not.toBe(HEADER);
      for (const secret of [patient.family, patient.given, patient.mrn, 'Bed 1'])
        expect(shows(files, secret)).toBe(false);
    }

    const otherwise = [
      { env: { WARDWIRE_DATABASE_KEY: 'another horse, another staple' }, says: /wardwire: the key does not open / },
      { env: {}, says: /wardwire: .* is encrypted[\s\S]*WARDWIRE_DATABASE_KEY/ },
    ];
    for (const { env: other, says } of otherwise) {
      const { code, output } = await wardwire(['up', '--config', gateway.config], other);
      expect(code).not.toBe(0);
      expect(output).toMatch(says);
      expect(output).not.toMatch(/\n\s+at /);
    }
    await gateway.up();
    expect((await gateway.get<{ items: Json[] }>('/api/v1/patients')).items).toHaveLength(1);
  });
});
