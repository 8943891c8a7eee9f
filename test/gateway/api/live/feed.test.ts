import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLenses } from '../../../../gateway/api/lens.ts';
import { Follower } from '../../../../gateway/api/live/follower.ts';
import type { RingFrame } from '../../../../gateway/api/live/frame-ring.ts';
import { LiveHub } from '../../../../gateway/api/live/hub.ts';
import { WaveQueue } from '../../../../gateway/api/live/wave-queue.ts';
import type { ApiAlert, LiveFrame } from '../../../../model/api.ts';
import { liveFrameSchema } from '../../../../model/api.ts';
import { isoTime } from '../../../../model/time.ts';
import { VirtualClock } from '../../../../model/virtual-clock.ts';
import { aDevice, anAlert, aPatient, aReading, FakeView, start } from '../../../support/fake-view.ts';

const lenses = createLenses(Buffer.alloc(32, 7));

const bench = (limits?: ConstructorParameters<typeof LiveHub>[3]) => {
  const clock = new VirtualClock(start);
  const view = new FakeView();
  const hub = new LiveHub(view, clock, lenses, limits);
  return { clock, view, hub, begin: hub.ring.head };
};

const since = (hub: LiveHub, s: number): LiveFrame[] => (hub.ring.after(s) ?? []).map(({ frame }) => frame);

/** A screen that takes what it is given, as long as it is told to. */
class FakeOutlet {
  readonly frames: RingFrame[] = [];
  readonly resyncs: (readonly ApiAlert[])[] = [];
  readonly closed: string[] = [];
  buffered = 0;
  private readonly hub: LiveHub;
  constructor(hub: LiveHub) {
    this.hub = hub;
  }
  frame(frame: RingFrame): void {
    this.frames.push(frame);
  }
  resync(missed: readonly ApiAlert[]): number {
    this.resyncs.push(missed);
    return this.hub.snapshot(missed).s;
  }
  tooSlow(reason: string): void {
    this.closed.push(reason);
  }
}

const follow = (world: ReturnType<typeof bench>, limits = { bufferedBytes: 100, backlogFrames: 10, stuckMs: 5000 }) => {
  const outlet = new FakeOutlet(world.hub);
  const follower = new Follower(world.hub, world.clock, outlet, world.begin, limits);
  world.hub.follow({ wake: () => follower.pump(), wave: () => {} });
  return outlet;
};

