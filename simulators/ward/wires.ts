import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../model/clock.ts';
import { hasCode } from '../../model/errors.ts';
import { seededRandom } from '../../model/random.ts';
import { type ModbusDevice, onOneBus } from '../devices/modbus-device.ts';
import { modbusRtuServer } from '../ports/modbus-rtu-server.ts';
import { modbusTcpServer } from '../ports/modbus-tcp-server.ts';
import { type PtyErrorCode, ptyPort } from '../ports/pty-port.ts';
import { plugIn, type StreamDevice } from '../ports/stream-port.ts';
import { tcpPort } from '../ports/tcp-port.ts';
import type { WardLink } from './site.ts';

const HOST = '127.0.0.1';
/** A simulated unit answers at once; what is silent is not there. */
const BUS_TIMEOUT_MS = 500;

/** The wires of the ward: each device is plugged into one, and all are pulled out at the end. */
export const createWires = (clock: Clock, seed: string) => {
  const links: Record<string, WardLink> = {};
  const closers: (() => Promise<void> | void)[] = [];

  const overTcp = async (device: StreamDevice): Promise<number> => {
    const port = await tcpPort();
    const pullOut = plugIn(device, port);
    closers.push(() => {
      pullOut();
      return port.close();
    });
    return port.port;
  };

  const stream = async (link: string, device: StreamDevice): Promise<void> => {
    links[link] = { type: 'tcp', host: HOST, port: await overTcp(device) };
  };

  return {
    links: links as Readonly<Record<string, WardLink>>,
    stream,

    /** On a pseudo-terminal, or over TCP where socat is not installed. */
    async serial(link: string, device: StreamDevice): Promise<void> {
      const folder = mkdtempSync(join(tmpdir(), 'wardwire-ward-'));
      const removeFolder = () => rmSync(folder, { recursive: true, force: true });
      try {
        const port = await ptyPort(join(folder, link));
        const pullOut = plugIn(device, port);
        closers.push(async () => {
          pullOut();
          await port.close();
          removeFolder();
        });
        links[link] = { type: 'serial', path: port.address };
      } catch (error) {
        removeFolder();
        if (!hasCode<PtyErrorCode>(error, 'socat-missing')) throw error;
        await stream(link, device);
      }
    },

    /** Units on one RS-485 bus behind a serial device server. */
    async modbusRtu(link: string, units: readonly ModbusDevice[]): Promise<void> {
      const bus = modbusRtuServer({ source: onOneBus(units), clock, random: seededRandom(`${seed}:${link}`) });
      links[link] = { type: 'modbus-rtu', host: HOST, port: await overTcp(bus), timeoutMs: BUS_TIMEOUT_MS };
    },

    async modbusTcp(link: string, units: readonly ModbusDevice[]): Promise<void> {
      const server = await modbusTcpServer({
        source: onOneBus(units),
        clock,
        random: seededRandom(`${seed}:${link}`),
      });
      closers.push(() => server.close());
      links[link] = { type: 'modbus-tcp', host: HOST, port: server.port };
    },

    async close(): Promise<void> {
      await Promise.all(closers.splice(0).map((close) => close()));
    },
  };
};
