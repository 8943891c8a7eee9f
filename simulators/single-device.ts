import type { Driver, ModbusDriver, MqttDriver, StreamDriver } from '../drivers/kit/contract.ts';
import type { Clock } from '../model/clock.ts';
import { CodedError } from '../model/errors.ts';
import { findMetric } from '../model/metrics.ts';
import { seededRandom } from '../model/random.ts';
import { convert } from '../model/unit.ts';
import { connectMqttDevice } from './connect-mqtt-device.ts';
import { modbusDevice, onOneBus, type RegisterValues } from './devices/modbus-device.ts';
import type { MetricValues } from './devices/mqtt-messages.ts';
import { mqttVoice } from './devices/mqtt-voices.ts';
import { modbusRtuServer } from './ports/modbus-rtu-server.ts';
import { modbusTcpServer } from './ports/modbus-tcp-server.ts';
import { ptyPort } from './ports/pty-port.ts';
import { plugIn, type StreamDevice, type StreamPort } from './ports/stream-port.ts';
import { tcpPort } from './ports/tcp-port.ts';
import { metricSources } from './signals/metric-values.ts';
import { singleStreamDevice } from './single-stream-device.ts';

/** What a simulated device can be reached by. A Modbus device on `tcp` speaks RTU, as behind a serial device server. */
export type SingleWire =
  | { readonly kind: 'pty'; readonly link: string }
  | { readonly kind: 'tcp'; readonly port: number }
  | { readonly kind: 'modbus-tcp'; readonly port: number }
  | { readonly kind: 'modbus-rtu-pty'; readonly link: string }
  | { readonly kind: 'mqtt'; readonly url: string };

export type SingleDeviceErrorCode = 'wire-does-not-fit' | 'no-simulator';

export const wiresOf: Readonly<Record<Driver['wire'], readonly SingleWire['kind'][]>> = {
  stream: ['pty', 'tcp'],
  modbus: ['modbus-tcp', 'modbus-rtu-pty', 'tcp'],
  mqtt: ['mqtt'],
};

export interface SimulateDeviceOptions {
  readonly driver: Driver;
  readonly wire: SingleWire;
  /** Modbus; default: the driver's. */
  readonly unit?: number;
  /** MQTT: the name in its topics; default: the driver's id. */
  readonly topic?: string;
  readonly clock: Clock;
  readonly seed: string;
  /** MQTT: how often it publishes. */
  readonly intervalMs?: number;
  readonly timeZone?: string;
}

export interface SingleDevice {
  /** What a client opens. */
  readonly address: string;
  close(): Promise<void>;
}

const PUBLISH_MS = 5_000;

const misfit = (driver: Driver, wire: SingleWire): CodedError<SingleDeviceErrorCode> =>
  new CodedError('wire-does-not-fit', `${driver.id} cannot be reached over ${wire.kind}`, {
    hint: `it fits: ${wiresOf[driver.wire].join(', ')}`,
  });

const unwritten = (driver: Driver): CodedError<SingleDeviceErrorCode> =>
  new CodedError('no-simulator', `nobody has written a simulator for ${driver.id}`, {
    hint: 'profiles and the built-in drivers can be simulated; `wardwire drivers` lists them',
  });

const portFor = (wire: SingleWire): Promise<StreamPort> | null => {
  if (wire.kind === 'tcp') return tcpPort({ port: wire.port });
  return wire.kind === 'pty' || wire.kind === 'modbus-rtu-pty' ? ptyPort(wire.link) : null;
};

const onPort = async (device: StreamDevice, opening: Promise<StreamPort>): Promise<SingleDevice> => {
  const port = await opening;
  const pullOut = plugIn(device, port);
  return {
    address: port.address,
    close() {
      pullOut();
      return port.close();
    },
  };
};

const streamDevice = (driver: StreamDriver, { wire, clock, seed }: SimulateDeviceOptions): Promise<SingleDevice> => {
  const device = singleStreamDevice(driver.id, clock, seed);
  if (!device) throw unwritten(driver);
  const opening = portFor(wire);
  if (!opening) throw misfit(driver, wire);
  return onPort(device, opening);
};

/** By metric and in the unit of the profile, which its own decoding tells; what no model knows is missing. */
const registerValues = (driver: ModbusDriver, seed: string, startMs: number): ((t: number) => RegisterValues) => {
  const sources = metricSources(seed, startMs);
  const points = driver.decode(driver.encode({})).flatMap((sample) => (sample.kind === 'numeric' ? [sample] : []));
  return (t) =>
    Object.fromEntries(
      points.map(({ metric, unit }) => {
        const value = sources[metric]?.(t) ?? null;
        const catalogue = findMetric(metric)?.unit ?? unit;
        return [metric, value === null ? null : convert(value, catalogue, unit)];
      }),
    );
};

const modbusSingle = async (driver: ModbusDriver, options: SimulateDeviceOptions): Promise<SingleDevice> => {
  const { wire, clock, seed, unit = driver.unitId } = options;
  const unitDevice = modbusDevice({
    driver,
    clock,
    unitId: unit,
    values: registerValues(driver, seed, clock.now()),
  });
  const server = { source: onOneBus([unitDevice]), clock, random: seededRandom(`${seed}:bus`) };
  if (wire.kind === 'modbus-tcp') return modbusTcpServer({ ...server, port: wire.port });
  const opening = portFor(wire);
  if (!opening) throw misfit(driver, wire);
  return onPort(modbusRtuServer(server), opening);
};

/** What the JSON driver could send is every metric there is; it is a room sensor here. */
const roomMetrics = ['air-temperature', 'relative-humidity', 'co2'];

const mqttSingle = async (driver: MqttDriver, options: SimulateDeviceOptions): Promise<SingleDevice> => {
  const { wire, topic = driver.id, clock, seed, intervalMs = PUBLISH_MS, timeZone = 'UTC' } = options;
  if (wire.kind !== 'mqtt') throw misfit(driver, wire);
  const voice = mqttVoice(driver.id, topic, timeZone);
  if (!voice) throw unwritten(driver);
  const sources = metricSources(seed, clock.now());
  const metrics = driver.id === 'mqtt-json' ? roomMetrics : driver.metrics;
  const values = (t: number): MetricValues => {
    const known = metrics.flatMap((metric) => (sources[metric] ? [[metric, sources[metric](t)] as const] : []));
    return Object.fromEntries(known);
  };
  const clientId = `simulated-${topic.replaceAll(/[^A-Za-z0-9-]/g, '-')}`;
  const close = await connectMqttDevice({ url: wire.url, clientId, voice, clock, intervalMs, values });
  return { address: `${wire.url} ${driver.topics(topic)[0] ?? topic}`, close };
};

/** One simulated device on a real wire, for any client. Rejects with a coded error where the wire does not fit. */
export const simulateDevice = async (options: SimulateDeviceOptions): Promise<SingleDevice> => {
  const { driver, wire } = options;
  if (!wiresOf[driver.wire].includes(wire.kind)) throw misfit(driver, wire);
  switch (driver.wire) {
    case 'stream':
      return streamDevice(driver, options);
    case 'modbus':
      return modbusSingle(driver, options);
    case 'mqtt':
      return mqttSingle(driver, options);
  }
};