describe('the feed', () => {
  it('sends readings at most four times a second, of each device and metric only the latest', () => {
    const { clock, view, hub, begin } = bench();
    for (let step = 0; step < 100; step++) {
      view.emit({ t: 'reading', reading: aReading(step, { id: `r${step}` }) });
      view.emit({ t: 'reading', reading: aReading(step, { id: `other-${step}`, device: 'bp-2' }) });
      clock.advanceBy(10);
    }
    const batches = since(hub, begin).flatMap((frame) =>
      frame.t === 'readings' ? [frame.readings.map(({ id }) => id)] : [],
    );
    expect(batches).toHaveLength(4);
    expect(batches.every((ids) => ids.length === 2)).toBe(true);
    expect(batches[3]).toEqual(['r99', 'other-99']);
  });

  it('never lets a late reading hide a newer one', () => {
    const { clock, view, hub, begin } = bench();
    view.emit({ t: 'reading', reading: aReading(9) });
    view.emit({ t: 'reading', reading: aReading(3) });
    clock.advanceBy(250);
    expect(since(hub, begin)).toMatchObject([{ t: 'readings', readings: [{ id: 'r9' }] }]);
  });

  it('sends every alert at once, in order', () => {
    const { view, hub, begin } = bench();
    view.emit({ t: 'alert', alert: anAlert('a1') });
    view.emit({ t: 'alert', alert: anAlert('a1', { state: 'acknowledged' }) });
    view.emit({ t: 'alert', alert: anAlert('a2') });
    expect(since(hub, begin)).toMatchObject([
      { t: 'alert', alert: { id: 'a1', state: 'unacknowledged' } },
      { t: 'alert', alert: { id: 'a1', state: 'acknowledged' } },
      { t: 'alert', alert: { id: 'a2' } },
    ]);
  });

  it('ticks every second with the gateway’s time', () => {
    const { clock, hub, begin } = bench();
    clock.advanceBy(3000);
    expect(since(hub, begin)).toMatchObject(
      [1, 2, 3].map((second) => ({ t: 'tick', serverTime: isoTime(start + second * 1000) })),
    );
  });

  it('numbers frames by one, each as the contract says, and begins above all numbers from before a restart', () => {
    const { clock, view, hub, begin } = bench();
    view.emit({ t: 'device', device: aDevice() });
    view.emit({ t: 'patient', patient: aPatient() });
    const [place] = view.places();
    if (place) view.emit({ t: 'place', place });
    view.emit({ t: 'limits', limits: view.limits() });
    view.emit({
      t: 'status',
      status: { device: 'd', code: 'door', active: true, role: 'state', text: 'open', takenAt: isoTime(start) },
    });
    view.emit({
      t: 'wave',
      wave: { device: 'e', metric: 'ekg-ii', unit: 'mV', rateHz: 250, scale: 1, offset: 0, takenAt: start, raw: [1] },
    });
    view.emit({ t: 'reading', reading: aReading(1) });
    clock.advanceBy(2000);
    const frames = since(hub, begin);
    expect(frames.map(({ s }) => s)).toEqual(frames.map((_, index) => begin + 1 + index));
    for (const frame of [...frames, hub.snapshot([anAlert()])]) expect(liveFrameSchema.parse(frame)).toEqual(frame);
    expect(new Set(frames.map(({ t }) => t))).toEqual(
      new Set(['channel', 'patient', 'place', 'device', 'limits', 'readings', 'status', 'tick']),
    );
    const restarted = new LiveHub(view, clock, lenses);
    expect(restarted.ring.head).toBeGreaterThan(hub.ring.head);
  });

  it('shares one text among screens, and names no patient in the one for engineers', () => {
    const { clock, view, hub, begin } = bench();
    view.emit({ t: 'patient', patient: aPatient() });
    view.emit({ t: 'device', device: aDevice() });
    view.emit({ t: 'alert', alert: anAlert('a1', { note: 'Family-p1 fell' }) });
    view.emit({ t: 'reading', reading: aReading(1) });
    view.emit({ t: 'limits', limits: view.limits() });
    clock.advanceBy(1000);
    for (const frame of hub.ring.after(begin) ?? []) {
      expect(frame.text('identified')).toBe(frame.text('identified'));
      expect(JSON.parse(frame.text('identified'))).toEqual(frame.frame);
      expect(frame.text('pseudonymous')).not.toMatch(/"p1"|Family|Given|MRN|1950/);
    }
    expect(hub.snapshotText('pseudonymous').text).not.toMatch(/"p1"|Family|Given|MRN|1950/);
    expect(hub.snapshotText('identified').text).toContain('Family-p1');
  });

  it('keeps a bounded past, alerts longer than all else', () => {
    const { clock, view, hub, begin } = bench({ weight: 100, alerts: 50 });
    view.emit({ t: 'alert', alert: anAlert('early') });
    for (let step = 0; step < 400; step++) {
      view.emit({ t: 'reading', reading: aReading(step) });
      clock.advanceBy(250);
    }
    expect(hub.ring.after(begin)).toBeNull();
    expect(hub.ring.after(hub.ring.head - 20)).toHaveLength(20);
    expect(hub.ring.after(hub.ring.head)).toEqual([]);
    expect(hub.ring.after(hub.ring.head + 1)).toBeNull();
    expect(hub.ring.alertsAfter(begin)?.map(({ id }) => id)).toEqual(['early']);
    for (let count = 0; count < 200; count++) view.emit({ t: 'alert', alert: anAlert(`a${count}`) });
    expect(hub.ring.alertsAfter(begin)).toBeNull();
  });

  it('stops with the hub', () => {
    const { clock, view, hub } = bench();
    hub.close();
    clock.advanceBy(5000);
    expect({ pending: clock.pending, listeners: view.listeners.size }).toEqual({ pending: 0, listeners: 0 });
  });
});

