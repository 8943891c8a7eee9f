import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ControlledModbusBus } from '../../../gateway/links/modbus-bus.ts';
import { modbusRtuBus } from '../../../gateway/links/modbus-rtu.ts';
import { modbusTcpBus } from '../../../gateway/links/modbus-tcp.ts';
import { serialLink } from '../../../gateway/links/serial-link.ts';
import { tcpLink } from '../../../gateway/links/tcp-link.ts';
import { seededRandom } from '../../../model/random.ts';
import { lateReply, type WireFault } from '../../../simulators/faults/wire-faults.ts';
import { modbusRtuServer } from '../../../simulators/ports/modbus-rtu-server.ts';
import { modbusTcpServer } from '../../../simulators/ports/modbus-tcp-server.ts';
import { ptyPort } from '../../../simulators/ports/pty-port.ts';
import { fromTables, type RegisterSource } from '../../../simulators/ports/register-source.ts';
import { plugIn } from '../../../simulators/ports/stream-port.ts';
import { tcpPort } from '../../../simulators/ports/tcp-port.ts';
import {
  eventually,
  freePort,
  portAnswers,
  programMissing,
  pythonModuleMissing,
  requireProgram,
  runProgram,
  startProgram,
  temporaryDirectory,
} from '../../support/programs.ts';
import { fastBackoff, realClock } from '../../support/real-time.ts';

const serial = { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 } as const;
const common = { clock: realClock, random: seededRandom(1), backoff: fastBackoff };
const here = new URL('.', import.meta.url).pathname;

const table = (unitId: number, base: number) =>
  new Map(Array.from({ length: 300 }, (_, address) => [address, base + 1000 * unitId + address]));

const source: RegisterSource = fromTables(() => ({
  1: { holding: table(1, 0), input: table(1, 30_000) },
  2: { holding: table(2, 0), input: table(2, 30_000) },
}));

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const upWith = async (bus: ControlledModbusBus): Promise<ControlledModbusBus> => {
  cleanups.push(() => bus.close());
  bus.open();
  await eventually(() => bus.report().state === 'up', 'up');
  return bus;
};

const rtuOver = (path: string) =>
  upWith(
    modbusRtuBus({
      id: 'rtu',
      link: serialLink({ id: 'rtu-port', path, settings: serial, ...common }),
      serial,
      clock: realClock,
      timeoutMs: 500,
      maxReplyMs: 300,
    }),
  );

const simulatedPty = async (fault?: WireFault): Promise<string> => {
  const directory = temporaryDirectory();
  const port = await ptyPort(join(directory.path, 'bus'));
  const server = modbusRtuServer({
    source,
    clock: realClock,
    random: seededRandom(2),
    ...(fault === undefined ? {} : { fault }),
  });
  const unplug = plugIn(server, port);
  cleanups.push(directory.remove, () => port.close(), unplug);
  return port.address;
};

const readsRight = async (bus: ControlledModbusBus): Promise<void> => {
  const replies = await Promise.all([
    bus.read(1, { table: 'input', address: 1, count: 2 }),
    bus.read(2, { table: 'holding', address: 7, count: 125 }),
    bus.read(2, { table: 'input', address: 100, count: 3 }),
  ]);
  expect(replies.map(({ registers }) => registers)).toEqual([
    [31_001, 31_002],
    Array.from({ length: 125 }, (_, n) => 2007 + n),
    [32_100, 32_101, 32_102],
  ]);
  await expect(bus.read(1, { table: 'input', address: 5000, count: 1 })).rejects.toMatchObject({ code: 'exception' });
};

describe('our Modbus client and our simulated units', () => {
  it('understand each other over TCP', async () => {
    const server = await modbusTcpServer({ source, clock: realClock, random: seededRandom(1) });
    cleanups.push(() => server.close());
    const link = tcpLink({ id: 'tcp', host: '127.0.0.1', port: server.port, ...common });
    await readsRight(await upWith(modbusTcpBus({ id: 'bus', link, clock: realClock })));
  });

  it('understand each other in RTU over TCP', async () => {
    const port = await tcpPort();
    cleanups.push(
      () => port.close(),
      plugIn(modbusRtuServer({ source, clock: realClock, random: seededRandom(1) }), port),
    );
    const link = tcpLink({ id: 'tcp', host: '127.0.0.1', port: port.port, ...common });
    await readsRight(await upWith(modbusRtuBus({ id: 'bus', link, serial, clock: realClock })));
  });

  it.skipIf(programMissing('socat'))('never mix answers up on a real serial line with late answers', async () => {
    // Beyond the time-out of 500 ms, within the quarantine.
    const bus = await rtuOver(await simulatedPty(lateReply(0.3, 600, 750)));
    let good = 0;
    for (let address = 0; address < 24; address++) {
      const reply = await bus.read(1, { table: 'input', address, count: 1 }).catch(() => null);
      if (reply === null) continue;
      good++;
      expect(reply.registers).toEqual([31_000 + address]);
    }
    expect(good).toBeGreaterThan(10);
    const { lateReplies, timeouts } = bus.counters();
    expect(lateReplies).toBe(timeouts);
    expect(lateReplies).toBeGreaterThan(0);
  });
});

