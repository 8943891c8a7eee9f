import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import type { IncomingMessage } from '../../../gateway/links/contract.ts';
import { mqttBrokerLink } from '../../../gateway/links/mqtt-broker-link.ts';
import { type MqttClientOptions, mqttClientLink } from '../../../gateway/links/mqtt-client-link.ts';
import { hasCode } from '../../../model/errors.ts';
import { seededRandom } from '../../../model/random.ts';
import { mqttPort } from '../../../simulators/ports/mqtt-port.ts';
import {
  eventually,
  freePort,
  portAnswers,
  programMissing,
  runProgram,
  startProgram,
  temporaryDirectory,
} from '../../support/programs.ts';
import { fastBackoff, realClock } from '../../support/real-time.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const text = (message: IncomingMessage) => Buffer.from(message.payload).toString();

/** A mosquitto with its state in a directory of its own, to be stopped and started again. */
const mosquitto = async (lines: readonly string[] = ['allow_anonymous true']) => {
  const directory = temporaryDirectory('mosquitto');
  const port = await freePort();
  const file = join(directory.path, 'mosquitto.conf');
  writeFileSync(
    file,
    [
      `listener ${port} 127.0.0.1`,
      'persistence true',
      `persistence_location ${directory.path}/`,
      'max_inflight_messages 200',
      'user root',
      ...lines,
      '',
    ].join('\n'),
  );
  const start = () => startProgram('mosquitto', ['-c', file], { ready: () => portAnswers(port) });
  let running = await start();
  cleanups.push(directory.remove, () => running.stop());
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    directory: directory.path,
    stop: () => running.stop(),
    start: async () => {
      running = await start();
    },
    publish: async (topic: string, payload: string, ...more: string[]) => {
      const run = await runProgram('mosquitto_pub', [
        '-p',
        String(port),
        '-q',
        '1',
        '-t',
        topic,
        '-m',
        payload,
        ...more,
      ]);
      expect(run.code).toBe(0);
    },
  };
};

const linkTo = (url: string, options: Partial<MqttClientOptions> = {}) => {
  const link = mqttClientLink({
    id: 'external',
    url,
    clientId: 'wardwire-test',
    clock: realClock,
    random: seededRandom(1),
    backoff: fastBackoff,
    redeliverMs: 50,
    ...options,
  });
  cleanups.push(() => link.close());
  return link;
};

const up = (link: { report(): { state: string } }) => eventually(() => link.report().state === 'up', 'up');

describe.skipIf(programMissing('mosquitto', 'mosquitto_pub', 'mosquitto_sub')).each(['5', '3.1.1'] as const)(
  'an external broker in MQTT %s',
  (version) => {
    it('gets messages acknowledged as their handlers resolve, many at once and in any order', async () => {
      const broker = await mosquitto();
      const link = linkTo(broker.url, { version });
      const waiting: { message: IncomingMessage; resolve: () => void }[] = [];
      link.subscribe('ward/#', (message) => new Promise((resolve) => waiting.push({ message, resolve })));
      link.open();
      await up(link);
      const device = await mqttPort({ url: broker.url, clientId: 'device' });
      cleanups.push(() => device.close());
      const sent = Array.from({ length: 60 }, (_, n) =>
        device.publish({ topic: 'ward/a', payload: Buffer.from(`${n}`) }),
      );
      await Promise.all(sent);
      await eventually(() => waiting.length === 60, '60 unacknowledged at once');
      expect(link.counters()).toMatchObject({ acknowledged: 0, inFlight: 60 });
      // Half is taken over; the broker must send the other half, and only it, to the next connection.
      for (const { message, resolve } of waiting.splice(0)) if (Number(text(message)) % 2 === 0) resolve();
      await eventually(() => link.counters().acknowledged === 30, 'acknowledged');
      await new Promise((resolve) => setTimeout(resolve, 100));
      await link.close();
      const next = linkTo(broker.url, { version });
      const again: string[] = [];
      next.subscribe('ward/#', async (message) => void again.push(text(message)));
      next.open();
      await eventually(() => again.length >= 30, 'sent again');
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(again.map(Number)).toEqual(Array.from({ length: 30 }, (_, n) => 2 * n + 1));
      expect(next.counters()).toMatchObject({ sessionsResumed: 1, acknowledged: 30 });
    });

    it('is reconnected after a restart, and what came meanwhile is delivered', async () => {
      const broker = await mosquitto();
      const link = linkTo(broker.url, { version });
      const got: string[] = [];
      link.subscribe('ward/+', async (message) => void got.push(text(message)));
      link.open();
      await up(link);
      await broker.publish('ward/a', 'before');
      await eventually(() => got.length === 1, 'before');
      await broker.stop();
      await eventually(() => link.report().state === 'down', 'down');
      await expect(link.publish({ topic: 'x', payload: Buffer.from('1') }, 1)).rejects.toSatisfy((error: unknown) =>
        hasCode(error, 'link-down'),
      );
      await eventually(() => /refuses the connection/.test(link.report().reason ?? ''), 'reason');
      await broker.start();
      await broker.publish('ward/a', 'meanwhile or after');
      await up(link);
      await eventually(() => got.length === 2, 'after');
      expect(got).toEqual(['before', 'meanwhile or after']);
    });

    it('sends again what was not taken over', async () => {
      const broker = await mosquitto();
      const link = linkTo(broker.url, { version });
      const seen: string[] = [];
      link.subscribe('ward/+', async (message) => {
        seen.push(text(message));
        if (seen.length === 1) throw new Error('disk full');
      });
      link.open();
      await up(link);
      await broker.publish('ward/a', '37.5');
      await eventually(() => seen.length === 2, 'again');
      await up(link);
      expect(seen).toEqual(['37.5', '37.5']);
      expect(link.counters()).toMatchObject({ failed: 1, redeliveries: 1 });
    });

    it('marks retained messages, once per session', async () => {
      const broker = await mosquitto();
      await broker.publish('ward/old', 'stale', '-r');
      const link = linkTo(broker.url, { version });
      const got: string[] = [];
      link.subscribe('ward/+', async (message) => void got.push(`${text(message)} ${message.retained}`));
      link.open();
      await eventually(() => got.length === 1, 'retained');
      await broker.publish('ward/old', 'fresh', '-r');
      await eventually(() => got.length === 2, 'live');
      expect(got).toEqual(['stale true', 'fresh false']);
    });

    it('is published to', async () => {
      const broker = await mosquitto();
      const link = linkTo(broker.url, { version });
      link.open();
      await up(link);
      await link.publish({ topic: 'out', payload: Buffer.from('hello'), retain: true }, 1);
      const sub = await runProgram('mosquitto_sub', ['-p', String(broker.port), '-t', 'out', '-C', '1', '-W', '5']);
      expect(sub.stdout).toBe('hello\n');
    });

    it('says so when another client has the same id', async () => {
      const broker = await mosquitto();
      const link = linkTo(broker.url, { version });
      link.open();
      await up(link);
      const other = linkTo(broker.url, { version });
      other.open();
      await eventually(
        () => [link, other].some((one) => /another client with the id wardwire-test/.test(one.report().reason ?? '')),
        'noticed',
        20_000,
      );
    });
  },
);

