import { connect as connectSocket } from 'node:net';
import { connectAsync, type IClientOptions } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import { usersOnly } from '../../../gateway/links/broker-policy.ts';
import type { IncomingMessage } from '../../../gateway/links/contract.ts';
import { type MqttBrokerOptions, mqttBrokerLink } from '../../../gateway/links/mqtt-broker-link.ts';
import { seededRandom } from '../../../model/random.ts';
import { mqttPort } from '../../../simulators/ports/mqtt-port.ts';
import { eventually, programMissing, runProgram, startProgram } from '../../support/programs.ts';
import { fastBackoff, realClock } from '../../support/real-time.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const text = (message: IncomingMessage) => Buffer.from(message.payload).toString();

const start = async (options: Partial<MqttBrokerOptions> = {}) => {
  const link = mqttBrokerLink({
    id: 'mqtt',
    host: '127.0.0.1',
    port: 0,
    clock: realClock,
    random: seededRandom(1),
    backoff: fastBackoff,
    ...options,
  });
  cleanups.push(() => link.close());
  link.open();
  await eventually(() => link.port() !== null, 'listening');
  const port = link.port() ?? 0;
  const url = `mqtt://127.0.0.1:${port}`;
  const client = async (clientId: string, extra: IClientOptions = {}) => {
    const made = await connectAsync(url, { clientId, protocolVersion: 4, reconnectPeriod: 0, ...extra });
    made.on('error', () => {});
    cleanups.push(() => made.endAsync(true));
    return made;
  };
  return { link, port, url, client };
};

/** A handler whose promises are resolved by hand. */
const held = () => {
  const waiting: { message: IncomingMessage; resolve: () => void; reject: (error: Error) => void }[] = [];
  return {
    waiting,
    handler: (message: IncomingMessage) =>
      new Promise<void>((resolve, reject) => waiting.push({ message, resolve, reject })),
  };
};