describe.skipIf(pythonModuleMissing('pymodbus'))('our Modbus client reads pymodbus', () => {
  const python = () => requireProgram('python3');

  it.skipIf(programMissing('socat'))('over a serial line, and again after it was restarted', async () => {
    const directory = temporaryDirectory();
    cleanups.push(directory.remove);
    const [ours, theirs] = [join(directory.path, 'ours'), join(directory.path, 'theirs')];
    const socat = await startProgram(
      'socat',
      ['-d', '-d', `pty,raw,echo=0,link=${ours}`, `pty,raw,echo=0,link=${theirs}`],
      {
        ready: /starting data transfer loop/,
      },
    );
    cleanups.push(() => socat.stop());
    const serve = () => startProgram(python(), [join(here, 'modbus-server.py'), 'rtu', theirs], { ready: /starting/ });
    const first = await serve();
    const bus = await rtuOver(ours);
    await eventually(
      () =>
        bus.read(1, { table: 'input', address: 1, count: 1 }).then(
          () => true,
          () => false,
        ),
      'first answer',
    );
    await readsRight(bus);
    await first.stop();
    await expect(bus.read(1, { table: 'input', address: 1, count: 1 })).rejects.toMatchObject({ code: 'timeout' });
    const second = await serve();
    cleanups.push(() => second.stop());
    await eventually(
      () =>
        bus.read(1, { table: 'input', address: 1, count: 1 }).then(
          () => true,
          () => false,
        ),
      'answer after restart',
    );
    await readsRight(bus);
  });

  it('over TCP', async () => {
    const port = await freePort();
    const server = await startProgram(python(), [join(here, 'modbus-server.py'), 'tcp', String(port)], {
      ready: () => portAnswers(port),
    });
    cleanups.push(() => server.stop());
    const link = tcpLink({ id: 'tcp', host: '127.0.0.1', port, ...common });
    await readsRight(await upWith(modbusTcpBus({ id: 'bus', link, clock: realClock })));
  });
});

describe('our simulated units are read', () => {
  const said = [[31_001, 31_002], 1224, [32_001, 32_002], 2224, 2, 1, 1];

  it.skipIf(pythonModuleMissing('pymodbus') || programMissing('socat'))('by pymodbus over a serial line', async () => {
    const path = await simulatedPty();
    const run = await runProgram(requireProgram('python3'), [join(here, 'modbus-client.py'), 'rtu', path]);
    expect(run.output).not.toContain('Traceback');
    expect(JSON.parse(run.stdout)).toEqual(said);
  });

  it.skipIf(pythonModuleMissing('pymodbus'))('by pymodbus over TCP', async () => {
    const server = await modbusTcpServer({ source, clock: realClock, random: seededRandom(1) });
    cleanups.push(() => server.close());
    const run = await runProgram(requireProgram('python3'), [
      join(here, 'modbus-client.py'),
      'tcp',
      String(server.port),
    ]);
    expect(run.output).not.toContain('Traceback');
    expect(JSON.parse(run.stdout)).toEqual(said);
  });

  /** mbpoll prints `[1]: 	31001`. */
  const polled = (text: string) =>
    [...text.matchAll(/^\[(\d+)\]:\s+(\d+)/gm)].map(([, at, value]) => [Number(at), Number(value)]);

  it.skipIf(programMissing('mbpoll', 'socat'))('by mbpoll over a serial line', async () => {
    const path = await simulatedPty();
    const args = [
      '-m',
      'rtu',
      '-a',
      '2',
      '-b',
      '9600',
      '-P',
      'none',
      '-t',
      '3',
      '-0',
      '-r',
      '1',
      '-c',
      '3',
      '-1',
      path,
    ];
    const run = await runProgram('mbpoll', args);
    expect(polled(run.stdout)).toEqual([
      [1, 32_001],
      [2, 32_002],
      [3, 32_003],
    ]);
  });

  it.skipIf(programMissing('mbpoll'))('by mbpoll over TCP', async () => {
    const server = await modbusTcpServer({ source, clock: realClock, random: seededRandom(1) });
    cleanups.push(() => server.close());
    const args = [
      '-m',
      'tcp',
      '-p',
      String(server.port),
      '-a',
      '1',
      '-t',
      '4',
      '-0',
      '-r',
      '9',
      '-c',
      '2',
      '-1',
      '127.0.0.1',
    ];
    const run = await runProgram('mbpoll', args);
    expect(polled(run.stdout)).toEqual([
      [9, 1009],
      [10, 1010],
    ]);
  });
});
