import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { SerialPort } from 'serialport';
import { CodedError } from '../../model/errors.ts';
import { receivers } from './receivers.ts';
import type { StreamPort } from './stream-port.ts';

export type PtyErrorCode = 'socat-missing' | 'pty-failed';

export interface PtyPort extends StreamPort {
  /** The process that holds the pair; ending it is what unplugging an adapter looks like. */
  readonly pid: number;
}

const startSocat = (link: string, own: string, socat: string) =>
  new Promise<ReturnType<typeof spawn>>((resolve, reject) => {
    const child = spawn(socat, ['-d', '-d', `pty,raw,echo=0,link=${link}`, `pty,raw,echo=0,link=${own}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('starting data transfer loop')) resolve(child);
    });
    child.once('error', (cause) =>
      reject(
        new CodedError<PtyErrorCode>('socat-missing', `${socat} does not start`, {
          hint: 'Install socat, or use a TCP port instead.',
          cause,
        }),
      ),
    );
    child.once('exit', () => reject(new CodedError<PtyErrorCode>('pty-failed', `socat ended: ${said.slice(-300)}`)));
  });

const openOwnEnd = (path: string) =>
  new Promise<SerialPort>((resolve, reject) => {
    const port = new SerialPort({ path, baudRate: 115_200, autoOpen: false });
    port.open((error) => (error ? reject(error) : resolve(port)));
  });

/**
 * A pair of pseudo-terminals made by socat: the client opens `link`, the simulated device has the other end. A pty has
 * no baud rate: what must take its time on the wire is paced by the device.
 */
export const ptyPort = async (link: string, options: { readonly socat?: string } = {}): Promise<PtyPort> => {
  const ownPath = `${link}.device`;
  const child = await startSocat(link, ownPath, options.socat ?? 'socat');
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await openOwnEnd(ownPath);
  const data = receivers<[Uint8Array]>();
  port.on('data', (chunk: Buffer) => data.emit(chunk));
  // The pair is gone when socat is: closing says so, errors add nothing.
  port.on('error', () => {});
  const closeOwnEnd = () =>
    new Promise<void>((resolve) => {
      if (port.isOpen && !port.closing) port.close(() => resolve());
      else resolve();
    });
  child.once('exit', () => {
    void closeOwnEnd();
    rmSync(link, { force: true });
    rmSync(ownPath, { force: true });
  });
  return {
    address: link,
    pid: child.pid ?? -1,
    write(bytes) {
      if (port.isOpen) port.write(Buffer.from(bytes));
    },
    onData: data.add,
    async close() {
      await closeOwnEnd();
      child.kill();
      await ended;
    },
  };
};
