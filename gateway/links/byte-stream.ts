import type { Clock } from '../../model/clock.ts';
import type { ByteLink } from './contract.ts';
import { createListeners } from './listeners.ts';
import { linkDown } from './problem.ts';
import { type Connection, type Supervised, type SupervisedOptions, supervise } from './supervised.ts';

/** A standing connection that takes bytes. */
export interface ByteConnection extends Connection {
  write(bytes: Uint8Array): Promise<void>;
}

/** What a kind of byte stream adds: how to connect, with a function that takes what arrives. */
export type ByteStreamOptions = Omit<SupervisedOptions<ByteConnection>, 'connect'> & {
  connect(
    context: Parameters<SupervisedOptions<ByteConnection>['connect']>[0] & { received(chunk: Uint8Array): void },
  ): Promise<ByteConnection>;
};

/** A byte link over whatever connects: a serial port, a socket, memory. */
export const byteStream = (options: ByteStreamOptions): ByteLink => {
  const clock: Clock = options.clock;
  const data = createListeners<[Uint8Array, number]>();
  const counted = { bytesIn: 0, bytesOut: 0 };
  const received = (chunk: Uint8Array): void => {
    counted.bytesIn += chunk.length;
    data.emit(chunk, clock.now());
  };
  const supervised: Supervised<ByteConnection> = supervise({
    ...options,
    connect: (context) => options.connect({ ...context, received }),
  });
  return {
    kind: 'stream',
    id: supervised.id,
    report: supervised.report,
    onReport: supervised.onReport,
    open: supervised.open,
    close: supervised.close,
    onData: data.add,
    async write(bytes) {
      const connection = supervised.connection();
      if (!connection) throw linkDown(supervised.problem());
      await connection.write(bytes);
      counted.bytesOut += bytes.length;
    },
    reset: (reason, hint) => supervised.reset({ reason, hint }),
    counters: () => ({ ...supervised.counters(), ...counted }),
  };
};
