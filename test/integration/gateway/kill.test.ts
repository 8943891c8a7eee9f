import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/programs.ts';
import { type Json, listOf, type Reading, type RunningGateway, startGateway } from '../../support/running-gateway.ts';

const KILLS = 3;

/** Publishes numbered readings at QoS 1 for as long as it is asked to, over every restart of the broker. */
const publisher = async (port: number) => {
  const client: MqttClient = await connectAsync(`mqtt://127.0.0.1:${port}`, {
    protocolVersion: 4,
    clientId: 'kill-test',
    clean: false,
    reconnectPeriod: 200,
  });
  client.on('error', () => {});
  const start = Date.now() - 60_000;
  const acknowledged = new Set<number>();
  let next = 0;
  let running = true;
  const lane = async (): Promise<void> => {
    while (running) {
      const index = next++;
      const payload = JSON.stringify({ time: new Date(start + index).toISOString(), values: { 'heart-rate': 70 } });
      await client.publishAsync('wardwire/source/readings', payload, { qos: 1 }).then(
        () => acknowledged.add(index),
        () => {},
      );
    }
  };
  const lanes = Array.from({ length: 10 }, lane);
  return {
    acknowledged: () => acknowledged.size,
    async stop(): Promise<readonly string[]> {
      running = false;
      await Promise.all(lanes);
      await client.endAsync();
      return [...acknowledged].map((index) => new Date(start + index).toISOString());
    },
  };
};

describe('kill -9 at any moment', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await startGateway({
      site: {
        devices: [
          { id: 'source', driver: 'mqtt-json', link: 'mqtt' },
          { id: 'alarming', driver: 'mqtt-json', link: 'mqtt' },
        ],
      },
    });
  });
  afterAll(() => gateway?.dispose());

  it('loses no acknowledged reading, doubles none, and forgets no alert', async () => {
    const client = await connectAsync(`mqtt://127.0.0.1:${gateway.mqttPort}`, { protocolVersion: 4 });
    await client.publishAsync('wardwire/alarming/readings', '{"values":{"heart-rate":170}}', { qos: 1 });
    await client.endAsync();
    const [alert] = await listOf<Json>(gateway, '/api/v1/alerts?state=active&device=alarming', 1);
    const answer = await gateway.request(`/api/v1/alerts/${String(alert?.id)}/acknowledge`, {
      method: 'POST',
      body: '{"note":"on my way"}',
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(200);

    const source = await publisher(gateway.mqttPort);
    for (let kill = 1; kill <= KILLS; kill++) {
      const before = source.acknowledged();
      await eventually(
        async () => source.acknowledged() > before + 50 + 37 * kill,
        'some acknowledged readings',
        20_000,
      );
      await gateway.kill();
      await gateway.up();
    }
    const before = source.acknowledged();
    await eventually(async () => source.acknowledged() > before + 20, 'readings after the last restart', 20_000);
    const acknowledged = await source.stop();

    await eventually(
      async () =>
        (await gateway.get<{ items: Json[] }>('/api/v1/sinks')).items.every(
          ({ id, behind }) => id !== 'records' || behind === 0,
        ),
      'the records to have everything',
      30_000,
    );
    const stored = (await gateway.list<Reading>('/api/v1/readings?device=source')).map(({ takenAt }) => takenAt);
    expect(new Set(stored).size).toBe(stored.length);
    const present = new Set(stored);
    expect(acknowledged.filter((time) => !present.has(time))).toEqual([]);

    expect(await gateway.get<Json>(`/api/v1/alerts/${String(alert?.id)}`)).toMatchObject({
      state: 'acknowledged',
      note: 'on my way',
      message: 'HR 170 > 120 /min',
    });
  }, 120_000);
});
