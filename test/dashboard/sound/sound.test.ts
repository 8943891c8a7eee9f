import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Audible, burstSeconds, bursts } from '../../../dashboard/sound/bursts.ts';
import { nextBurst, type SoundCause, silence, soundCauses } from '../../../dashboard/sound/planner.ts';
import { alert, at, NOW } from '../../support/dashboard-ward.ts';

describe('bursts (screens-and-alarms.md 1.4)', () => {
  it('have 10, 3 and 2 pulses', () => {
    expect(bursts.high.pulses.length).toBe(10);
    expect(bursts.medium.pulses.length).toBe(3);
    expect(bursts.low.pulses.length).toBe(2);
  });

  it.each(['high', 'medium', 'low'] as const)(
    '%s: pulses follow each other, end before the next burst, and are in tune',
    (priority) => {
      const { pulses, everySeconds } = bursts[priority];
      const [shortest, longest] = priority === 'high' ? [0.075, 0.2] : [0.125, 0.25];
      pulses.forEach((pulse, index) => {
        const before = pulses[index - 1];
        if (before) expect(pulse.at).toBeGreaterThan(before.at + before.seconds);
        expect(pulse.seconds).toBeGreaterThanOrEqual(shortest);
        expect(pulse.seconds).toBeLessThanOrEqual(longest);
        expect(pulse.hertz).toBeGreaterThanOrEqual(150);
        expect(pulse.hertz).toBeLessThanOrEqual(1000);
      });
      expect(burstSeconds(bursts[priority])).toBeLessThan(everySeconds);
    },
  );

  it('play a high alarm as two equal groups of five', () => {
    const starts = bursts.high.pulses.map((pulse) => pulse.at);
    const group = (from: number) =>
      starts.slice(from, from + 5).map((start) => Math.round((start - (starts[from] ?? 0)) * 1000));
    expect(group(5)).toEqual(group(0));
  });
});

describe('what sounds', () => {
  const causesOf = (more: Parameters<typeof alert>[1]) => soundCauses([alert('a', more)], NOW).length;

  it('is what nobody has taken', () => {
    expect(causesOf({})).toBe(1);
    expect(causesOf({ state: 'latched-unacknowledged' })).toBe(1);
    expect(causesOf({ state: 'acknowledged' })).toBe(0);
    expect(causesOf({ state: 'returned-unacknowledged' })).toBe(0);
    expect(causesOf({ state: 'normal' })).toBe(0);
  });

  it('is silent while paused, and calls again when the pause has ended', () => {
    expect(causesOf({ audioPausedUntil: at(NOW + 1000) })).toBe(0);
    expect(causesOf({ audioPausedUntil: at(NOW - 1000) })).toBe(1);
  });

  it('is never what another alert inhibits, nor mere information', () => {
    expect(causesOf({ inhibitedBy: ['leads-off'] })).toBe(0);
    expect(causesOf({ priority: 'information' })).toBe(0);
  });
});

const cause = (id: string, priority: Audible): SoundCause => ({ id, priority });

/** Plays a list of moments and gives when which burst began. */
const play = (moments: readonly (readonly SoundCause[])[], stepMs = 200) => {
  let plan = silence;
  const played: { at: number; priority: Audible }[] = [];
  moments.forEach((causes, index) => {
    const next = nextBurst(plan, causes, index * stepMs);
    plan = next.plan;
    if (next.play !== null) played.push({ at: index * stepMs, priority: next.play });
  });
  return played;
};

const steady = (seconds: number, ...causes: readonly SoundCause[]) => Array.from({ length: seconds * 5 }, () => causes);

describe('when a burst begins', () => {
  it('at once, and then at the priority’s interval', () => {
    expect(play(steady(31, cause('a', 'high'))).map(({ at: ms }) => ms)).toEqual([0, 10_000, 20_000, 30_000]);
    expect(play(steady(31, cause('a', 'low'))).map(({ at: ms }) => ms)).toEqual([0, 30_000]);
  });

  it('a more urgent alarm breaks in at once', () => {
    const played = play([...steady(3, cause('a', 'low')), ...steady(2, cause('a', 'low'), cause('b', 'high'))]);
    expect(played).toEqual([
      { at: 0, priority: 'low' },
      { at: 3000, priority: 'high' },
    ]);
  });

  it('a new alarm of the same urgency is heard as soon as the burst has ended', () => {
    const played = play([...steady(1, cause('a', 'high')), ...steady(6, cause('a', 'high'), cause('b', 'high'))]);
    expect(played.length).toBe(2);
    expect(played[1]?.at).toBeLessThan(5000);
  });

  it('silence is silent, whatever was before', () => {
    expect(play([...steady(1, cause('a', 'high')), ...steady(60)]).length).toBe(1);
  });

  it('never two bursts over each other unless the second is more urgent, and never silence while something calls', () => {
    const moment = fc.uniqueArray(
      fc.record({ id: fc.constantFrom('a', 'b', 'c'), priority: fc.constantFrom('high', 'medium', 'low') }),
      {
        selector: ({ id }) => id,
        maxLength: 3,
      },
    );
    const order = { high: 0, medium: 1, low: 2 } as const;
    fc.assert(
      fc.property(fc.array(moment, { maxLength: 200 }), (moments) => {
        const played = play(moments as readonly (readonly SoundCause[])[]);
        played.forEach((burst, index) => {
          const before = played[index - 1];
          if (!before) return;
          const quiet = moments.slice(before.at / 200, burst.at / 200).some((causes) => causes.length === 0);
          const over = burst.at < before.at + burstSeconds(bursts[before.priority]) * 1000;
          expect(!over || quiet || order[burst.priority] < order[before.priority]).toBe(true);
        });
        const firstCall = moments.findIndex((causes) => causes.length > 0);
        expect(played[0]?.at).toBe(firstCall < 0 ? undefined : firstCall * 200);
      }),
    );
  });
});
