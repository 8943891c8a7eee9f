import { createServer, type Server } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { influx2Sink } from '../../../gateway/sinks/influx2.ts';
import type { Stored } from '../../../model/journal.ts';
import { frameNamed } from '../../support/journal-entries.ts';

interface Request {
  readonly url: string;
  readonly authorization: string | undefined;
  readonly lines: readonly string[];
}

/** InfluxDB 2.x is not in Debian: what it is sent and what it answers, by its documented write API. */
describe('the write API of InfluxDB 2.x', () => {
  let server: Server;
  let url: string;
  let requests: Request[];
  let answer: { status: number; body?: string };

  beforeEach(async () => {
    requests = [];
    answer = { status: 204 };
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
        const { authorization } = request.headers;
        requests.push({ url: request.url ?? '', authorization, lines: text.toString().split('\n') });
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  });

  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const batch = (count: number): Stored[] =>
    Array.from({ length: count }, (_, n) => ({ position: n + 1, committedAt: 1, entry: frameNamed(`n${n}`) }));
  const { signal } = new AbortController();
  const write = (count: number) =>
    influx2Sink({ url, org: 'ward', bucket: 'vitals', token: 'secret' }).write(batch(count), signal);

  it('gets a batch in one request, in lines, with the token', async () => {
    expect(await write(3000)).toEqual({ rejected: [] });
    expect(requests).toHaveLength(1);
    const [request] = requests;
    expect(request?.url).toBe('/api/v2/write?org=ward&bucket=vitals&precision=ns');
    expect(request?.authorization).toBe('Token secret');
    expect(request?.lines).toHaveLength(3000);
    expect(request?.lines[0]).toMatch(/^vital,device=monitor-1,metric=heart-rate,quality=good value=72 1000000\d{6}$/);
  });

  it('is asked once only: trying again is not the client’s business', async () => {
    answer = { status: 503, body: '{"code":"unavailable","message":"later"}' };
    expect(await write(2)).toEqual({ rejected: [], retry: expect.objectContaining({ from: 0, kind: 'transient' }) });
    expect(requests).toHaveLength(1);
    answer = { status: 401, body: '{"code":"unauthorized","message":"no"}' };
    expect((await write(2)).retry?.detail).toMatch(/401.*token/s);
    answer = { status: 400, body: '{"code":"invalid","message":"partial write"}' };
    await expect(write(2)).rejects.toMatchObject({
      code: 'batch-refused',
      message: expect.stringContaining('partial'),
    });
  });

  it('that is not there is transient, and one that hangs up ambiguous', async () => {
    const gone = influx2Sink({ url: 'http://127.0.0.1:1' });
    expect((await gone.write(batch(1), signal)).retry).toMatchObject({ kind: 'transient' });
    server.removeAllListeners('request');
    server.on('request', (request) => request.socket.destroy());
    expect((await write(1)).retry).toMatchObject({ kind: 'ambiguous' });
  });

  it('says when it started', async () => {
    const sink = influx2Sink({ url });
    answer = { status: 200, body: '# HELP x\ngo_threads 4\nprocess_start_time_seconds 1.7e+09\n' };
    expect(await sink.generation?.(signal)).toBe('1.7e+09');
    answer = { status: 404, body: 'nothing here' };
    await expect(sink.generation?.(signal)).rejects.toMatchObject({ code: 'no-generation' });
  });
});
