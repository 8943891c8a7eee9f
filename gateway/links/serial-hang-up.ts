import { read } from 'node:fs';

/** What is needed of serialport's Unix port. */
interface UnixPort {
  readonly fd: number | null;
  readonly isOpen: boolean;
  readonly poller: { once(event: 'readable', callback: (error: Error | null) => void): unknown };
  read(buffer: Buffer, offset: number, length: number): Promise<{ buffer: Buffer; bytesRead: number }>;
}

const isUnixPort = (port: unknown): port is UnixPort =>
  typeof port === 'object' && port !== null && 'poller' in port && 'fd' in port && 'read' in port;

const readSome = (fd: number, buffer: Buffer, offset: number, length: number): Promise<number | 'nothing yet'> =>
  new Promise((resolve, reject) => {
    read(fd, buffer, offset, length, null, (error, bytes) => {
      if (!error) resolve(bytes);
      else if (error.code === 'EAGAIN' || error.code === 'EINTR') resolve('nothing yet');
      else reject(error);
    });
  });

const readable = (port: UnixPort): Promise<void> =>
  new Promise((resolve, reject) => {
    port.poller.once('readable', (error) => (error ? reject(error) : resolve()));
  });

const fdOf = (port: UnixPort): number => {
  if (port.isOpen && port.fd !== null) return port.fd;
  throw Object.assign(new Error('the port is closed'), { canceled: true });
};

/**
 * Makes a hang-up end the port. A tty that was unplugged reads as zero bytes for ever; serialport 13 then asks again at
 * once, so it never says that the port is gone and burns a core. In raw mode with VMIN 1 zero bytes mean nothing else.
 */
export const noticeHangUp = (port: unknown): void => {
  if (!isUnixPort(port)) return;
  port.read = async (buffer, offset, length) => {
    for (;;) {
      const bytesRead = await readSome(fdOf(port), buffer, offset, length);
      if (bytesRead === 0) throw Object.assign(new Error('the port hung up'), { disconnect: true });
      if (bytesRead !== 'nothing yet') return { buffer, bytesRead };
      // It may have been closed while it was read: polling a closed port's poller ends the process.
      fdOf(port);
      await readable(port);
    }
  };
};
