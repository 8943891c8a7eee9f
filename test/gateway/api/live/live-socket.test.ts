import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeWaveFrame } from '../../../../gateway/api/live/wave-frame.ts';
import { LIVE_CLOSE, liveFrameSchema } from '../../../../model/api.ts';
import { type ApiBench, apiBench } from '../../../support/api-bench.ts';
import { anAlert, aReading, start } from '../../../support/fake-view.ts';
import { LiveClient, refusedUpgrade, until } from '../../../support/live-client.ts';

let bench: ApiBench;
let url: string;
const clients: LiveClient[] = [];

const begin = async (options: Parameters<typeof apiBench>[0] = {}) => {
  bench = await apiBench(options);
  const { port } = await bench.api.listen('127.0.0.1', 0);
  url = `ws://127.0.0.1:${port}/api/v1/live`;
};

beforeEach(() => begin());
afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.terminate();
  expect(bench.faults).toEqual([]);
  await bench.close();
});

const open = (query = '', headers: Record<string, string> = bench.as.nurse): LiveClient => {
  const client = new LiveClient(url + query, { headers });
  clients.push(client);
  return client;
};

const wave = (device: string, number: number, length = 25) => ({
  t: 'wave' as const,
  wave: {
    device,
    metric: 'ekg-ii',
    unit: 'mV',
    rateHz: 250,
    scale: 0.005,
    offset: 0,
    takenAt: start + number * 100,
    raw: Array.from({ length }, () => number),
  },
});

describe('the live socket', () => {
  it('begins with a snapshot, then tells each change and ticks every second', async () => {
    const client = open();
    const snapshot = await client.frame('snapshot');
    expect(liveFrameSchema.parse(snapshot)).toEqual(snapshot);
    expect(snapshot).toMatchObject({ ward: { simulated: true }, alerts: [{ id: 'a1' }], patients: [{ id: 'p1' }] });
    bench.view.emit({ t: 'alert', alert: anAlert('a2') });
    bench.view.emit({ t: 'reading', reading: aReading(7) });
    bench.clock.advanceBy(1000);
    await client.frame('tick');
    expect(client.frames.map(({ t }) => t)).toEqual(['snapshot', 'alert', 'readings', 'tick']);
    expect(client.frames.map(({ s }) => s - snapshot.s)).toEqual([0, 1, 2, 3]);
    expect(bench.entries).toMatchObject([{ action: 'watch', target: 'ward', who: 'token:nurse-program' }]);
  });

  it('goes on where a screen was cut off, without a snapshot', async () => {
    const first = open();
    const { s } = await first.frame('snapshot');
    bench.view.emit({ t: 'alert', alert: anAlert('seen') });
    await first.frame('alert');
    first.socket.terminate();
    bench.view.emit({ t: 'alert', alert: anAlert('missed') });
    const second = open(`?since=${s + 1}`);
    bench.clock.advanceBy(1000);
    await second.frame('tick');
    expect(second.frames).toMatchObject([{ t: 'alert', s: s + 2, alert: { id: 'missed' } }, { t: 'tick' }]);
  });

  it.each(['?since=1', '?since=99999999999999', '?since=x', '?since=-5'])(
    'answers %s with a snapshot',
    async (query) => {
      expect((await open(query).frame('snapshot')).missed).toBeUndefined();
    },
  );

  it('shows an engineer no patient', async () => {
    const client = open('', bench.as.engineer);
    await client.frame('snapshot');
    bench.view.emit({ t: 'reading', reading: aReading(7) });
    bench.view.emit({ t: 'alert', alert: anAlert('a2') });
    bench.clock.advanceBy(250);
    await client.frame('readings');
    expect(JSON.stringify(client.frames)).not.toMatch(/"p1"|Family|Given|MRN|1950/);
    expect(bench.entries).toMatchObject([{ action: 'watch', reason: 'pseudonymised' }]);
  });

  it('sends waves as binary frames, only of the devices asked for, announced before', async () => {
    const client = open();
    await client.frame('snapshot');
    client.say({ t: 'waves', devices: ['ekg-2'] });
    client.say({ t: 'watching', visible: true, sound: true });
    await until(() => bench.api.live().withSound === 1, 'watching');
    for (const number of [1, 2, 3]) {
      bench.view.emit(wave('ekg-1', number));
      bench.view.emit(wave('ekg-2', number));
    }
    await until(() => client.waves.length === 3, 'waves');
    const decoded = client.waves.map((bytes) => decodeWaveFrame(bytes));
    const announced = await client.frame('channel', ({ channel }) => channel.device === 'ekg-2');
    expect(decoded.map((each) => each?.channel)).toEqual(Array(3).fill(announced.channel.channel));
    expect(decoded.map((each) => each?.sequence)).toEqual([0, 1, 2]);
    expect(decoded[2]?.raw).toEqual(Array(25).fill(3));
    expect((await open().frame('snapshot')).channels).toHaveLength(2);
  });

  it('counts who watches, and with sound', async () => {
    const client = open();
    await client.frame('snapshot');
    expect(bench.api.live()).toMatchObject({ screens: 1, watched: 0, withSound: 0 });
    client.say({ t: 'watching', visible: true, sound: false });
    await until(() => bench.api.live().watched === 1, 'watched');
    expect(bench.api.live().withSound).toBe(0);
    client.socket.close();
    await until(() => bench.api.live().screens === 0, 'gone');
    expect(bench.entries.map(({ action }) => action)).toEqual(['watch', 'watch-ended']);
  });
});

