import { createConnection } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ivy450c } from '../../../drivers/ekg/ivy-450c.ts';
import type { Driver, DriverSample, FramingEvent } from '../../../drivers/kit/contract.ts';
import { loadDrivers } from '../../../gateway/config/driver-catalogue.ts';
import { simulateDevice, wiresOf } from '../../../simulators/single-device.ts';
import {
  eventually,
  freePort,
  programMissing,
  pythonModuleMissing,
  runProgram,
  startProgram,
  temporaryDirectory,
} from '../../support/programs.ts';
import { realClock } from '../../support/real-time.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const catalogue = loadDrivers();
const driverOf = (id: string): Driver => {
  const driver = catalogue.find(id);
  if (!driver) throw new Error(`no driver ${id}`);
  return driver;
};

type Options = Parameters<typeof simulateDevice>[0];

/** A running device that ends with the test. */
const start = async (id: string, wire: Options['wire'], more: Partial<Options> = {}) => {
  const device = await simulateDevice({ driver: driverOf(id), wire, clock: realClock, seed: 'test', ...more });
  cleanups.push(() => device.close());
  return device;
};

const portOf = (address: string): string => address.split(':').at(-1) ?? '';

const directory = (): string => {
  const folder = temporaryDirectory('simulators');
  cleanups.push(() => folder.remove());
  return folder.path;
};

/** Registers that mbpoll prints as `[1]: 	221`. */
const registersIn = (output: string): number[] =>
  [...output.matchAll(/^\[\d+\]:\s+(-?\d+)/gm)].map(([, value]) => Number(value));

const expectRoom = ([temperature = 0, humidity = 0, ...rest]: readonly number[]) => {
  expect(rest).toEqual([]);
  expect(temperature).toBeGreaterThan(150);
  expect(temperature).toBeLessThan(300);
  expect(humidity).toBeGreaterThan(200);
  expect(humidity).toBeLessThan(800);
};

describe.skipIf(programMissing('mbpoll'))('a simulated XY-MD02, read by mbpoll', () => {
  const reading = ['-t', '3', '-0', '-r', '1', '-c', '2', '-1', '-q'];

  it('over Modbus TCP', async () => {
    const { address } = await start('xy-md02', { kind: 'modbus-tcp', port: 0 });
    const { code, output } = await runProgram('mbpoll', [
      ...['-m', 'tcp', '-a', '1', '-p', portOf(address)],
      ...reading,
      '127.0.0.1',
    ]);
    expect([code, output]).toEqual([0, expect.any(String)]);
    expectRoom(registersIn(output));
  });

  it('with another unit id, and only with that', async () => {
    const { address } = await start('xy-md02', { kind: 'modbus-tcp', port: 0 }, { unit: 7 });
    const ask = (unit: string) =>
      runProgram('mbpoll', [...['-m', 'tcp', '-a', unit, '-o', '0.3', '-p', portOf(address)], ...reading, '127.0.0.1']);
    expectRoom(registersIn((await ask('7')).output));
    const stranger = await ask('1');
    expect(registersIn(stranger.output)).toEqual([]);
    expect(stranger.output).toContain('timed out');
  });

  it.skipIf(programMissing('socat'))('over Modbus RTU on a pseudo-terminal', async () => {
    const link = join(directory(), 'bus');
    const { address } = await start('xy-md02', { kind: 'modbus-rtu-pty', link });
    expect(address).toBe(link);
    const { code, output } = await runProgram('mbpoll', [
      ...['-m', 'rtu', '-a', '1', '-b', '9600', '-P', 'none'],
      ...reading,
      link,
    ]);
    expect([code, output]).toEqual([0, expect.any(String)]);
    expectRoom(registersIn(output));
  });
});

describe.skipIf(pythonModuleMissing('pymodbus'))('a simulated Vaisala probe, read by pymodbus', () => {
  it('gives floats with the low word first', async () => {
    const { address } = await start('vaisala-hmp', { kind: 'modbus-tcp', port: 0 });
    const script = `
import json, sys
from pymodbus.client import ModbusTcpClient
from pymodbus.constants import Endian
from pymodbus.payload import BinaryPayloadDecoder
client = ModbusTcpClient("127.0.0.1", port=int(sys.argv[1]), timeout=1)
client.connect()
registers = client.read_holding_registers(0, 4, slave=240).registers
decoder = BinaryPayloadDecoder.fromRegisters(registers, byteorder=Endian.Big, wordorder=Endian.Little)
print(json.dumps([decoder.decode_32bit_float(), decoder.decode_32bit_float()]))
client.close()
`;
    const { stdout, output } = await runProgram('/usr/bin/python3', ['-c', script, portOf(address)]);
    expect(output).toContain('[');
    const [humidity, temperature]: number[] = JSON.parse(stdout);
    expectRoom([10 * (temperature ?? 0), 10 * (humidity ?? 0)]);
  });
});

