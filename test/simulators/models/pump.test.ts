import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InfusionPump, type PumpOptions } from '../../../simulators/models/pump.ts';

const startMs = Date.UTC(2026, 10, 26, 6);
const minutes = (count: number) => startMs + count * 60_000;
const pump = (options: Partial<PumpOptions> = {}) => new InfusionPump({ startMs, rate: 60, volume: 50, ...options });

describe('the infusion pump', () => {
  it('does nothing until it is started, then counts rate times time', () => {
    const model = pump();
    expect(model.at(minutes(5))).toMatchObject({ state: 'standby', infused: 0, flow: 0, minutesLeft: null });
    model.start(minutes(5));
    const now = model.at(minutes(15));
    expect(now).toMatchObject({ state: 'running', flow: 60, alarm: null });
    expect(now.infused).toBeCloseTo(10, 6);
    expect(now.remaining).toBeCloseTo(40, 6);
    expect(now.minutesLeft).toBeCloseTo(40, 6);
  });

  it('pauses and goes on, with another rate', () => {
    const model = pump();
    model.start(startMs);
    model.pause(minutes(10));
    expect(model.at(minutes(20))).toMatchObject({ state: 'paused', flow: 0 });
    model.setRate(minutes(20), 120);
    model.start(minutes(20));
    expect(model.at(minutes(30)).infused).toBeCloseTo(30, 6);
  });

  it('says that it is near the end, then keeps the vein open, or stops', () => {
    const model = pump();
    model.start(startMs);
    expect([model.at(minutes(44)).nearEnd, model.at(minutes(46)).nearEnd]).toEqual([false, true]);
    expect(model.at(minutes(51))).toMatchObject({ state: 'kvo', flow: 1, remaining: 0 });
    expect(model.at(minutes(110)).infused).toBeCloseTo(51, 1);
    const ended = pump({ kvoRate: 0 });
    ended.start(startMs);
    expect(ended.at(minutes(120))).toMatchObject({ state: 'complete', flow: 0, infused: 50 });
  });

  it('builds up pressure behind an occlusion, alarms after limit x compliance / rate, and lets a bolus go when it opens', () => {
    const model = pump({ rate: 5, compliance: 0.002, occlusionLimit: 500, lagMinutes: 0 });
    model.start(startMs);
    model.occlude(minutes(10), true);
    expect(model.at(minutes(16)).linePressure).toBeCloseTo(250, 0);
    expect(model.at(minutes(21.9)).alarm).toBeNull();
    expect(model.at(minutes(22.1))).toMatchObject({ state: 'alarm-stopped', alarm: 'occlusion', flow: 0 });
    model.start(minutes(23));
    expect(model.at(minutes(24)).alarm).toBe('occlusion');
    const before = model.at(minutes(24)).delivered;
    model.occlude(minutes(25), false);
    expect(model.at(minutes(25)).delivered - before).toBeGreaterThan(0.99);
    model.start(minutes(26));
    expect(model.at(minutes(30))).toMatchObject({ state: 'running', alarm: null, linePressure: 0 });
  });

  it('stops for a bubble that is too large, and only while something flows', () => {
    const model = pump();
    model.bubble(minutes(1), 500);
    expect(model.at(minutes(1)).alarm).toBeNull();
    model.start(minutes(1));
    model.bubble(minutes(2), 20);
    expect(model.at(minutes(2)).alarm).toBeNull();
    model.bubble(minutes(3), 120);
    expect(model.at(minutes(3))).toMatchObject({ state: 'alarm-stopped', alarm: 'air-in-line' });
  });

  it('runs on its battery, warns half an hour before it ends, and stops', () => {
    const model = pump({ rate: 1, batteryHours: 4 });
    model.start(startMs);
    model.mains(startMs, false);
    expect([model.at(minutes(200)).batteryLow, model.at(minutes(215)).batteryLow]).toEqual([false, true]);
    expect(model.at(minutes(242))).toMatchObject({ state: 'alarm-stopped', alarm: 'battery-empty', battery: 0 });
  });

  it('never gives more than it counted, nor counts backwards, whatever hands do', () => {
    const act = fc.record({
      after: fc.integer({ min: 1, max: 1_200_000 }),
      what: fc.constantFrom('start', 'pause', 'faster', 'block', 'open', 'bubble', 'unplug', 'plug'),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 25 }), fc.double({ min: 0.1, max: 1200, noNaN: true }), (acts, rate) => {
        const model = pump({ rate });
        let [at, infused, delivered] = [startMs, 0, 0];
        for (const { after, what } of acts) {
          at += after;
          if (what === 'start') model.start(at);
          else if (what === 'pause') model.pause(at);
          else if (what === 'faster') model.setRate(at, rate * 1.5);
          else if (what === 'bubble') model.bubble(at, 100);
          else if (what === 'block' || what === 'open') model.occlude(at, what === 'block');
          else model.mains(at, what === 'plug');
          const now = model.at(at);
          expect(now.infused).toBeGreaterThanOrEqual(infused);
          expect(now.delivered).toBeGreaterThanOrEqual(delivered);
          expect(now.delivered).toBeLessThanOrEqual(now.infused + 1e-9);
          expect(now.battery >= 0 && now.battery <= 100).toBe(true);
          expect(now.alarm !== null).toBe(now.state === 'alarm-stopped');
          if (now.state !== 'running' && now.state !== 'kvo') expect(now.flow).toBe(0);
          [infused, delivered] = [now.infused, now.delivered];
        }
      }),
      { numRuns: 60 },
    );
  });
});
