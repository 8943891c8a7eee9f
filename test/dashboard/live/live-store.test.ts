import { beforeEach, describe, expect, it } from 'vitest';
import type { SocketLike } from '../../../dashboard/live/connection.ts';
import { LiveStore } from '../../../dashboard/live/live-store.ts';
import type { LiveFrame } from '../../../model/api.ts';
import { seededRandom } from '../../../model/random.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';
import { alert, at, NOW, reading, snapshot } from '../../support/dashboard-ward.ts';

class FakeSocket implements SocketLike {
  binaryType = '';
  readyState = 0;
  onopen: SocketLike['onopen'] = null;
  onmessage: SocketLike['onmessage'] = null;
  onclose: SocketLike['onclose'] = null;
  readonly sent: string[] = [];
  closed = false;

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.closed = true;
    this.readyState = 3;
  }

  opens(): void {
    this.readyState = 1;
    this.onopen?.({} as never);
  }

  says(frame: LiveFrame | ArrayBuffer | string): void {
    const data = frame instanceof ArrayBuffer || typeof frame === 'string' ? frame : JSON.stringify(frame);
    this.onmessage?.({ data } as MessageEvent);
  }

  ends(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code } as CloseEvent);
  }
}

const setUp = () => {
  const clock = new VirtualClock(NOW);
  const sockets: FakeSocket[] = [];
  const waves: ArrayBuffer[] = [];
  let signedOut = 0;
  let skew = 0;
  const store = new LiveStore({
    clock,
    wall: () => clock.now() + skew,
    random: seededRandom(1),
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    onWave: (buffer) => waves.push(buffer),
    onSnapshot: () => {},
    onSignedOut: () => {
      signedOut++;
    },
  });
  const newest = (): FakeSocket => {
    const socket = sockets.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  };
  /** Lets time pass as the page does: a heartbeat five times a second. */
  const pass = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 200) {
      clock.advanceBy(200);
      store.heartbeat();
    }
  };
  const begin = () => {
    store.start();
    newest().opens();
    newest().says(snapshot({ serverTime: at(clock.now()) }));
  };
  return {
    clock,
    store,
    sockets,
    waves,
    newest,
    pass,
    begin,
    signedOut: () => signedOut,
    setSkew: (ms: number) => (skew = ms),
  };
};

describe('the live store', () => {
  let page = setUp();
  beforeEach(() => {
    page = setUp();
    page.begin();
  });

  it('is live after a snapshot and says so while ticks come', () => {
    let s = 1;
    for (let second = 0; second < 5; second++) {
      page.pass(1000);
      page.newest().says({ s: ++s, t: 'tick', serverTime: at(page.clock.now()) });
      expect(page.store.level.value).toBe('live');
    }
  });

  it('says that it is not live within 3.2 s of the last tick, on a socket that stays open', () => {
    page.pass(3000);
    expect(page.store.level.value).not.toBe('not-live');
    page.pass(200);
    expect(page.store.level.value).toBe('not-live');
  });

  it('gives up a frozen socket and is live again with a fresh snapshot', () => {
    page.pass(3400);
    expect(page.sockets[0]?.closed).toBe(true);
    page.pass(600);
    expect(page.sockets.length).toBe(2);
    page.newest().opens();
    page.newest().says(snapshot({ s: 40, serverTime: at(page.clock.now()), alerts: [alert('a')] }));
    expect(page.store.level.value).toBe('live');
    expect(page.store.ward.value?.alerts.has('a')).toBe(true);
  });

  it('gives up a socket that opens and never speaks', () => {
    page.newest().ends();
    page.pass(600);
    page.newest().opens();
    page.pass(3600);
    expect(page.sockets.length).toBeGreaterThanOrEqual(3);
  });

  it('gives up a socket that never opens', () => {
    page.newest().ends();
    page.pass(600);
    const waiting = page.newest();
    page.pass(6000);
    expect(waiting.closed).toBe(true);
    expect(page.newest()).not.toBe(waiting);
  });

  it('begins anew when a frame is missing', () => {
    page.newest().says({ s: 4, t: 'alert', alert: alert('after-a-gap') });
    expect(page.sockets.length).toBe(2);
    expect(page.store.ward.value?.alerts.has('after-a-gap')).toBe(false);
  });

  it('does not begin anew again and again where numbers stay uneven', () => {
    page.newest().says({ s: 4, t: 'tick', serverTime: at(page.clock.now()) });
    page.newest().opens();
    page.newest().says(snapshot({ s: 10, serverTime: at(page.clock.now()) }));
    page.newest().says({ s: 15, t: 'alert', alert: alert('a') });
    expect(page.sockets.length).toBe(2);
    expect(page.store.ward.value?.alerts.has('a')).toBe(true);
  });

  it('shows alerts at once and readings a moment later', () => {
    page.newest().says({ s: 2, t: 'readings', readings: [reading('heart-rate', 80)] });
    expect(page.store.ward.value?.readings.size).toBe(0);
    page.newest().says({ s: 3, t: 'alert', alert: alert('a') });
    expect(page.store.ward.value?.alerts.has('a')).toBe(true);
    page.newest().says({ s: 4, t: 'readings', readings: [reading('spo2', 97)] });
    page.pass(200);
    expect(page.store.ward.value?.readings.size).toBe(2);
  });

  it('hands waves on and survives what is no frame', () => {
    page.newest().says(new ArrayBuffer(18));
    page.newest().says('{not json');
    page.newest().says('7');
    expect(page.waves.length).toBe(1);
    expect(page.sockets.length).toBe(1);
  });

  it('shows how far this computer’s clock is off, from two seconds on', () => {
    page.setSkew(14_000);
    page.newest().says({ s: 2, t: 'tick', serverTime: at(page.clock.now()) });
    expect(page.store.skewMs.value).toBe(14_000);
    page.setSkew(900);
    page.newest().says({ s: 3, t: 'tick', serverTime: at(page.clock.now()) });
    expect(page.store.skewMs.value).toBeNull();
  });

  it('tells when the session has ended, and stays away once stopped', () => {
    page.newest().ends(4401);
    expect(page.signedOut()).toBe(1);
    page.store.stop();
    const count = page.sockets.length;
    page.pass(20_000);
    expect(page.sockets.length).toBe(count);
  });

  it('says nothing on a socket that is not open', () => {
    page.store.send({ t: 'watching', visible: true, sound: true });
    page.newest().readyState = 2;
    page.store.send({ t: 'watching', visible: true, sound: false });
    expect(page.newest().sent).toEqual(['{"t":"watching","visible":true,"sound":true}']);
  });
});
