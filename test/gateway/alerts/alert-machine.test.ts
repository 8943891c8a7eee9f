import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  atRest,
  debtAfter,
  isHidden,
  machineEvents,
  type Standing,
  step,
} from '../../../gateway/alerts/alert-machine.ts';
import type { AlertState } from '../../../model/alert.ts';

const standing = (state: AlertState, condition: Standing['condition'], latching = false): Standing => ({
  ...atRest,
  state,
  condition,
  latching,
});

describe('the ISA-18.2 machine', () => {
  it.each([
    ['A raise B', standing('normal', 'off'), 'raise', 'unacknowledged', 'on'],
    ['B acknowledge C', standing('unacknowledged', 'on'), 'acknowledge', 'acknowledged', 'on'],
    ['B clear D', standing('unacknowledged', 'on'), 'clear', 'returned-unacknowledged', 'off'],
    ['B clear E, latching', standing('unacknowledged', 'on', true), 'clear', 'latched-unacknowledged', 'off'],
    ['C clear A', standing('acknowledged', 'on'), 'clear', 'normal', 'off'],
    ['C clear F, latching', standing('acknowledged', 'on', true), 'clear', 'latched-acknowledged', 'off'],
    ['C re-alarm B', standing('acknowledged', 'on'), 're-alarm', 'unacknowledged', 'on'],
    ['D acknowledge A', standing('returned-unacknowledged', 'off'), 'acknowledge', 'normal', 'off'],
    ['D raise B', standing('returned-unacknowledged', 'off'), 'raise', 'unacknowledged', 'on'],
    ['E acknowledge F', standing('latched-unacknowledged', 'off', true), 'acknowledge', 'latched-acknowledged', 'off'],
    ['E raise B', standing('latched-unacknowledged', 'off', true), 'raise', 'unacknowledged', 'on'],
    ['F reset A', standing('latched-acknowledged', 'off', true), 'reset', 'normal', 'off'],
    ['F raise B', standing('latched-acknowledged', 'off', true), 'raise', 'unacknowledged', 'on'],
    ['B shelve G', standing('unacknowledged', 'on'), 'shelve', 'shelved', 'on'],
    ['C shelve G', standing('acknowledged', 'on'), 'shelve', 'shelved', 'on'],
    ['G unshelve B, condition true', standing('shelved', 'on'), 'unshelve', 'unacknowledged', 'on'],
    ['G unshelve A, condition false', standing('shelved', 'off'), 'unshelve', 'normal', 'off'],
    ['B suppress H', standing('unacknowledged', 'on'), 'suppress', 'suppressed', 'unknown'],
    ['C suppress H', standing('acknowledged', 'on'), 'suppress', 'suppressed', 'unknown'],
    ['A raise-inhibited H', standing('normal', 'off'), 'raise-inhibited', 'suppressed', 'on'],
    ['H unsuppress B, condition true', standing('suppressed', 'on'), 'unsuppress', 'unacknowledged', 'on'],
    ['H unsuppress B, unknown', standing('suppressed', 'unknown'), 'unsuppress', 'unacknowledged', 'unknown'],
    ['H clear A', standing('suppressed', 'on'), 'clear', 'normal', 'off'],
    ['B take-out I', standing('unacknowledged', 'on'), 'take-out', 'out-of-service', 'on'],
    ['I put-back B, condition true', standing('out-of-service', 'on'), 'put-back', 'unacknowledged', 'on'],
    ['I put-back A, condition false', standing('out-of-service', 'off'), 'put-back', 'normal', 'off'],
    ['B lose B', standing('unacknowledged', 'on'), 'lose', 'unacknowledged', 'unknown'],
    ['B raise B, known again', standing('unacknowledged', 'unknown'), 'raise', 'unacknowledged', 'on'],
  ] as const)('%s', (_name, from, event, state, condition) => {
    expect(step(from, event)).toMatchObject({ state, condition });
  });

  it.each([
    ['reset before the acknowledgement', standing('latched-unacknowledged', 'off', true), 'reset'],
    ['reset while it holds', standing('acknowledged', 'on', true), 'reset'],
    ['acknowledge what nobody is called for', standing('shelved', 'on'), 'acknowledge'],
    ['lose what does not hold', standing('returned-unacknowledged', 'off'), 'lose'],
    ['shelve nothing', atRest, 'shelve'],
    ['suppress what has ended', standing('latched-acknowledged', 'off', true), 'suppress'],
  ] as const)('has no arrow: %s', (_name, from, event) => {
    expect(step(from, event)).toBeNull();
  });

  it('gives back what was owed when it was hidden', () => {
    const hide = (from: Standing, event: 'shelve' | 'take-out') => step(from, event) ?? from;
    const latched = hide(standing('latched-unacknowledged', 'off', true), 'take-out');
    expect(step(latched, 'put-back')?.state).toBe('latched-unacknowledged');
    const acknowledged = hide(standing('latched-acknowledged', 'off', true), 'shelve');
    expect(step(acknowledged, 'unshelve')?.state).toBe('latched-acknowledged');
    const suppressed = step(standing('unacknowledged', 'on'), 'suppress') ?? atRest;
    expect(step(suppressed, 'clear')?.state).toBe('returned-unacknowledged');
  });

  const walk = fc.record({
    latching: fc.boolean(),
    events: fc.array(fc.constantFrom(...machineEvents), { maxLength: 40 }),
  });

  it('never loses an alarm: only a person, or the end of something acknowledged or never announced, brings it to rest', () => {
    fc.assert(
      fc.property(walk, ({ latching, events }) => {
        let now: Standing = { ...atRest, latching };
        let isOwed = false;
        let wasShelved = false;
        for (const event of events) {
          const next = step(now, event);
          if (!next) continue;
          if (next.state === 'unacknowledged') isOwed = true;
          if (event === 'shelve') wasShelved = true;
          if (event === 'acknowledge') isOwed = false;
          if (next.state === 'normal' && now.state !== 'normal') {
            expect(isOwed && !wasShelved).toBe(false);
            isOwed = wasShelved = false;
          }
          now = next;
        }
      }),
    );
  });

  it('keeps a latched alarm until it is acknowledged and reset', () => {
    fc.assert(
      fc.property(walk, ({ events }) => {
        let now: Standing = { ...atRest, latching: true };
        let announced = false;
        for (const event of events) {
          const next = step(now, event);
          if (!next) continue;
          if (next.state === 'unacknowledged') announced = true;
          if (next.state === 'normal' && now.state !== 'normal') {
            if (announced) expect(event).toBe('reset');
            announced = false;
          }
          now = next;
        }
      }),
    );
  });

  it('can be read back from states alone', () => {
    fc.assert(
      fc.property(walk, ({ latching, events }) => {
        let now: Standing = { ...atRest, latching };
        for (const event of events) {
          const next = step(now, event);
          if (!next) continue;
          expect(next.debt).toBe(debtAfter(now, next));
          if (!isHidden(next.state)) expect(next.debt).toBe('none');
          now = next;
        }
      }),
    );
  });
});
