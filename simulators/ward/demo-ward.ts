import type { Driver, ModbusDriver } from '../../drivers/kit/contract.ts';
import type { Clock } from '../../model/clock.ts';
import { CodedError } from '../../model/errors.ts';
import { seededRandom } from '../../model/random.ts';
import { type ConnectMqttDeviceOptions, connectMqttDevice } from '../connect-mqtt-device.ts';
import { createFreseniusAgilia } from '../devices/fresenius-agilia.ts';
import { createIvy450c } from '../devices/ivy-450c.ts';
import { modbusDevice } from '../devices/modbus-device.ts';
import { jsonVoice, tasmotaVoice, zigbeeVoice } from '../devices/mqtt-voices.ts';
import { createOnetouchUltra2 } from '../devices/onetouch-ultra2.ts';
import { createSuntechAdvantage } from '../devices/suntech-advantage.ts';
import { type Bodies, bedsWithCuff, bedsWithPump, createBodies } from './bodies.ts';
import { CO2_UNIT, demoDevices, demoRules, type RuleOverrides } from './demo-site.ts';
import { bedNumbers, patients, places } from './people-and-places.ts';
import { play, type ScriptLine, script } from './script.ts';
import type { WardSite } from './site.ts';
import { createStores, type Stores } from './stores.ts';
import { createWires } from './wires.ts';

export interface DemoWardOptions {
  readonly clock: Clock;
  /** The same seed gives the same values at the same times after the start. */
  readonly seed: string;
  /** Puts one monitor on a pseudo-terminal, where socat is installed. */
  readonly usePty: boolean;
  /** Where the profiles of the Modbus devices come from: the gateway's catalogue. */
  findDriver(id: string): Driver | null;
  /** Zone of the devices' clocks. */
  readonly timeZone?: string;
}

export interface DemoWard {
  /** Of the shape of a site's configuration. */
  readonly site: WardSite;
  /** Starts the devices that publish, once the broker is up. */
  connectMqtt(url: string): Promise<void>;
  /** Parameters of rules that the demonstration changes, to be merged over the site's. */
  readonly rules: RuleOverrides;
  readonly script: readonly ScriptLine[];
  readonly startMs: number;
  close(): Promise<void>;
}

type DemoWardErrorCode = 'profile-missing';

type Wires = ReturnType<typeof createWires>;

const BED_ON_PTY = 6;

const plugInBeds = async (wires: Wires, bodies: Bodies, options: DemoWardOptions): Promise<void> => {
  const { clock, seed, usePty, timeZone = 'UTC' } = options;
  const world = (device: string) => ({ clock, random: seededRandom(`${seed}:device:${device}`) });
  for (const bed of bedNumbers) {
    const id = `monitor-${bed}`;
    const monitor = createIvy450c({ ...world(id), signals: bodies.monitor(bed) });
    if (usePty && bed === BED_ON_PTY) await wires.serial(id, monitor);
    else await wires.stream(id, monitor);
  }
  for (const bed of bedsWithCuff) {
    const id = `cuff-${bed}`;
    await wires.stream(id, createSuntechAdvantage({ ...world(id), signals: bodies.cuff(bed) }));
  }
  for (const bed of bedsWithPump) {
    const id = `pump-${bed}`;
    await wires.stream(id, createFreseniusAgilia({ ...world(id), pumps: bodies.pump(bed) }));
  }
  const meter = createOnetouchUltra2({ ...world('meter-6'), signals: bodies.meter(), timeZone, serial: 'DEMO0006Y' });
  await wires.stream('meter-6', meter);
};

const plugInStores = async (wires: Wires, stores: Stores, options: DemoWardOptions): Promise<void> => {
  const { clock, findDriver } = options;
  const profile = (id: string): ModbusDriver => {
    const driver = findDriver(id);
    if (driver?.wire === 'modbus') return driver;
    throw new CodedError<DemoWardErrorCode>('profile-missing', `there is no Modbus profile "${id}"`, {
      hint: 'the demonstration needs the built-in profiles in config/profiles',
    });
  };
  const probe = modbusDevice({ driver: profile('vaisala-hmp'), clock, values: stores.refrigeratorAir });
  await wires.modbusTcp('refrigerator', [probe]);
  await wires.modbusRtu('records-bus', [
    modbusDevice({ driver: profile('xy-md02'), clock, values: stores.recordsAir }),
    modbusDevice({ driver: profile('senseair-s8'), clock, values: stores.recordsAir, unitId: CO2_UNIT }),
  ]);
};

/** A ward with six beds and three stores, on real wires. What happens in it is in `script`. */
export const createDemoWard = async (options: DemoWardOptions): Promise<DemoWard> => {
  const { clock, seed, timeZone = 'UTC' } = options;
  const startMs = clock.now();
  const bodies = createBodies(seed, startMs);
  const stores = createStores(seed, startMs);
  const wires = createWires(clock, seed);
  const stopScript = play(clock, startMs, bodies, stores);
  const switchOffs: (() => Promise<void>)[] = [];

  const close = async (): Promise<void> => {
    stopScript();
    await Promise.all(switchOffs.splice(0).map((switchOff) => switchOff()));
    await wires.close();
  };

  try {
    await plugInBeds(wires, bodies, options);
    await plugInStores(wires, stores, options);
  } catch (error) {
    await close();
    throw error;
  }

  return {
    site: {
      site: { name: 'Demo ward', timeZone, simulated: true },
      places,
      patients,
      devices: demoDevices,
      links: wires.links,
    },
    async connectMqtt(url) {
      const connect = async (id: string, device: Omit<ConnectMqttDeviceOptions, 'url' | 'clientId' | 'clock'>) =>
        void switchOffs.push(await connectMqttDevice({ ...device, url, clientId: `demo-${id}`, clock }));
      const battery = { battery: 87, 'link-quality': 142 };
      await connect('fridge-door-sensor', {
        voice: zigbeeVoice('fridge-door-sensor'),
        intervalMs: 10_000,
        values: (t) => ({ ...stores.refrigeratorAir(t), ...battery }),
      });
      await connect('medicines-room-sensor', {
        voice: tasmotaVoice('medicines-room-sensor', timeZone),
        intervalMs: 10_000,
        values: stores.medicinesAir,
      });
      await connect('thermometer-6', {
        voice: jsonVoice('thermometer-6'),
        intervalMs: 30_000,
        values: (t) => ({ 'body-temperature': Math.round(10 * bodies.patients[6].at(t).temperature) / 10 }),
      });
    },
    rules: demoRules,
    script,
    startMs,
    close,
  };
};
