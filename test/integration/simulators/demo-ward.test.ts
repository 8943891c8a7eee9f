import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { loadDrivers } from '../../../gateway/config/driver-catalogue.ts';
import { loadSite } from '../../../gateway/config/load-site.ts';
import { createDemoWard, type DemoWard } from '../../../simulators/ward/demo-ward.ts';
import {
  eventually,
  freePort,
  portAnswers,
  programMissing,
  startProgram,
  temporaryDirectory,
} from '../../support/programs.ts';
import { realClock } from '../../support/real-time.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const { find } = loadDrivers();
const create = async (usePty = false): Promise<DemoWard> => {
  const ward = await createDemoWard({ clock: realClock, seed: 'test', usePty, findDriver: find });
  cleanups.push(() => ward.close());
  return ward;
};

describe('the demonstration ward on its wires', () => {
  it('is a site that the gateway accepts as it is', async () => {
    const ward = await create();
    const folder = temporaryDirectory('ward');
    cleanups.push(() => folder.remove());
    const file = join(folder.path, 'site.yaml');
    writeFileSync(file, stringify(ward.site));
    const { site, problems } = loadSite(file);
    expect(problems).toEqual([]);
    expect(site?.devices).toHaveLength(18);
    expect(site?.site.simulated).toBe(true);
  });

  it('answers on every link, and on none after it is closed', async () => {
    const ward = await create();
    const ports = Object.values(ward.site.links).flatMap((link) => ('port' in link ? [link.port] : []));
    expect(ports).toHaveLength(14);
    expect(await Promise.all(ports.map((port) => portAnswers(port)))).toEqual(ports.map(() => true));
    await ward.close();
    expect(await Promise.all(ports.map((port) => portAnswers(port)))).toEqual(ports.map(() => false));
  });

  it.skipIf(programMissing('socat'))('has one monitor on a pseudo-terminal, which is gone afterwards', async () => {
    const ward = await create(true);
    const link = ward.site.links['monitor-6'];
    if (link?.type !== 'serial') throw new Error('not on a serial link');
    expect(existsSync(link.path)).toBe(true);
    await ward.close();
    await eventually(() => !existsSync(link.path), 'the pty to go');
  });

  it.skipIf(programMissing('mosquitto', 'mosquitto_sub'))('publishes over MQTT once a broker is there', async () => {
    const port = await freePort();
    const broker = await startProgram('mosquitto', ['-v', '-p', String(port)], {
      ready: /mosquitto version .* running/,
    });
    cleanups.push(() => broker.stop());
    const listener = await startProgram('mosquitto_sub', ['-p', String(port), '-t', '#', '-v'], {
      ready: () => broker.output().includes('Sending SUBACK'),
    });
    cleanups.push(() => listener.stop());
    const ward = await create();
    await ward.connectMqtt(`mqtt://127.0.0.1:${port}`);
    const heard = (topic: string) =>
      listener
        .stdout()
        .split('\n')
        .find((line) => line.startsWith(`${topic} `))
        ?.slice(topic.length + 1);
    const topics = [
      'zigbee2mqtt/fridge-door-sensor',
      'tele/medicines-room-sensor/SENSOR',
      'wardwire/thermometer-6/readings',
    ];
    await eventually(() => topics.every((topic) => heard(topic) !== undefined), 'every device to speak');
    expect(JSON.parse(heard(topics[2] ?? '') ?? '')).toMatchObject({
      time: expect.any(String),
      seq: 1,
      values: { 'body-temperature': expect.any(Number) },
    });
    expect(JSON.parse(heard(topics[1] ?? '') ?? '')).toMatchObject({ SHT3X: { Temperature: expect.any(Number) } });
    expect(heard('tele/medicines-room-sensor/LWT')).toBe('Online');
  });

  it('says what is missing where a profile is, and leaves nothing open', async () => {
    const opened = createDemoWard({ clock: realClock, seed: 'test', usePty: false, findDriver: () => null });
    await expect(opened).rejects.toMatchObject({ code: 'profile-missing' });
  });
});