describe.skipIf(programMissing('mosquitto', 'openssl'))('an external broker', () => {
  it('refuses a wrong password with what to do', async () => {
    const directory = temporaryDirectory();
    cleanups.push(directory.remove);
    const file = join(directory.path, 'users');
    writeFileSync(file, '');
    const made = await runProgram('mosquitto_passwd', ['-b', file, 'gateway', 'right']);
    expect(made.code).toBe(0);
    const broker = await mosquitto(['allow_anonymous false', `password_file ${file}`]);
    const link = linkTo(broker.url, { username: 'gateway', password: 'wrong' });
    link.open();
    await eventually(() => link.report().attempts > 0, 'refused');
    expect(link.report()).toMatchObject({ hint: expect.stringContaining('passwordEnv') });
    const good = linkTo(broker.url, { username: 'gateway', password: 'right' });
    good.open();
    await up(good);
  });

  it('is reached over TLS with the certificate of its authority, and not without', async () => {
    const directory = temporaryDirectory();
    cleanups.push(directory.remove);
    const [key, cert] = [join(directory.path, 'key.pem'), join(directory.path, 'cert.pem')];
    const made = await runProgram('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...[
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=DNS:localhost,IP:127.0.0.1',
        '-keyout',
        key,
        '-out',
        cert,
      ],
    ]);
    expect(made.code).toBe(0);
    const broker = await mosquitto(['allow_anonymous true', `certfile ${cert}`, `keyfile ${key}`]);
    const url = broker.url.replace('mqtt:', 'mqtts:');
    const stranger = linkTo(url);
    stranger.open();
    await eventually(() => stranger.report().attempts > 0, 'refused');
    expect(stranger.report()).toMatchObject({ state: 'down', hint: expect.stringContaining('caFile') });
    const link = linkTo(url, { ca: readFileSync(cert) });
    link.open();
    await up(link);
  });

  it('that knows 3.1.1 only is spoken to in 3.1.1', async () => {
    const own = mqttBrokerLink({ id: 'own', host: '127.0.0.1', port: 0, clock: realClock, random: seededRandom(1) });
    cleanups.push(() => own.close());
    own.open();
    await eventually(() => own.port() !== null, 'listening');
    const url = `mqtt://127.0.0.1:${own.port()}`;
    const fixed = linkTo(url, { version: '5', clientId: 'fixed' });
    fixed.open();
    await eventually(() => fixed.report().attempts > 0, 'refused');
    const link = linkTo(url, { version: 'auto' });
    const got: string[] = [];
    link.subscribe('t', async (message) => void got.push(text(message)));
    link.open();
    await up(link);
    const device = await connectAsync(url, { protocolVersion: 4 });
    cleanups.push(() => device.endAsync(true));
    await device.publishAsync('t', 'hello', { qos: 1 });
    await eventually(() => got.length === 1, 'delivered');
    expect(fixed.report().state).toBe('down');
  });
});
