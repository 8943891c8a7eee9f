import { fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interFrameMs, modbusRtuBus } from '../../gateway/links/modbus-rtu.ts';
import { serialLink } from '../../gateway/links/serial-link.ts';
import { seededRandom } from '../../model/random.ts';
import { modbusRtuServer } from '../../simulators/ports/modbus-rtu-server.ts';
import { ptyPort } from '../../simulators/ports/pty-port.ts';
import { realClock } from '../support/real-time.ts';

/*
 * How much of a 9600 baud wire a Modbus RTU bus uses, over a real serial port (a pty) and a device in a process of its
 * own that takes the time the wire would take: `node --import tsx test/bench/modbus-bus.bench.ts`.
 */

const serial = { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 } as const;
const characterMs = 10_000 / serial.baudRate;
const link = join(tmpdir(), `wardwire-bench-${process.ppid}`);

/** Waits to the microsecond, at the price of this process's core. */
const spinUntil = (time: number): void => {
  while (performance.now() < time);
};

const device = async (): Promise<void> => {
  const port = await ptyPort(link);
  let askedAt = 0;
  const server = modbusRtuServer({
    source: (_, { count }) => new Array<number>(count).fill(7),
    clock: realClock,
    random: seededRandom(1),
  });
  server.start((bytes) => {
    const due = askedAt + (8 + bytes.length) * characterMs + interFrameMs(serial);
    const sleepMs = due - performance.now() - 2;
    setTimeout(
      () => {
        spinUntil(due);
        port.write(bytes);
      },
      Math.max(0, sleepMs),
    );
  });
  port.onData((chunk) => {
    askedAt = performance.now();
    server.receive(chunk);
  });
  process.on('message', () => void port.close().then(() => process.exit(0)));
  process.send?.('ready');
};

const gateway = async (): Promise<void> => {
  const path = join(tmpdir(), `wardwire-bench-${process.pid}`);
  const child = fork(new URL(import.meta.url).pathname, ['device'], { execArgv: ['--import', 'tsx'] });
  await new Promise((resolve) => child.once('message', resolve));
  const random = seededRandom(1);
  const port = serialLink({ id: 'port', path, settings: serial, clock: realClock, random });
  const bus = modbusRtuBus({ id: 'bus', link: port, serial, clock: realClock });
  bus.open();
  while (bus.report().state !== 'up') await new Promise((resolve) => setTimeout(resolve, 10));
  for (const count of [2, 10, 60]) {
    const block = { table: 'input', address: 0, count } as const;
    const reads = 10_000 / (25 + 2 * count);
    await bus.read(1, block);
    const start = performance.now();
    for (let n = 0; n < reads; n++) await bus.read(1, block);
    const perRead = (performance.now() - start) / Math.ceil(reads);
    const ideal = (8 + 5 + 2 * count) * characterMs + 2 * interFrameMs(serial);
    console.log(
      JSON.stringify({
        bench: 'modbus-rtu-9600',
        registers: count,
        msPerRead: Number(perRead.toFixed(2)),
        wireMsPerRead: Number(ideal.toFixed(2)),
        utilisation: Number((ideal / perRead).toFixed(4)),
      }),
    );
  }
  await bus.close();
  child.send('stop');
  rmSync(path, { force: true });
};

await (process.argv[2] === 'device' ? device() : gateway());
