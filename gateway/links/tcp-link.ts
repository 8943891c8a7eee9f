import { createConnection } from 'node:net';
import { after, type Clock } from '../../model/clock.ts';
import type { Random } from '../../model/random.ts';
import type { BackoffLimits } from './backoff.ts';
import { type ByteConnection, byteStream } from './byte-stream.ts';
import type { ByteLink } from './contract.ts';
import { connectError, linkDown } from './problem.ts';
import { closedByPeer, connectTimeout, socketProblem } from './socket-problems.ts';

export interface TcpLinkOptions {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly backoff?: BackoffLimits;
  readonly connectTimeoutMs?: number;
  /** After this long without traffic the system asks the peer whether it is still there. */
  readonly keepaliveMs?: number;
  /** How the peer is called in hints. */
  readonly what?: string;
}

/**
 * TCP to a serial device server, or to a Modbus TCP device. A peer that vanished without a word is noticed by
 * keep-alive after minutes at best; the silence of the device says so sooner.
 */
export const tcpLink = (options: TcpLinkOptions): ByteLink => {
  const { clock, host, port, what = 'the device server', connectTimeoutMs = 10_000, keepaliveMs = 15_000 } = options;
  return byteStream({
    ...options,
    connect: ({ signal, lost, received }) =>
      new Promise<ByteConnection>((resolve, reject) => {
        const socket = createConnection({ host, port });
        socket.setNoDelay(true);
        socket.setKeepAlive(true, keepaliveMs);
        let connectedAt: number | null = null;
        const giveUp = () => {
          cancel();
          socket.destroy();
        };
        const cancel = after(clock, connectTimeoutMs, () => {
          giveUp();
          reject(connectError(connectTimeout({ host, port }, connectTimeoutMs, what)));
        });
        signal.addEventListener('abort', giveUp, { once: true });
        socket.on('error', (error) => {
          cancel();
          const problem = socketProblem(error, { host, port }, what);
          if (connectedAt === null) reject(connectError(problem, error));
          else lost(problem);
        });
        socket.on('close', () => {
          cancel();
          if (connectedAt === null) reject(connectError({ reason: 'closed while connecting', hint: null }));
          else lost(closedByPeer({ host, port }, clock.now() - connectedAt, what));
        });
        socket.on('data', received);
        socket.once('connect', () => {
          cancel();
          connectedAt = clock.now();
          resolve({
            advice: null,
            write: (bytes) =>
              new Promise((written, failed) => {
                socket.write(bytes, (error) => {
                  if (error) failed(linkDown(socketProblem(error, { host, port }, what)));
                  else written();
                });
              }),
            close: () =>
              new Promise((closed) => {
                if (socket.closed) {
                  closed();
                  return;
                }
                socket.once('close', () => closed());
                socket.destroy();
              }),
          });
        });
      }),
  });
};
