import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AlertEngine, createAlertEngine } from '../../../gateway/alerts/alert-engine.ts';
import { defaultAlertPolicy } from '../../../gateway/alerts/alert-policy.ts';
import { type Condition, isActive, priorities } from '../../../model/alert.ts';
import { hasCode } from '../../../model/errors.ts';
import type { AlertEntry } from '../../../model/journal.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';

/** Anything that can happen to the engine. Verbs name an alert by its place among the active ones. */
const happening = fc.oneof(
  fc.record({ wait: fc.constantFrom(1, 900, 30_000, 59_999, 60_001, 120_000, 300_000, 900_000) }),
  fc.record({
    say: fc.record({
      code: fc.constantFrom('spo2-low', 'heart-rate-high', 'leads-off'),
      device: fc.constantFrom('monitor-1', 'monitor-2'),
      subject: fc.constantFrom('p1', 'p2'),
      state: fc.constantFrom('on', 'off', 'unknown'),
      priority: fc.constantFrom(...priorities),
      latching: fc.boolean(),
    }),
  }),
  fc.record({
    verb: fc.constantFrom(
      'acknowledge',
      'pauseAudio',
      'resume',
      'reset',
      'shelve',
      'unshelve',
      'takeOutOfService',
      'returnToService',
    ),
    nth: fc.nat({ max: 3 }),
  }),
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

const START = 1_000_000;

const begin = (now: number, entries: AlertEntry[], policy = {}) => {
  const clock = new VirtualClock(now);
  const engine = createAlertEngine({ clock, journalAppend: (entry) => entries.push(entry), policy });
  return { clock, engine, entries };
};
type Run = ReturnType<typeof begin>;

const conditionOf = (said: Extract<Happening, { say: unknown }>['say'], at: number): Condition => ({
  rule: 'rule',
  ruleVersion: 1,
  code: said.code,
  subject: { kind: 'patient', id: said.subject },
  device: said.device,
  state: said.state,
  kind: 'physiological',
  priority: said.priority,
  latching: said.latching,
  at,
  message: said.code,
  metric: null,
  value: null,
  limit: null,
  samples: [],
  inhibits: said.code === 'leads-off' ? ['heart-rate-*'] : [],
  simulated: false,
});

const command = (engine: AlertEngine, verb: Extract<Happening, { verb: unknown }>['verb'], id: string): void => {
  const request = { by: 'nurse', reason: 'a reason', seconds: 100 };
  try {
    engine[verb](id, request);
  } catch (error) {
    if (!hasCode(error)) throw error;
  }
};

const happen = ({ clock, engine }: Run, what: Happening): void => {
  if ('wait' in what) clock.advanceBy(what.wait);
  else if ('say' in what) engine.apply(conditionOf(what.say, clock.now()));
  else {
    const alert = engine.active()[what.nth];
    if (alert) command(engine, what.verb, alert.id);
  }
};

describe('the alert engine, after a restart', () => {
  it('goes on exactly where it was, whenever it was killed', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 40 }), fc.array(happening, { maxLength: 40 }), (before, after) => {
        const lived = begin(START, []);
        for (const what of before) happen(lived, what);
        const restored = begin(lived.clock.now(), []);
        restored.engine.restore(lived.entries);
        expect(restored.engine.active()).toEqual(lived.engine.active());
        const cut = lived.entries.length;
        for (const what of after) {
          happen(lived, what);
          happen(restored, what);
        }
        expect(restored.entries).toEqual(lived.entries.slice(cut));
      }),
      { numRuns: 500 },
    );
  });

  it('does at once what came due while it was down', () => {
    const lived = begin(START, []);
    happen(lived, {
      say: { code: 'spo2-low', device: 'monitor-1', subject: 'p1', state: 'on', priority: 'medium', latching: false },
    });
    const id = lived.engine.active()[0]?.id ?? '';
    lived.engine.pauseAudio(id, { by: 'nurse' });
    const restored = begin(START + 3_600_000, []);
    restored.engine.restore(lived.entries);
    restored.clock.advanceBy(0);
    expect(restored.entries.map(({ verb }) => verb)).toEqual(['audio-resumed']);
  });

  it('loses no alert that must be seen: one that is gone from the screen has ended, and was seen by a person or hidden by one', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 80 }), (all) => {
        const run = begin(START, []);
        for (const what of all) happen(run, what);
        const byAlert = new Map<string, AlertEntry[]>();
        for (const entry of run.entries) {
          byAlert.set(entry.alert.id, [...(byAlert.get(entry.alert.id) ?? []), entry]);
        }
        for (const steps of byAlert.values()) {
          let isOwed = false;
          for (const { verb, alert } of steps) {
            if (alert.state === 'unacknowledged') isOwed = true;
            if (verb === 'acknowledged' || verb === 'shelved') isOwed = false;
            if (isActive(alert.state)) continue;
            expect(alert.condition).toBe('off');
            if (defaultAlertPolicy.mustBeSeen.includes(alert.priority)) expect(isOwed).toBe(false);
            isOwed = false;
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never leaves a pause of the sound without an end', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (all) => {
        const run = begin(START, []);
        for (const what of all) happen(run, what);
        run.clock.advanceBy(3_600_000);
        expect(run.engine.active().filter(({ audioPausedUntil }) => audioPausedUntil !== null)).toEqual([]);
      }),
    );
  });
});
