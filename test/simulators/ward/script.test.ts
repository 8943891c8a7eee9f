import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../model/virtual-clock.ts';
import { numericLimits } from '../../../rules/numeric-limits.ts';
import { storageClimate } from '../../../rules/storage-climate.ts';
import { createBodies } from '../../../simulators/ward/bodies.ts';
import { demoDevices, demoRules } from '../../../simulators/ward/demo-site.ts';
import { bedNumbers, patients, places } from '../../../simulators/ward/people-and-places.ts';
import { play, script } from '../../../simulators/ward/script.ts';
import { createStores } from '../../../simulators/ward/stores.ts';

const START = Date.UTC(2026, 10, 26, 9);

/** The ward without its wires, and a way to let it live. */
const createWard = (seed = 'test') => {
  const clock = new VirtualClock(START);
  const bodies = createBodies(seed, START);
  const stores = createStores(seed, START);
  const stop = play(clock, START, bodies, stores);
  const monitors = Object.fromEntries(bedNumbers.map((bed) => [bed, bodies.monitor(bed)]));
  return {
    clock,
    bodies,
    stores,
    stop,
    monitors,
    pumps: { 2: bodies.pump(2), 4: bodies.pump(4) },
    meter: bodies.meter(),
  };
};

/** Asks every second, as the monitor does; the first second after the start at which it is so. */
const firstSecond = (ward: ReturnType<typeof createWard>, isSo: (t: number) => boolean, limit = 600): number | null => {
  for (let second = 1; second <= limit; second++) {
    const t = START + second * 1000;
    ward.clock.advanceTo(t);
    if (isSo(t)) return second;
  }
  return null;
};

