import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { serialLink } from '../../../gateway/links/serial-link.ts';
import { hasCode } from '../../../model/errors.ts';
import { seededRandom } from '../../../model/random.ts';
import { type PtyPort, ptyPort } from '../../../simulators/ports/pty-port.ts';
import { eventually, programMissing, temporaryDirectory } from '../../support/programs.ts';
import { fastBackoff, realClock } from '../../support/real-time.ts';

const settings = { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 } as const;

describe.skipIf(programMissing('socat'))('a serial link', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  const plug = async (path: string): Promise<PtyPort> => {
    const port = await ptyPort(path);
    cleanups.push(() => port.close());
    return port;
  };

  const setUp = (given?: string, presenceMs = 60_000) => {
    const directory = temporaryDirectory();
    const path = given ?? join(directory.path, 'port');
    const link = serialLink({
      id: 'serial-1',
      path,
      settings,
      clock: realClock,
      random: seededRandom(1),
      backoff: fastBackoff,
      presenceMs,
    });
    cleanups.push(directory.remove, () => link.close());
    return { link, path };
  };

  it('carries bytes both ways', async () => {
    const { link, path } = setUp();
    const port = await plug(path);
    const heard: string[] = [];
    const got: number[] = [];
    port.onData((chunk) => heard.push(Buffer.from(chunk).toString()));
    link.onData((chunk) => got.push(...chunk));
    link.open();
    await eventually(() => link.report().state === 'up', 'up');
    await link.write(Buffer.from('DMP\r'));
    const bytes = Uint8Array.from({ length: 256 }, (_, n) => n);
    port.write(bytes);
    await eventually(() => heard.join('') === 'DMP\r' && got.length === 256, 'both ways');
    expect(got).toEqual([...bytes]);
    expect(link.counters()).toMatchObject({ bytesIn: 256, bytesOut: 4, connects: 1 });
  });

  it('notices that it was unplugged, at once and without spinning, and comes back under the same name', async () => {
    const { link, path } = setUp();
    const first = await plug(path);
    link.open();
    await eventually(() => link.report().state === 'up', 'up');
    const before = process.cpuUsage();
    const start = performance.now();
    process.kill(first.pid, 'SIGKILL');
    await eventually(() => link.report().state === 'down', 'noticed', 1500);
    await expect(link.write(Buffer.from('x'))).rejects.toSatisfy((error: unknown) => hasCode(error, 'link-down'));
    await eventually(() => /no port|unplugged/.test(link.report().reason ?? ''), 'reason');
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(0.8 * (performance.now() - start) + 200);
    const second = await plug(path);
    await eventually(() => link.report().state === 'up', 'back');
    const got: string[] = [];
    link.onData((chunk) => got.push(Buffer.from(chunk).toString()));
    second.write(Buffer.from('again'));
    await eventually(() => got.join('') === 'again', 'data after replug');
    expect(link.counters()).toMatchObject({ connects: 2, losses: 1 });
  });

  it('can be closed and opened again in the midst of data', async () => {
    const { link, path } = setUp();
    const port = await plug(path);
    const flood = setInterval(() => port.write(Buffer.alloc(64, 0x55)), 1);
    cleanups.push(() => clearInterval(flood));
    for (let n = 0; n < 60; n++) {
      link.open();
      await eventually(() => link.report().state === 'up', 'up');
      await new Promise<void>((resolve) => {
        const stop = link.onData(() => {
          stop();
          resolve();
        });
      });
      await new Promise((resolve) => setImmediate(resolve));
      await link.close();
      expect(link.report().state).toBe('down');
    }
  });

  it('says that the port is not there and that it is waited for', async () => {
    const { link, path } = setUp();
    link.open();
    await eventually(() => link.report().attempts > 1, 'attempts');
    expect(link.report()).toMatchObject({ state: 'down', reason: `there is no port ${path}` });
    expect(link.report().hint).toContain('Plug the adapter in');
  });

  it('says who has the port open', async () => {
    const { link, path } = setUp();
    await plug(path);
    const { link: other } = setUp(path);
    link.open();
    await eventually(() => link.report().state === 'up', 'up');
    other.open();
    await eventually(() => other.report().attempts > 0, 'refused');
    expect(other.report().reason).toMatch(/is busy: open in .*another link of this gateway/);
    expect(other.report().hint).toContain('one program only');
    await link.close();
    await eventually(() => other.report().state === 'up', 'free again');
  });

  it('says that a file is no serial port', async () => {
    const { link } = setUp('/etc/hostname');
    link.open();
    await eventually(() => link.report().attempts > 0, 'refused');
    expect(link.report().reason).toBe('/etc/hostname is not a serial port');
  });
});
