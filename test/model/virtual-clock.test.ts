import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { every } from '../../model/clock.ts';
import { VirtualClock } from '../../model/virtual-clock.ts';

describe('the virtual clock', () => {
  it('runs tasks in order of time, and in order of planning where times are equal', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 200 }), (times) => {
        const clock = new VirtualClock();
        const ran: [number, number][] = [];
        for (const [order, time] of times.entries()) clock.at(time, () => ran.push([clock.now(), order]));
        clock.advanceTo(100);
        const expected = times.map((time, order): [number, number] => [time, order]);
        expected.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
        expect(ran).toEqual(expected);
        expect(clock.pending).toBe(0);
      }),
    );
  });

  it('does not run what was cancelled, nor what lies ahead', () => {
    const clock = new VirtualClock(1000);
    const ran: string[] = [];
    const cancel = clock.at(1500, () => ran.push('cancelled'));
    clock.at(1600, () => ran.push('due'));
    clock.at(1700, () => ran.push('ahead'));
    cancel();
    clock.advanceTo(1650);
    expect(ran).toEqual(['due']);
    expect(clock.now()).toBe(1650);
    expect(clock.nextDue).toBe(1700);
  });

  it('runs a task planned by a task within the same advance', () => {
    const clock = new VirtualClock();
    const times: number[] = [];
    const stop = every(clock, 10, () => times.push(clock.now()));
    clock.advanceTo(35);
    stop();
    clock.advanceTo(100);
    expect(times).toEqual([10, 20, 30]);
  });
});