describe('the script of the demonstration ward', () => {
  it.each(['a', 'b', 'demo'])('bed 3 passes the limit of the heart rate within half a minute (seed %s)', (seed) => {
    const ward = createWard(seed);
    const monitor = ward.monitors[3];
    const beyond = firstSecond(ward, (t) => (monitor?.heartRate(t) ?? 0) > 120);
    expect(beyond).toBeGreaterThan(12);
    expect(beyond).toBeLessThan(30);
    const worse = firstSecond(ward, (t) => (monitor?.heartRate(t) ?? 0) > 140 && (monitor?.spo2(t) ?? 100) < 90);
    expect(worse).toBeLessThan(130);
  });

  it('bed 3 recovers after it was treated', () => {
    const ward = createWard();
    firstSecond(ward, () => false, 600);
    const t = ward.clock.now();
    expect(ward.monitors[3]?.heartRate(t)).toBeLessThan(115);
    expect(ward.monitors[3]?.spo2(t)).toBeGreaterThan(92);
  });

  it('the pump of bed 4 gives its occlusion alarm after a minute, the other never', () => {
    const ward = createWard();
    const alarmed = firstSecond(ward, (t) => ward.pumps[4].alarm(t) !== 0);
    expect(alarmed).toBeGreaterThan(50);
    expect(alarmed).toBeLessThan(70);
    expect(ward.pumps[4].alarm(ward.clock.now())).toBe(1);
    expect(ward.pumps[4].rate(ward.clock.now())).toBe(0);
    expect(ward.pumps[2].alarm(ward.clock.now())).toBe(0);
    const freed = firstSecond(ward, (t) => ward.pumps[4].alarm(t) === 0 && ward.pumps[4].rate(t) === 75);
    expect(freed).toBeGreaterThanOrEqual(240);
  });

  it('the refrigerator is within its range until the door is left open, and above 8 °C within a minute after', () => {
    const ward = createWard();
    const warm = firstSecond(ward, (t) => (ward.stores.refrigeratorAir(t)['air-temperature'] ?? 0) > 8);
    expect(warm).toBeGreaterThan(30);
    expect(warm).toBeLessThan(90);
    const cold = firstSecond(ward, (t) => (ward.stores.refrigeratorAir(t)['air-temperature'] ?? 99) < 8, 3600);
    expect(cold).toBeGreaterThan(180);
  });

  it('an electrode of bed 5 is off for a minute: no heart rate, and the monitor says why', () => {
    const ward = createWard();
    const monitor = ward.monitors[5];
    const off = firstSecond(ward, (t) => monitor?.heartRate(t) === null);
    expect(off).toBe(75);
    expect(monitor?.alarms(ward.clock.now())).toEqual({ HR: 'LEAD OFF' });
    expect(monitor?.ecg(ward.clock.now())).toBeNull();
    const on = firstSecond(ward, (t) => Object.keys(monitor?.alarms(t) ?? {}).length === 0 && t > START + 76_000);
    expect(on).toBe(135);
  });

  it.each(['a', 'b', 'demo'])('the meter has a history and then one critically low value (seed %s)', (seed) => {
    const { meter } = createWard(seed);
    const before = meter.entries(START);
    expect(before.length).toBe(15);
    expect(before.every(({ value }) => value >= 70 && value < 260)).toBe(true);
    const now = meter.entries(START + 60_000).slice(before.length);
    expect(now.map(({ value }) => value < 54)).toEqual([true]);
  });

  it('the others raise nothing by their vital signs', () => {
    const ward = createWard('calm');
    for (const bed of [1, 2, 4, 6] as const) {
      const odd = firstSecond(
        ward,
        (t) => {
          const monitor = ward.monitors[bed];
          const rate = monitor?.heartRate(t) ?? 70;
          return rate > 120 || rate < 50 || (monitor?.spo2(t) ?? 100) < 91;
        },
        300,
      );
      expect([bed, odd]).toEqual([bed, null]);
    }
  });

  it('a late timer does not move what happens, and what is stopped happens no more', () => {
    const late = createWard();
    late.bodies.pumps[4].at(START + 10_000);
    late.stop();
    late.clock.advanceTo(START + 400_000);
    expect(late.pumps[4].alarm(START + 400_000)).toBe(0);
  });

  it('tells everything in order, each at a place that exists', () => {
    expect(script.map(({ atSeconds }) => atSeconds)).toEqual(
      script.map(({ atSeconds }) => atSeconds).toSorted((a, b) => a - b),
    );
    expect(script.map(({ place }) => place).filter((id) => !places.some((place) => place.id === id))).toEqual([]);
  });

  it('is the same for the same seed, and another for another', () => {
    const trace = (seed: string): readonly unknown[] => {
      const ward = createWard(seed);
      const seen: unknown[] = [];
      firstSecond(
        ward,
        (t) => {
          const monitor = ward.monitors[3];
          seen.push(monitor?.heartRate(t), monitor?.ecg(t - 500), monitor?.spo2(t), ward.pumps[4].volume(t));
          seen.push(ward.stores.recordsAir(t), ward.stores.refrigeratorAir(t), ward.meter.entries(t).at(-1));
          return false;
        },
        150,
      );
      return seen;
    };
    expect(trace('one')).toEqual(trace('one'));
    expect(trace('one')).not.toEqual(trace('two'));
  });
});

describe('the site of the demonstration ward', () => {
  it('has six fictional patients, each in a bed of its own', () => {
    expect(patients.map(({ mrn }) => mrn)).toEqual(['001', '002', '003', '004', '005', '006'].map((n) => `DEMO-${n}`));
    expect(new Set(patients.map(({ place }) => place)).size).toBe(6);
    expect(patients.every(({ family }) => family.startsWith('Demo-'))).toBe(true);
  });

  it('has the devices that were promised, at places that exist', () => {
    const ids = demoDevices.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(
      expect.arrayContaining([
        ...bedNumbers.map((bed) => `monitor-${bed}`),
        ...['cuff-1', 'cuff-3', 'cuff-5', 'pump-2', 'pump-4', 'meter-6', 'thermometer-6'],
        ...['fridge-probe', 'fridge-door-sensor', 'records-climate', 'records-co2', 'medicines-room-sensor'],
      ]),
    );
    expect(demoDevices.filter(({ place }) => !places.some(({ id }) => id === place))).toEqual([]);
  });

  it('changes only rules and parameters that exist', () => {
    expect(Object.keys(demoRules).toSorted()).toEqual([numericLimits.id, storageClimate.id]);
  });
});