describe('the embedded broker', () => {
  it('acknowledges only when the handler has resolved, and takes many messages of one client meanwhile', async () => {
    const { link, client } = await start();
    const { waiting, handler } = held();
    link.subscribe('wardwire/+/readings', handler);
    const device = await client('device');
    let acknowledged = 0;
    const sent = Array.from({ length: 40 }, (_, n) =>
      device.publishAsync('wardwire/d1/readings', `${n}`, { qos: 1 }).then(() => acknowledged++),
    );
    await eventually(() => waiting.length === 40, 'all 40 in flight at once');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(acknowledged).toBe(0);
    expect(waiting.map(({ message }) => text(message))).toEqual(Array.from({ length: 40 }, (_, n) => `${n}`));
    expect(waiting[0]?.message).toMatchObject({ qos: 1, client: 'device', retained: false });
    waiting[7]?.resolve();
    await eventually(() => acknowledged === 1, 'one acknowledged');
    for (const { resolve } of waiting) resolve();
    await Promise.all(sent);
    expect(acknowledged).toBe(40);
    expect(link.clients()).toMatchObject([{ id: 'device', messages: 40, refused: 0 }]);
  });

  it('does not acknowledge what was not taken over; it comes again', async () => {
    const { link, url } = await start();
    const seen: string[] = [];
    link.subscribe('t', async (message) => {
      seen.push(text(message));
      if (seen.length === 1) throw new Error('disk full');
    });
    const device = await mqttPort({ url, clientId: 'device' });
    cleanups.push(() => device.close());
    await device.publish({ topic: 't', payload: Buffer.from('42') });
    expect(seen).toEqual(['42', '42']);
    expect(link.counters()).toMatchObject({ failed: 1, clientErrors: 1 });
    expect(link.lastFault()).toContain('disk full');
  });

  it('hands on to other subscribers, keeps retained messages, and passes the last will', async () => {
    const { link, url, client } = await start();
    const heard: string[] = [];
    link.subscribe('status/#', async (message) => void heard.push(`${message.topic} ${text(message)}`));
    const device = await mqttPort({
      url,
      clientId: 'device',
      will: { topic: 'status/device', payload: Buffer.from('offline'), retain: true },
    });
    await device.publish({ topic: 'status/device', payload: Buffer.from('online'), retain: true });
    device.vanish();
    await eventually(() => heard.includes('status/device offline'), 'will');
    const late: string[] = [];
    link.subscribe('status/+', async (message) => void late.push(`${text(message)} ${message.retained}`));
    await eventually(() => late.length === 1, 'retained');
    expect(late).toEqual(['offline true']);
    const screen = await client('screen');
    const shown: string[] = [];
    screen.on('message', (topic, payload) => shown.push(`${topic} ${payload.toString()}`));
    await screen.subscribeAsync('#', { qos: 1 });
    await link.publish({ topic: 'out', payload: Buffer.from('hello') }, 1);
    await eventually(() => shown.length === 2, 'both');
    expect(shown.toSorted()).toEqual(['out hello', 'status/device offline']);
  });

  it('refuses shared subscriptions instead of granting them and delivering nothing', async () => {
    const { link, client } = await start();
    const device = await client('screen');
    await expect(device.subscribeAsync('$share/group/t', { qos: 1 })).rejects.toThrow();
    expect(link.counters()).toMatchObject({ subscriptionsRefused: 1 });
  });

  it('lets named users in with their password, to their topics', async () => {
    const { link, client, url } = await start({
      policy: usersOnly([{ name: 'meter', password: 'secret', publish: ['wardwire/meter/#'] }]),
    });
    await expect(connectAsync(url, { clientId: 'x', protocolVersion: 4, reconnectPeriod: 0 }, false)).rejects.toThrow(
      /Not authorized|refused/i,
    );
    const meter = await client('meter-1', { username: 'meter', password: 'secret' });
    await meter.publishAsync('wardwire/meter/readings', '1', { qos: 1 });
    const closed = new Promise<void>((resolve) => meter.once('close', () => resolve()));
    meter.publish('wardwire/other/readings', '1', { qos: 1 });
    await closed;
    expect(link.counters()).toMatchObject({ signInsRefused: 1, publishesRefused: 1 });
    expect(link.lastFault()).toBe('meter-1: may not publish this topic');
  });

  it('bounds payloads, topic levels and announced packets, and the others do not notice', async () => {
    const { link, port, client } = await start({ maxPayloadBytes: 1000, maxTopicLevels: 5 });
    const good = await client('good');
    for (const [id, topic, payload] of [
      ['large', 't', 'x'.repeat(1001)],
      ['deep', 'a/b/c/d/e/f', 'x'],
      ['reserved', '$SYS/x', 'x'],
    ] as const) {
      const bad = await client(id);
      const closed = new Promise<void>((resolve) => bad.once('close', () => resolve()));
      bad.publish(topic, payload, { qos: 1 });
      await closed;
    }
    const socket = connectSocket(port, '127.0.0.1');
    const cut = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    socket.write(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f));
    await cut;
    await good.publishAsync('t', 'fine', { qos: 1 });
    expect(link.counters()).toMatchObject({ oversized: 2, clients: 1 });
  });

  it('survives any bytes', async () => {
    const { port, client } = await start();
    const random = seededRandom(5);
    for (let n = 0; n < 30; n++) {
      const socket = connectSocket(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(Uint8Array.from({ length: 200 }, () => Math.floor(random.next() * 256)));
      setTimeout(() => socket.destroy(), 20);
    }
    const good = await client('good');
    await good.publishAsync('t', 'fine', { qos: 1 });
  });

  it('keeps a bounded number of messages for a session that is away', async () => {
    const { link, client } = await start({ offlineQueue: 3 });
    const first = await client('screen', { clean: false });
    await first.subscribeAsync('t', { qos: 1 });
    await first.endAsync();
    for (let n = 0; n < 5; n++) await link.publish({ topic: 't', payload: Buffer.from(`${n}`) }, 1);
    const got: string[] = [];
    const url = `mqtt://127.0.0.1:${link.port()}`;
    const { connect } = await import('mqtt');
    const again = connect(url, { clientId: 'screen', clean: false, protocolVersion: 4 });
    cleanups.push(() => again.endAsync(true));
    again.on('message', (_, payload) => got.push(payload.toString()));
    await eventually(() => got.length === 3, 'kept ones');
    expect(got).toEqual(['0', '1', '2']);
    expect(link.counters()).toMatchObject({ queueDropped: 2 });
  });

  it('says that its port is in use and listens once it is free', async () => {
    const { link, port } = await start();
    const second = mqttBrokerLink({
      id: 'second',
      host: '127.0.0.1',
      port,
      clock: realClock,
      random: seededRandom(1),
      backoff: fastBackoff,
    });
    cleanups.push(() => second.close());
    second.open();
    await eventually(() => second.report().attempts > 0, 'refused');
    expect(second.report()).toMatchObject({ reason: `port ${port} is in use` });
    await link.close();
    await eventually(() => second.report().state === 'up', 'up');
  });
});

describe.skipIf(programMissing('mosquitto_pub', 'mosquitto_sub'))('the embedded broker and mosquitto’s clients', () => {
  it('mosquitto_pub waits for its acknowledgement until the handler has resolved', async () => {
    const { link, port } = await start();
    const { waiting, handler } = held();
    link.subscribe('ward/#', handler);
    let ended = false;
    const args = ['-p', String(port), '-q', '1', '-t', 'ward/a', '-m', '12.5'];
    const pub = runProgram('mosquitto_pub', args).then((run) => {
      ended = true;
      return run;
    });
    await eventually(() => waiting.length === 1, 'arrived');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(ended).toBe(false);
    waiting[0]?.resolve();
    expect((await pub).code).toBe(0);
  });

  it('mosquitto_sub gets what is published, and no shared subscription', async () => {
    const { link, port } = await start();
    const sub = await startProgram(
      'mosquitto_sub',
      ['-p', String(port), '-q', '1', '-t', 'ward/#', '-v', '-C', '2'],
      {},
    );
    cleanups.push(() => sub.stop());
    await eventually(() => link.clients().length === 1, 'connected');
    await new Promise((resolve) => setTimeout(resolve, 200));
    await link.publish({ topic: 'ward/a', payload: Buffer.from('1') }, 1);
    const pub = await runProgram('mosquitto_pub', ['-p', String(port), '-q', '2', '-t', 'ward/b', '-m', '2']);
    expect(pub.code).toBe(0);
    await sub.exited;
    expect(sub.stdout()).toBe('ward/a 1\nward/b 2\n');
    const shared = await runProgram('mosquitto_sub', [
      '-p',
      String(port),
      '-t',
      '$share/g/ward/#',
      '-W',
      '3',
      '-q',
      '1',
    ]);
    expect(shared.output).toMatch(/denied|rejected/i);
  });
});
