import { createServer, type Socket } from 'node:net';
import type { Clock } from '../../model/clock.ts';
import type { Random } from '../../model/random.ts';
import { emit, noFault, type WireFault } from '../faults/wire-faults.ts';
import { answerPdu, type RegisterSource } from './register-source.ts';

export interface ModbusTcpServerOptions {
  readonly source: RegisterSource;
  readonly clock: Clock;
  readonly random: Random;
  readonly fault?: WireFault;
  readonly host?: string;
  /** 0: any free port. */
  readonly port?: number;
}

export interface ModbusTcpServer {
  readonly address: string;
  readonly port: number;
  /** Cuts every client off. */
  disconnect(): void;
  close(): Promise<void>;
}

/** Transaction 2, protocol 2, length 2; the length counts what follows. */
const PREFIX = 6;

/** The units behind a Modbus TCP address, answering reads from a register source. */
export const modbusTcpServer = (options: ModbusTcpServerOptions): Promise<ModbusTcpServer> => {
  const { source, clock, random, fault = noFault, host = '127.0.0.1', port = 0 } = options;
  const clients = new Set<Socket>();

  const answer = (socket: Socket, request: Buffer): void => {
    const unitId = request[PREFIX] ?? 0;
    const pdu = answerPdu(unitId, request.subarray(PREFIX + 1), source);
    if (!pdu) return;
    const length = pdu.length + 1;
    const frame = Uint8Array.of(request[0] ?? 0, request[1] ?? 0, 0, 0, length >> 8, length & 0xff, unitId, ...pdu);
    const write = (bytes: Uint8Array) => {
      if (!socket.destroyed) socket.write(bytes);
    };
    emit(frame, fault, { clock, random, write });
  };

  const serve = (socket: Socket): void => {
    let held = Buffer.alloc(0);
    clients.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => clients.delete(socket));
    socket.on('data', (chunk) => {
      held = Buffer.concat([held, chunk]);
      while (held.length >= PREFIX) {
        const end = PREFIX + held.readUInt16BE(4);
        if (held.readUInt16BE(2) !== 0 || end > 260) {
          socket.destroy();
          return;
        }
        if (held.length < end) return;
        answer(socket, held.subarray(0, end));
        held = held.subarray(end);
      }
    });
  };

  const disconnect = () => {
    for (const client of clients) client.destroy();
  };

  return new Promise((resolve, reject) => {
    const server = createServer(serve);
    server.once('error', reject);
    server.listen(port, host, () => {
      const bound = server.address();
      const number = bound !== null && typeof bound === 'object' ? bound.port : port;
      resolve({
        address: `${host}:${number}`,
        port: number,
        disconnect,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            disconnect();
          }),
      });
    });
  });
};
