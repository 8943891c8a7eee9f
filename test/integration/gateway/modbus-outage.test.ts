import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  eventually,
  freePort,
  portAnswers,
  programMissing,
  type RunningProgram,
  startProgram,
  temporaryDirectory,
} from '../../support/programs.ts';
import { type Json, type Reading, type RunningGateway, startGateway } from '../../support/running-gateway.ts';

const PYTHON = '/usr/bin/python3';
const skipped = programMissing(PYTHON);

/** A Modbus server that no one here wrote: 30.5 °C and 54.6 % in the registers of an XY-MD02. */
const server = `
import sys
from pymodbus.server.sync import StartTcpServer
from pymodbus.datastore import ModbusSequentialDataBlock, ModbusSlaveContext, ModbusServerContext
unit = ModbusSlaveContext(ir=ModbusSequentialDataBlock(0, [0, 305, 546, 0]), zero_mode=True)
StartTcpServer(context=ModbusServerContext(slaves={1: unit}, single=False), address=("127.0.0.1", int(sys.argv[1])), allow_reuse_address=True)
`;
const asynchronous = server.replace(
  'pymodbus.server.sync import StartTcpServer',
  'pymodbus.server import StartTcpServer',
);

describe.skipIf(skipped)('a pymodbus server polled as an XY-MD02', () => {
  const folder = temporaryDirectory('wardwire-pymodbus');
  let port: number;
  let device: RunningProgram;
  let gateway: RunningGateway;

  const startDevice = async () => {
    const script = join(folder.path, 'server.py');
    writeFileSync(
      script,
      `try:\n    import pymodbus.server.sync\n    SYNC = True\nexcept ImportError:\n    SYNC = False\nexec(${JSON.stringify(server)} if SYNC else ${JSON.stringify(asynchronous)})\n`,
    );
    device = await startProgram(PYTHON, [script, String(port)], { ready: () => portAnswers(port), timeoutMs: 15_000 });
  };

  const active = async () =>
    (await gateway.list<Json>('/api/v1/alerts?state=active')).filter(({ code }) => code === 'device-silent');
  const state = async () => gateway.get<Json>('/api/v1/devices/climate');

  beforeAll(async () => {
    port = await freePort();
    await startDevice();
    gateway = await startGateway({
      site: {
        links: { bus: { type: 'modbus-tcp', host: '127.0.0.1', port, timeoutMs: 300 } },
        places: [{ id: 'store', name: 'Store', kind: 'room' }],
        devices: [
          { id: 'climate', driver: 'xy-md02', link: 'bus', place: 'store', pollSeconds: 0.5, silentAfterSeconds: 2 },
        ],
      },
    });
  });
  afterAll(async () => {
    await gateway?.dispose();
    await device?.stop();
    folder.remove();
  });

  it('gives its values; stopped, the room has no data and an alert; back, the alert ends', async () => {
    await eventually(async () => (await state()).state === 'running', 'the device running');
    const readings = await gateway.list<Reading>('/api/v1/readings?device=climate');
    const newest = (metric: string) => readings.find((reading) => reading.metric === metric);
    expect(newest('air-temperature')).toMatchObject({ value: 30.5, unit: 'Cel', quality: 'good', place: 'store' });
    expect(newest('relative-humidity')).toMatchObject({ value: 54.6, unit: '%' });
    expect(await active()).toEqual([]);

    await device.stop('SIGKILL');
    await eventually(async () => (await active()).length === 1, 'an alert of the silent device', 8000);
    expect(await active()).toMatchObject([{ kind: 'technical', device: 'climate', place: 'store', condition: 'on' }]);
    const silent = await state();
    expect(silent.state).toBe('silent');
    expect(silent.why).toMatch(/refused|connect|answer/i);

    await startDevice();
    await eventually(async () => (await active()).length === 0, 'the alert to end', 45_000);
    expect((await state()).state).toBe('running');
  }, 90_000);
});
