import { createServer, type Socket } from 'node:net';
import { receivers } from './receivers.ts';
import type { StreamPort } from './stream-port.ts';

export interface TcpPort extends StreamPort {
  readonly port: number;
  readonly clients: number;
  /** Cuts every client off, as a device server does that restarts. */
  disconnect(): void;
}

export interface TcpPortOptions {
  readonly host?: string;
  /** 0: any free port. */
  readonly port?: number;
  /** Refuse further clients while one is connected, as most serial device servers do. */
  readonly single?: boolean;
}

/** A serial device server: what the device says goes to every client, what any client says goes to the device. */
export const tcpPort = ({ host = '127.0.0.1', port = 0, single = false }: TcpPortOptions = {}): Promise<TcpPort> =>
  new Promise((resolve, reject) => {
    const data = receivers<[Uint8Array]>();
    const arrivals = receivers<[]>();
    const clients = new Set<Socket>();
    const server = createServer((socket) => {
      socket.on('error', () => {});
      if (single && clients.size > 0) {
        socket.destroy();
        return;
      }
      socket.setNoDelay(true);
      clients.add(socket);
      socket.on('close', () => clients.delete(socket));
      socket.on('data', (chunk) => data.emit(chunk));
      arrivals.emit();
    });
    const disconnect = () => {
      for (const client of clients) client.destroy();
    };
    server.once('error', reject);
    server.listen(port, host, () => {
      const bound = server.address();
      const number = bound !== null && typeof bound === 'object' ? bound.port : port;
      resolve({
        address: `${host}:${number}`,
        port: number,
        get clients() {
          return clients.size;
        },
        write(bytes) {
          for (const client of clients) client.write(bytes);
        },
        onData: data.add,
        onClient: arrivals.add,
        disconnect,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            disconnect();
          }),
      });
    });
  });