describe('a simulated Ivy 450C, read over TCP', () => {
  it('streams seconds that the driver decodes: an EKG, and a heart rate that fits it', async () => {
    const { address } = await start('ivy-450c', { kind: 'tcp', port: 0 });
    const framer = ivy450c.reply.framer();
    const events: FramingEvent[] = [];
    const socket = createConnection({ host: '127.0.0.1', port: Number(portOf(address)) });
    cleanups.push(() => socket.destroy());
    socket.on('data', (chunk) => events.push(...framer.push(chunk)));
    const frames = () => events.flatMap((event) => (event.kind === 'frame' ? [event.bytes] : []));
    await eventually(() => frames().length >= 2, 'two messages', 10_000);
    expect(events.filter((event) => event.kind === 'junk')).toEqual([]);
    const samples: DriverSample[] = frames().flatMap((frame) => {
      const decoded = ivy450c.reply.decode(frame);
      if (!decoded.ok) throw new Error(decoded.fault.detail);
      return ivy450c.interpret(decoded.message, { receivedAt: 0, memory: {}, options: {} }).samples;
    });
    const rate = samples.find((sample) => sample.kind === 'numeric' && sample.metric === 'heart-rate');
    expect(rate).toMatchObject({ unit: '/min', value: expect.any(Number) });
    expect(rate?.kind === 'numeric' && rate.value !== null && rate.value > 55 && rate.value < 100).toBe(true);
    const ekg = samples.find((sample) => sample.kind === 'waveform' && sample.metric === 'ecg-lead-ii');
    const raw = ekg?.kind === 'waveform' ? ekg.raw.filter((value) => value !== null) : [];
    expect(raw).toHaveLength(200);
    expect(Math.max(...raw) - Math.min(...raw)).toBeGreaterThan(20);
  });
});

describe.skipIf(programMissing('mosquitto', 'mosquitto_sub'))(
  'a simulated Zigbee sensor, heard by mosquitto_sub',
  () => {
    it('publishes the state that Zigbee2MQTT would, and that it is online', async () => {
      const port = await freePort();
      const folder = directory();
      const broker = await startProgram('mosquitto', ['-v', '-p', String(port)], {
        ready: /mosquitto version .* running/,
        cwd: folder,
      });
      cleanups.push(() => broker.stop());
      const listener = await startProgram('mosquitto_sub', ['-p', String(port), '-t', 'zigbee2mqtt/#', '-v'], {
        ready: () => broker.output().includes('Sending SUBACK'),
      });
      cleanups.push(() => listener.stop());
      const device = await start(
        'zigbee2mqtt',
        { kind: 'mqtt', url: `mqtt://127.0.0.1:${port}` },
        { topic: 'shelf', intervalMs: 200 },
      );
      expect(device.address).toBe(`mqtt://127.0.0.1:${port} zigbee2mqtt/shelf`);
      const said = () => listener.stdout().split('\n');
      const states = () => said().filter((line) => line.startsWith('zigbee2mqtt/shelf {'));
      await eventually(() => states().length >= 2, 'two states');
      const state = JSON.parse(states()[0]?.slice('zigbee2mqtt/shelf '.length) ?? '');
      expect(state).toMatchObject({ temperature: expect.any(Number), humidity: expect.any(Number), battery: 62 });
      expect(Math.abs(Date.parse(state.last_seen) - Date.now())).toBeLessThan(10_000);
      expect(said()).toContain('zigbee2mqtt/shelf/availability {"state":"online"}');
    });
  },
);

describe('any driver and profile', () => {
  const broker = { kind: 'mqtt', url: 'mqtt://127.0.0.1:1' } as const;
  const wireFor = (kind: string): Options['wire'] => {
    if (kind === 'mqtt') return broker;
    return kind === 'modbus-tcp' ? { kind: 'modbus-tcp', port: 0 } : { kind: 'tcp', port: 0 };
  };
  const overSockets = catalogue.drivers.filter(({ wire }) => wire !== 'mqtt').map(({ id }) => id);

  it.each(overSockets)('%s can be simulated', async (id) => {
    const { address } = await start(
      id,
      wireFor(wiresOf[driverOf(id).wire].includes('modbus-tcp') ? 'modbus-tcp' : 'tcp'),
    );
    expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it.each(catalogue.drivers.map(({ id }) => id))(
    '%s refuses a wire that does not fit, and says which do',
    async (id) => {
      const driver = driverOf(id);
      const wire = driver.wire === 'mqtt' ? wireFor('tcp') : broker;
      await expect(start(id, wire)).rejects.toMatchObject({
        code: 'wire-does-not-fit',
        hint: expect.stringContaining(wiresOf[driver.wire].join(', ')),
      });
    },
  );

  it('a driver that nobody has written a simulator for is said to have none', async () => {
    const stranger = { ...driverOf('ivy-450c'), id: 'stranger' };
    await expect(
      simulateDevice({ driver: stranger, wire: { kind: 'tcp', port: 0 }, clock: realClock, seed: 'test' }),
    ).rejects.toMatchObject({ code: 'no-simulator' });
  });
});