describe('the front door', () => {
  const refused = async (options: { headers?: Record<string, string>; origin?: string }, path = url) => {
    const answer = await refusedUpgrade(path, options);
    expect(answer.type).toContain('application/problem+json');
    return { status: answer.status, code: JSON.parse(answer.body).code };
  };

  it('is for those who have proved who they are, on our own page, at our own name', async () => {
    const headers = bench.as.nurse;
    expect(await refused({})).toEqual({ status: 401, code: 'not-signed-in' });
    expect(await refused({ headers, origin: 'http://evil.example' })).toEqual({ status: 403, code: 'origin-refused' });
    expect(await refused({ headers: { ...headers, host: 'evil.example' } })).toEqual({
      status: 421,
      code: 'host-refused',
    });
    expect(await refused({ headers }, url.replace('/live', '/nothing'))).toEqual({ status: 404, code: 'not-found' });
    expect(bench.entries.filter(({ action }) => action === 'refused').map(({ reason }) => reason)).toEqual([
      'not signed in',
      'origin',
      'host',
    ]);
    const origin = url.replace('ws:', 'http:').replace('/api/v1/live', '');
    const client = new LiveClient(url, { headers, origin });
    clients.push(client);
    await client.frame('snapshot');
  });

  it('lets in no more screens than it may', async () => {
    await bench.close();
    await begin({ mostScreens: 2 });
    await Promise.all([open().frame('snapshot'), open().frame('snapshot')]);
    expect(await refused({ headers: bench.as.nurse })).toEqual({ status: 503, code: 'too-many-screens' });
  });

  it('takes the cookie of a browser, and closes when its session ends', async () => {
    const { secret } = await (async () => {
      await bench.access.users.create({ name: 'nora', role: 'nurse', password: 'seven quiet herons' }, 'setup');
      return bench.access.signIn('nora', 'seven quiet herons', '127.0.0.1');
    })();
    const client = open('', { cookie: `wardwire=${secret}` });
    await client.frame('snapshot');
    for (let beat = 0; beat < 20; beat++) {
      bench.clock.advanceBy(5000);
      await until(() => client.pings === beat + 1, 'ping');
      client.say({ t: 'watching', visible: beat % 2 === 0, sound: false });
      await until(() => bench.api.live().watched === (beat + 1) % 2, 'pong');
    }
    expect(client.closed).toBeNull();
    bench.access.sessions.end(secret);
    for (let beat = 0; beat < 7 && !client.closed; beat++) {
      const { pings } = client;
      bench.clock.advanceBy(5000);
      await until(
        () => client.pings > pings || client.closed !== null || bench.api.live().screens === 0,
        'ping or end',
      );
      if (!client.closed) client.say({ t: 'watching', visible: true, sound: false });
    }
    await until(() => client.closed !== null, 'closed');
    expect(client.closed).toEqual({ code: LIVE_CLOSE.signedOut, reason: 'the session ended: sign in again' });
  });
});