describe('a screen', () => {
  it('that keeps up gets each frame once, in order', () => {
    const world = bench();
    const outlet = follow(world);
    for (let step = 0; step < 50; step++) {
      world.view.emit({ t: 'alert', alert: anAlert(`a${step}`) });
      world.clock.advanceBy(300);
    }
    expect(outlet.frames.map(({ s }) => s)).toEqual(since(world.hub, world.begin).map(({ s }) => s));
    expect(outlet.resyncs).toEqual([]);
  });

  it('that was held up shortly gets what it missed; longer, what is so now, with each alert that changed', () => {
    const world = bench();
    const outlet = follow(world);
    outlet.buffered = 1000;
    world.clock.advanceBy(2000);
    outlet.buffered = 0;
    world.clock.advanceBy(1000);
    expect(outlet.frames.map(({ frame }) => frame.t)).toEqual(['tick', 'tick', 'tick']);
    outlet.buffered = 1000;
    world.view.emit({ t: 'alert', alert: anAlert('came') });
    world.view.emit({ t: 'alert', alert: anAlert('came', { state: 'normal' }) });
    for (let step = 0; step < 12; step++) {
      world.view.emit({ t: 'reading', reading: aReading(step) });
      world.clock.advanceBy(250);
    }
    outlet.buffered = 0;
    world.clock.advanceBy(1000);
    expect(outlet.resyncs).toMatchObject([[{ id: 'came', state: 'normal' }]]);
    expect(outlet.frames.at(-1)?.frame.t).toBe('tick');
    expect(outlet.closed).toEqual([]);
  });

  it('that takes nothing is closed with the reason, after a while and not before', () => {
    const world = bench();
    const outlet = follow(world);
    outlet.buffered = 1000;
    world.clock.advanceBy(5000);
    expect(outlet.closed).toEqual([]);
    world.clock.advanceBy(2000);
    expect(outlet.closed[0]).toBe('took nothing for 5 s');
    expect(outlet.frames).toEqual([]);
  });

  it('that misses more alerts than are kept is closed, never told less', () => {
    const world = bench({ weight: 100, alerts: 50 });
    const outlet = follow(world);
    outlet.buffered = 1000;
    for (let count = 0; count < 200; count++) world.view.emit({ t: 'alert', alert: anAlert(`a${count}`) });
    outlet.buffered = 0;
    world.clock.advanceBy(1000);
    expect(outlet.closed[0]).toContain('more alerts');
    expect(outlet.resyncs).toEqual([]);
  });

  it('learns of every alert, whatever it takes and whenever', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constant('alert'),
            fc.constant('reading'),
            fc.constant('hold'),
            fc.constant('release'),
            fc.nat(3000),
          ),
          { maxLength: 80 },
        ),
        (steps) => {
          const world = bench();
          const outlet = follow(world, { bufferedBytes: 100, backlogFrames: 5, stuckMs: 1e9 });
          const raised: string[] = [];
          for (const step of steps) {
            if (step === 'hold') outlet.buffered = 1000;
            else if (step === 'release') outlet.buffered = 0;
            else if (step === 'reading') world.view.emit({ t: 'reading', reading: aReading(1) });
            else if (step === 'alert') {
              raised.push(`a${raised.length}`);
              world.view.emit({ t: 'alert', alert: anAlert(raised.at(-1)) });
            } else world.clock.advanceBy(Number(step));
          }
          outlet.buffered = 0;
          world.clock.advanceBy(1000);
          const told = new Set([
            ...outlet.frames.flatMap(({ frame }) => (frame.t === 'alert' ? [frame.alert.id] : [])),
            ...outlet.resyncs.flat().map(({ id }) => id),
          ]);
          expect([...told].sort()).toEqual([...raised].sort());
          const numbers = outlet.frames.map(({ s }) => s);
          expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
        },
      ),
    );
  });
});

describe('waves that wait', () => {
  it('are bounded; the oldest go, and are counted', () => {
    const queue = new WaveQueue(100);
    for (let number = 0; number < 10; number++) queue.add(new Uint8Array(30).fill(number));
    expect({ size: queue.size, dropped: queue.dropped }).toEqual({ size: 90, dropped: 7 });
    const taken: (number | undefined)[] = [];
    queue.drain((frame) => taken.length < 2 && taken.push(frame[0]) > 0);
    expect(taken).toEqual([7, 8]);
    queue.drain((frame) => taken.push(frame[0]) > 0);
    expect({ taken, size: queue.size }).toEqual({ taken: [7, 8, 9], size: 0 });
  });
});
