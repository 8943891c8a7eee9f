import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiBench, apiBench } from '../../../support/api-bench.ts';
import { anAlert, aReading } from '../../../support/fake-view.ts';
import { EventClient, until } from '../../../support/live-client.ts';

let bench: ApiBench;
let url: string;
const clients: EventClient[] = [];

const begin = async (options: Parameters<typeof apiBench>[0] = {}) => {
  bench = await apiBench(options);
  const { port } = await bench.api.listen('127.0.0.1', 0);
  url = `http://127.0.0.1:${port}/api/v1/events`;
};

beforeEach(() => begin());
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  expect(bench.faults).toEqual([]);
  await bench.close();
});

const open = async (headers: Record<string, string> = {}, query = '', role: 'nurse' | 'engineer' = 'nurse') => {
  const client = new EventClient(url + query, { ...bench.as[role], ...headers });
  clients.push(client);
  await until(() => client.status !== null, 'headers');
  return client;
};

const ids = ({ events }: EventClient) => events.map(({ event, data }) => `${event} ${JSON.parse(data).id}`);

describe('server-sent events', () => {
  it('tell alerts and readings from now on, with a retry hint and the security headers', async () => {
    const client = await open();
    expect(client.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    bench.view.emit({ t: 'alert', alert: anAlert('a2') });
    bench.view.emit({ t: 'reading', reading: aReading(7) });
    bench.view.emit({ t: 'reading', reading: aReading(8, { device: 'bp-2' }) });
    bench.clock.advanceBy(250);
    await until(() => client.events.length === 3, 'events');
    expect(ids(client)).toEqual(['alert a2', 'reading r7', 'reading r8']);
    expect(client.retry).toBe('2000');
    expect(client.events.map(({ id }) => id !== null)).toEqual([true, false, true]);
    expect(bench.entries).toMatchObject([{ action: 'watch', target: 'ward' }]);
  });

  it('go on after Last-Event-ID, in the middle of a batch with all of it', async () => {
    const first = await open();
    bench.view.emit({ t: 'alert', alert: anAlert('seen') });
    await until(() => first.events.length === 1, 'event');
    const last = first.events[0]?.id ?? '';
    first.close();
    bench.view.emit({ t: 'alert', alert: anAlert('missed') });
    bench.view.emit({ t: 'reading', reading: aReading(1) });
    bench.clock.advanceBy(250);
    const header = await open({ 'last-event-id': last });
    const query = await open({}, `?since=${last}`);
    await until(() => header.events.length === 2 && query.events.length === 2, 'events');
    expect(ids(header)).toEqual(['alert missed', 'reading r1']);
    expect(ids(query)).toEqual(ids(header));
  });

  it.each(['1', '99999999999999', 'nonsense'])(
    'say that there is a gap where they cannot go on after %s, and what is so now',
    async (id) => {
      const client = await open({ 'last-event-id': id });
      await until(() => client.events.length === 3, 'events');
      expect(client.events[0]?.event).toBe('gap');
      expect(JSON.parse(client.events[0]?.data ?? '')).toMatchObject({ alertsComplete: false });
      expect(ids(client).slice(1)).toEqual(['alert a1', 'reading r4']);
      expect(client.events[2]?.id).not.toBeNull();
    },
  );

  it('comment every 15 seconds, so that proxies and people see them alive', async () => {
    const client = await open();
    bench.clock.advanceBy(45_000);
    await until(() => client.comments.length === 4, 'comments');
    expect(client.comments.slice(1)).toEqual(['still here', 'still here', 'still here']);
    expect(client.events).toEqual([]);
  });

  it('name no patient to an engineer', async () => {
    const client = await open({}, '', 'engineer');
    bench.view.emit({ t: 'alert', alert: anAlert('a2') });
    bench.view.emit({ t: 'reading', reading: aReading(7) });
    bench.clock.advanceBy(250);
    await until(() => client.events.length === 2, 'events');
    expect(JSON.stringify(client.events)).not.toMatch(/p1"/);
  });

  it('end with the session, with the gateway, and when the reader goes', async () => {
    const { token, secret } = bench.access.tokens.create('reader', 'nurse', 'test');
    const client = await open({ authorization: `Bearer ${secret}` });
    const other = await open();
    bench.access.tokens.revoke(token.id);
    bench.clock.advanceBy(31_000);
    await until(() => client.ended, 'end');
    expect(other.ended).toBe(false);
    const third = await open();
    expect(bench.api.live().streams).toBe(2);
    third.close();
    await until(() => bench.api.live().streams === 1, 'gone');
    await bench.api.close();
    await until(() => other.ended, 'end');
    expect(bench.clock.pending).toBeLessThan(2);
  });

  it('are closed for a reader that takes nothing, and cost no memory until then', async () => {
    await bench.close();
    await begin({ follow: { bufferedBytes: 64 * 1024, backlogFrames: 1e6, stuckMs: 4000 } });
    const stuck = await open();
    const awake = await open();
    stuck.response?.pause();
    for (let step = 0; step < 60; step++) {
      for (let item = 0; item < 400; item++) {
        bench.view.emit({
          t: 'reading',
          reading: aReading(step, { device: `bp-${item}`, context: { pad: 'x'.repeat(400) } }),
        });
      }
      bench.clock.advanceBy(250);
      await until(() => awake.events.length === (step + 1) * 400, 'the other reader');
    }
    await until(() => {
      bench.clock.advanceBy(1000);
      return bench.api.live().streams === 1;
    }, 'closed');
    expect(bench.api.live().closedSlow).toBe(1);
    expect(awake.ended).toBe(false);
  });

  it('are no more at once than may be', async () => {
    await bench.close();
    await begin({ mostStreams: 1 });
    await open();
    expect((await open()).status).toBe(503);
  });
});
