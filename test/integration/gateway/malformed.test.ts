import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/programs.ts';
import { type Json, type Reading, type RunningGateway, startGateway } from '../../support/running-gateway.ts';

/** A TCP server that sends nonsense to whoever connects. */
const babbler = async (say: (socket: Socket) => void): Promise<{ port: number; server: Server }> => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    say(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : 0, server };
};

describe('malformed everything', () => {
  let gateway: RunningGateway;
  const servers: Server[] = [];

  beforeAll(async () => {
    const noise = await babbler((socket) => {
      const timer = setInterval(() => socket.write(randomBytes(700)), 50);
      socket.on('close', () => clearInterval(timer));
    });
    const broken = await babbler((socket) => socket.on('data', () => socket.write(randomBytes(11))));
    servers.push(noise.server, broken.server);
    gateway = await startGateway({
      site: {
        links: {
          noise: { type: 'tcp', host: '127.0.0.1', port: noise.port },
          broken: { type: 'modbus-tcp', host: '127.0.0.1', port: broken.port, timeoutMs: 200 },
        },
        devices: [
          { id: 'monitor', driver: 'ivy-450c', link: 'noise' },
          { id: 'climate', driver: 'xy-md02', link: 'broken', pollSeconds: 0.5, silentAfterSeconds: 5 },
          { id: 'target', driver: 'mqtt-json', link: 'mqtt' },
          { id: 'bystander', driver: 'mqtt-json', link: 'mqtt' },
        ],
      },
    });
  });
  afterAll(async () => {
    await gateway?.dispose();
    for (const server of servers) server.close();
  });

  const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  const payloads: readonly (string | Buffer)[] = [
    '',
    '{',
    'null',
    '[]',
    '42',
    '{"values":{}}',
    '{"values":{"heart-rate":"80"}}',
    '{"values":{"heart-rate":1e999}}',
    '{"values":{"no-such-metric":1}}',
    '{"values":{"heart-rate":80},"time":"yesterday"}',
    '{"values":{"heart-rate":80},"tiem":"2026-01-01T00:00:00Z"}',
    '{"__proto__":{"values":{"heart-rate":80}}}',
    '{"values":{"__proto__":1,"constructor":2}}',
    `{"values":${deep(10_000)}}`,
    `{"values":{"heart-rate":${'9'.repeat(5000)}}}`,
    Buffer.alloc(500_000, 0x7b),
    randomBytes(3000),
  ];

  it('over MQTT is acknowledged, kept aside and counted, and costs nobody else a reading', async () => {
    const client = await connectAsync(`mqtt://127.0.0.1:${gateway.mqttPort}`, { protocolVersion: 4 });
    let seq = 0;
    for (const payload of payloads) {
      await client.publishAsync('wardwire/target/readings', payload, { qos: 1 });
      await client.publishAsync(
        'wardwire/bystander/readings',
        JSON.stringify({ seq: seq++, values: { 'heart-rate': 70 } }),
        { qos: 1 },
      );
    }
    await client.publishAsync('wardwire/stranger/readings', '{"values":{"heart-rate":80}}', { qos: 1 });
    await client.publishAsync('nobody/asked/for/this', 'hello', { qos: 1 });
    await client.endAsync();

    await eventually(
      async () => (await gateway.list<Reading>('/api/v1/readings?device=bystander')).length >= payloads.length,
      'the readings of the other device',
    );
    expect(await gateway.list<Reading>('/api/v1/readings?device=bystander')).toHaveLength(payloads.length);
    expect(await gateway.list<Reading>('/api/v1/readings?device=target')).toEqual([]);
    expect(await gateway.counter('wardwire_device_decode_faults_total', { device: 'target' })).toBe(payloads.length);
    expect(await gateway.counter('wardwire_quarantined_total')).toBeGreaterThanOrEqual(payloads.length + 1);
    const target = await gateway.get<Json>('/api/v1/devices/target');
    expect(target.why).toMatch(/could not be used/);
  });

  it('on a byte stream and on a bus leaves no values, but a reason', async () => {
    await eventually(
      async () => (await gateway.counter('wardwire_device_junk_bytes_total', { device: 'monitor' })) > 2000,
      'counted junk',
    );
    expect(await gateway.list<Reading>('/api/v1/readings?device=monitor')).toEqual([]);
    expect(await gateway.list<Reading>('/api/v1/readings?device=climate')).toEqual([]);
    for (const id of ['monitor', 'climate']) {
      const device = await gateway.get<Json>(`/api/v1/devices/${id}`);
      expect(device.state).toBe('never-seen');
      expect(String(device.why).length).toBeGreaterThan(20);
    }
  });

  it('over HTTP is a problem that says what is wrong, never a fault', async () => {
    const asked: [string, RequestInit][] = [
      ['/api/v1/readings?limit=-1', {}],
      ['/api/v1/readings?cursor=%00%ff', {}],
      ['/api/v1/readings?from=soon', {}],
      ['/api/v1/alerts/%2e%2e%2f/acknowledge', { method: 'POST' }],
      [
        '/api/v1/alerts/x/pause',
        { method: 'POST', body: '{"seconds":"many"}', headers: { 'content-type': 'application/json' } },
      ],
      ['/api/v1/session', { method: 'POST', body: '{{{', headers: { 'content-type': 'application/json' } }],
      [
        '/api/v1/session',
        { method: 'POST', body: 'x'.repeat(3_000_000), headers: { 'content-type': 'application/json' } },
      ],
      ['/api/v1/no-such-thing', {}],
      ['/fhir/R4/Observation?date=ge-yesterday', {}],
      ['/fhir/R4/Patient?no-such-parameter=1', {}],
    ];
    for (const [path, init] of asked) {
      const { status, type } = await gateway.request(path, init);
      expect([path, status]).toEqual([path, expect.toSatisfy((code: number) => code >= 400 && code < 500)]);
      expect(type).toMatch(/application\/(problem|fhir)\+json/);
    }
  });

  it('leaves the gateway up and ready', async () => {
    expect((await gateway.request('/healthz', {}, null)).status).toBe(200);
    expect((await gateway.request('/readyz', {}, null)).status).toBe(200);
  });
});
