import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModbusDriver } from '../../drivers/kit/contract.ts';
import type { Clock } from '../../model/clock.ts';
import { seededRandom } from '../../model/random.ts';
import { isoTime } from '../../model/time.ts';
import { onOneBus } from '../devices/modbus-device.ts';
import { modbusRtuServer } from '../ports/modbus-rtu-server.ts';
import { modbusTcpServer } from '../ports/modbus-tcp-server.ts';
import { mqttPort } from '../ports/mqtt-port.ts';
import { ptyPort } from '../ports/pty-port.ts';
import { plugIn, type StreamDevice, type StreamPort } from '../ports/stream-port.ts';
import { tcpPort } from '../ports/tcp-port.ts';
import { bedDevices } from './demo-beds.ts';
import { demoScript } from './demo-script.ts';
import { type DemoDevice, type DemoSite, demoPatients, demoPlaces } from './demo-site.ts';
import { storeDevices } from './demo-stores.ts';

export interface DemoWardOptions {
  readonly clock: Clock;
  readonly seed: number;
  /** Puts the first monitor and the records room on pseudo-terminals; needs socat. */
  readonly usePty: boolean;
  /** Finds a profile's driver. */
  driver(id: string): ModbusDriver;
}

export interface DemoWard {
  readonly site: DemoSite;
  /** What will happen, for the person who watches. */
  readonly script: readonly string[];
  /** Starts the devices that publish over MQTT, once there is a broker. */
  connectMqtt(url: string): Promise<void>;
  close(): Promise<void>;
}

/** How long the patients have been there: older results of the meter are theirs too. */
const ADMITTED_MS = 4 * 86_400_000;

/** A ward of six beds and three stores on real wires: serial device servers, a bus, Modbus TCP and MQTT. */
export const createDemoWard = async (options: DemoWardOptions): Promise<DemoWard> => {
  const { clock, seed, usePty } = options;
  const closes: (() => void | Promise<void>)[] = [];
  const links: Record<string, DemoSite['links'][string]> = {};
  const devices: DemoDevice[] = [];
  const folder = usePty ? mkdtempSync(join(tmpdir(), 'wardwire-demo-')) : null;
  if (folder !== null) closes.push(() => rmSync(folder, { recursive: true, force: true }));

  const plug = (device: StreamDevice, port: StreamPort): void => {
    const pull = plugIn(device, port);
    closes.push(async () => {
      pull();
      await port.close();
    });
  };

  const onWire = async (link: string, device: StreamDevice, asPty: boolean, kind: 'stream' | 'rtu'): Promise<void> => {
    if (asPty && folder !== null) {
      const port = await ptyPort(join(folder, link));
      links[link] = { type: kind === 'rtu' ? 'modbus-rtu' : 'serial', path: port.address };
      plug(device, port);
      return;
    }
    const port = await tcpPort();
    links[link] = { type: kind === 'rtu' ? 'modbus-rtu' : 'tcp', host: '127.0.0.1', port: port.port };
    plug(device, port);
  };

  for (const { config, device } of bedDevices(clock, seed)) {
    const link = `line-${config.id}`;
    await onWire(link, device, config.id === 'monitor-1', 'stream');
    devices.push({ ...config, link });
  }

  const stores = storeDevices(clock, seed, options.driver);
  const random = seededRandom(`${seed}:wires`);
  await onWire('bus-records', modbusRtuServer({ source: onOneBus(stores.bus), clock, random }), true, 'rtu');
  const probe = await modbusTcpServer({ source: onOneBus([stores.probe]), clock, random });
  closes.push(() => probe.close());
  links['probe-medicines'] = { type: 'modbus-tcp', host: '127.0.0.1', port: probe.port };
  const linkOf = { bus: 'bus-records', probe: 'probe-medicines', mqtt: 'mqtt' } as const;
  for (const { wire, ...config } of stores.configs) devices.push({ ...config, link: linkOf[wire] });

  return {
    site: { links, places: demoPlaces, patients: demoPatients(isoTime(clock.now() - ADMITTED_MS)), devices },
    script: Object.values(demoScript).map(({ text }) => text),
    async connectMqtt(url) {
      const port = await mqttPort({ url, clientId: `demo-ward-${seed}` });
      const stop = stores.publish((message) => void port.publish(message).catch(() => {}));
      closes.push(async () => {
        stop();
        await port.close();
      });
    },
    async close() {
      for (const close of closes.splice(0).reverse()) await close();
    },
  };
};
