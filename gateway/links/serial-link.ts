import { SerialPort } from 'serialport';
import type { SerialSettings } from '../../drivers/kit/contract.ts';
import { type Clock, every } from '../../model/clock.ts';
import type { Random } from '../../model/random.ts';
import type { BackoffLimits } from './backoff.ts';
import { type ByteConnection, byteStream } from './byte-stream.ts';
import type { ByteLink } from './contract.ts';
import { identityOf, type PortPlaces, stableNameOf, systemPlaces } from './list-ports.ts';
import { connectError, linkDown } from './problem.ts';
import { noticeHangUp } from './serial-hang-up.ts';
import { serialProblem, systemSurroundings, unplugged } from './serial-problems.ts';

export interface SerialLinkOptions {
  readonly id: string;
  /** `/dev/serial/by-id/…`, `/dev/ttyX` or a pty. */
  readonly path: string;
  readonly settings: SerialSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly backoff?: BackoffLimits;
  /** How often it is looked whether the adapter is still there: an unplugged one does not always say so. */
  readonly presenceMs?: number;
  readonly places?: PortPlaces;
}

const advice = (path: string, places: PortPlaces): string | null => {
  const stable = stableNameOf(path, places);
  return stable === null
    ? null
    : `${path} may get another number when it is plugged in again: write ${stable} instead.`;
};

/** A serial port, opened exclusively, always read, opened again under the same name after it was unplugged. */
export const serialLink = (options: SerialLinkOptions): ByteLink => {
  const { clock, path, settings, presenceMs = 2000, places = systemPlaces } = options;
  const around = systemSurroundings(places);

  const watchPresence = (lost: () => void): (() => void) => {
    const identity = identityOf(path);
    return every(clock, presenceMs, () => {
      if (identityOf(path) !== identity) lost();
    });
  };

  return byteStream({
    ...options,
    connect: ({ lost, received }) =>
      new Promise<ByteConnection>((resolve, reject) => {
        const port = new SerialPort({ path, ...settings, lock: true, autoOpen: false });
        let stopWatching = () => {};
        port.on('close', () => {
          stopWatching();
          lost(unplugged(path));
        });
        port.on('error', (error) => lost(serialProblem(error, path, around)));
        port.open((error) => {
          if (error) {
            reject(connectError(serialProblem(error, path, around), error));
            return;
          }
          noticeHangUp(port.port);
          port.on('data', received);
          stopWatching = watchPresence(() => lost(unplugged(path)));
          resolve({
            advice: advice(path, places),
            write: (bytes) =>
              new Promise((written, failed) => {
                port.write(Buffer.from(bytes), (problem) => {
                  if (problem) failed(linkDown(serialProblem(problem, path, around)));
                  else written();
                });
              }),
            close: () =>
              new Promise((closed) => {
                stopWatching();
                if (port.isOpen && !port.closing) port.close(() => closed());
                else closed();
              }),
          });
        });
      }),
  });
};