describe('a screen that misbehaves', () => {
  const steps = async (count: number, payload: number) => {
    for (let step = 0; step < count; step++) {
      for (let item = 0; item < payload; item++) {
        bench.view.emit({
          t: 'reading',
          reading: aReading(step, { device: `bp-${item}`, context: { pad: 'x'.repeat(400) } }),
        });
      }
      bench.clock.advanceBy(250);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  it('and freezes is let go, while others go on', async () => {
    const frozen = open();
    const awake = open();
    await Promise.all([frozen.frame('snapshot'), awake.frame('snapshot')]);
    frozen.freeze();
    for (let beat = 0; beat < 4; beat++) {
      bench.clock.advanceBy(5000);
      await until(() => awake.pings === beat + 1, 'ping');
      awake.say({ t: 'watching', visible: beat % 2 === 0, sound: false });
      await until(() => bench.api.live().watched === (beat + 1) % 2, 'pong');
    }
    await until(() => bench.api.live().screens === 1, 'let go');
    bench.view.emit({ t: 'alert', alert: anAlert('later') });
    await awake.frame('alert');
    expect(awake.closed).toBeNull();
  });

  it('and is slow is not sent the backlog: no alert is lost, and it gets what is so now when it is back', async () => {
    await bench.close();
    await begin({ follow: { bufferedBytes: 64 * 1024, backlogFrames: 20, stuckMs: 1e9 } });
    const slow = open();
    await slow.frame('snapshot');
    slow.freeze();
    // More than the kernel's buffers of both ends hold, so that the gateway itself would have to keep it.
    await steps(10, 2000);
    bench.view.emit({ t: 'alert', alert: anAlert('came') });
    bench.view.emit({ t: 'alert', alert: anAlert('came', { state: 'normal' }) });
    await steps(20, 2000);
    bench.view.readingList = [aReading(999, { id: 'newest' })];
    slow.thaw();
    const restated = () => slow.frames.find((frame) => frame.t === 'snapshot' && frame.missed !== undefined);
    await until(() => {
      bench.clock.advanceBy(25);
      return restated() !== undefined;
    }, 'a snapshot');
    expect(restated()).toMatchObject({ readings: [{ id: 'newest' }], missed: [{ id: 'came', state: 'normal' }] });
    const batches = slow.frames.filter(({ t }) => t === 'readings');
    expect(batches.length).toBeLessThan(30 * 4);
    bench.clock.advanceBy(1000);
    const next = slow.frames.indexOf(await slow.frame('tick', ({ s }) => s > (restated()?.s ?? 0)));
    expect(slow.frames[next - 1]?.s).toBe((slow.frames[next]?.s ?? 0) - 1);
    expect(slow.closed).toBeNull();
  });

  it('and takes nothing is closed, and counted', async () => {
    await bench.close();
    await begin({ follow: { bufferedBytes: 64 * 1024, backlogFrames: 1e6, stuckMs: 4000 } });
    const stuck = open();
    await stuck.frame('snapshot');
    stuck.freeze();
    await steps(60, 400);
    await until(() => {
      bench.clock.advanceBy(1000);
      return bench.api.live().screens === 0;
    }, 'closed');
    expect(bench.api.live().closedSlow).toBe(1);
  });

  it('loses waves first, the oldest first, and sees the gap', async () => {
    const slow = open();
    await slow.frame('snapshot');
    slow.say({ t: 'waves', devices: ['*'] });
    slow.say({ t: 'watching', visible: true, sound: false });
    await until(() => bench.api.live().watched === 1, 'watching');
    slow.freeze();
    for (let number = 0; number < 4000; number++) bench.view.emit(wave('ekg-1', number % 1000, 2000));
    expect(bench.api.live().wavesDropped).toBeGreaterThan(0);
    bench.view.emit({ t: 'alert', alert: anAlert('during') });
    slow.thaw();
    await slow.frame('alert');
    await until(() => {
      bench.clock.advanceBy(25);
      return decodeWaveFrame(slow.waves.at(-1) ?? new Uint8Array())?.sequence === 3999;
    }, 'the newest wave');
    const numbers = slow.waves.map((bytes) => decodeWaveFrame(bytes)?.sequence ?? -1);
    expect(numbers.length).toBeLessThan(4000);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });

  it.each([['nonsense'], ['{"t":"shout"}'], ['{"t":"waves"}'], ['null']])(
    'and says %s is closed with the reason',
    async (text) => {
      const client = open();
      await client.frame('snapshot');
      client.say(text);
      await until(() => client.closed !== null, 'closed');
      expect(client.closed?.code).toBe(LIVE_CLOSE.notUnderstood);
    },
  );

  it('and talks without end is closed; so is one that says too much at once', async () => {
    const chatty = open();
    await chatty.frame('snapshot');
    for (let count = 0; count < 60; count++) chatty.say({ t: 'watching', visible: true, sound: true });
    await until(() => chatty.closed !== null, 'closed');
    expect(chatty.closed?.code).toBe(LIVE_CLOSE.tooMuch);
    const long = open();
    await long.frame('snapshot');
    long.say({ t: 'waves', devices: ['x'.repeat(70_000)] });
    await until(() => long.closed !== null, 'closed');
    expect(long.closed?.code).toBe(1009);
  });

  it('is told when the gateway stops', async () => {
    const client = open();
    await client.frame('snapshot');
    await bench.api.close();
    await until(() => client.closed !== null, 'closed');
    expect(client.closed).toEqual({ code: LIVE_CLOSE.goingAway, reason: 'the gateway stops' });
  });
});
