import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { tcpLink } from '../../../gateway/links/tcp-link.ts';
import { hasCode } from '../../../model/errors.ts';
import { seededRandom } from '../../../model/random.ts';
import { tcpPort } from '../../../simulators/ports/tcp-port.ts';
import { eventually, freePort } from '../../support/programs.ts';
import { fastBackoff, realClock } from '../../support/real-time.ts';

describe('a TCP link', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  const linkTo = (port: number, host = '127.0.0.1') => {
    const link = tcpLink({
      id: 'tcp-1',
      host,
      port,
      clock: realClock,
      random: seededRandom(1),
      backoff: fastBackoff,
      connectTimeoutMs: 300,
    });
    cleanups.push(() => link.close());
    return link;
  };

  it('carries bytes both ways and comes back after the device server restarted', async () => {
    const server = await tcpPort();
    const link = linkTo(server.port);
    const got: string[] = [];
    const heard: string[] = [];
    link.onData((chunk) => got.push(Buffer.from(chunk).toString()));
    server.onData((chunk) => heard.push(Buffer.from(chunk).toString()));
    link.open();
    await eventually(() => link.report().state === 'up' && server.clients === 1, 'up');
    await link.write(Buffer.from('question'));
    server.write(Buffer.from('answer'));
    await eventually(() => got.join('') === 'answer' && heard.join('') === 'question', 'both ways');
    await server.close();
    await eventually(() => link.report().state === 'down', 'lost');
    await eventually(() => link.report().reason === `127.0.0.1:${server.port} refuses the connection`, 'reason');
    expect(link.report().hint).toContain('TCP server');
    await expect(link.write(Buffer.from('x'))).rejects.toSatisfy((error: unknown) => hasCode(error, 'link-down'));
    const again = await tcpPort({ port: server.port });
    cleanups.push(() => again.close());
    await eventually(() => link.report().state === 'up', 'back');
    expect(link.report()).toMatchObject({ attempts: 0, reason: null });
  });

  it('says that the server allows one client only', async () => {
    const server = await tcpPort({ single: true });
    cleanups.push(() => server.close());
    const first = linkTo(server.port);
    first.open();
    await eventually(() => server.clients === 1, 'first');
    const second = linkTo(server.port);
    second.open();
    await eventually(() => second.report().attempts > 0, 'refused');
    expect(second.report().hint).toMatch(/one client/);
    expect(first.report().state).toBe('up');
  });

  it('says that a reset connection was reset', async () => {
    const server = createServer((socket) => socket.resetAndDestroy());
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    cleanups.push(() => new Promise((resolve) => server.close(resolve)));
    const link = linkTo(port);
    link.open();
    await eventually(() => link.report().attempts > 0, 'reset');
    expect(link.report().reason).toBe(`127.0.0.1:${port} reset the connection`);
  });

  it('says that a name is not known', async () => {
    const link = linkTo(4001, 'no-such-host.invalid');
    link.open();
    await eventually(() => link.report().attempts > 0, 'unknown');
    expect(link.report().reason).toMatch(/not known|did not answer/);
    expect(link.report().hint).not.toBeNull();
  });
});
