import { of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createAlertEngine } from '../../../gateway/alerts/alert-engine.ts';
import { createRuleHost, type HostedDevice } from '../../../gateway/rules/rule-host.ts';
import type { RuleSettings } from '../../../gateway/rules/rule-settings.ts';
import type { Condition, Subject } from '../../../model/alert.ts';
import type { Sample } from '../../../model/sample.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';
import type { Rule, RuleCondition } from '../../../rules/kit/contract.ts';
import { stateful } from '../../../rules/kit/stateful.ts';
import { numericLimits } from '../../../rules/numeric-limits.ts';
import { numeric, START, status } from '../../support/samples.ts';

const said = (code: string, state: RuleCondition['state'], sample: Sample): RuleCondition => ({
  code,
  device: sample.device,
  state,
  kind: 'physiological',
  priority: 'medium',
  latching: false,
  at: sample.takenAt,
  message: code,
  metric: null,
  value: null,
  limit: null,
  samples: [sample.id],
  inhibits: [],
});

type Say = (condition: RuleCondition) => void;

/** A rule of its own making: `next` decides for each sample. */
const ruleOf = (
  id: string,
  next: (sample: Sample, say: Say, context: { subject: Subject }) => void,
  change: Partial<Rule<unknown>> = {},
): Rule => ({
  id,
  version: 1,
  title: id,
  kind: 'physiological',
  priority: 'medium',
  latching: false,
  scope: 'patient',
  parameters: z.unknown(),
  sources: [],
  inputs: () => ({ metrics: ['spo2'], statuses: [] }),
  build: (_parameters, context) =>
    stateful((say) => ({ next: (sample) => next(sample, say, context), stop: () => {} })),
  ...change,
});

const isLow = (sample: Sample): boolean => sample.kind === 'numeric' && (sample.value ?? 100) < 90;
const low = (id = 'low') => ruleOf(id, (sample, say) => say(said('spo2-low', isLow(sample) ? 'on' : 'off', sample)));

const setUp = (rules: readonly Rule[], parameters: RuleSettings['parameters'] = () => undefined) => {
  const conditions: Condition[] = [];
  const faults: string[] = [];
  const host = createRuleHost({
    settings: { version: 1, lateAfterMs: 900_000, rules, known: new Set(rules.map(({ id }) => id)), parameters },
    start: START,
    simulated: false,
    onCondition: (condition) => conditions.push(condition),
    onFault: (rule, subject, reason) => faults.push(`${rule} ${subject.kind}:${subject.id} ${reason}`),
  });
  const add = (id: string, change: Partial<HostedDevice> = {}) =>
    host.addDevice({ id, class: 'ekg', name: id, silentAfterMs: 10_000, place: null, maintenance: false, ...change });
  const lines = () => conditions.map(({ code, subject, state }) => `${code} ${subject.kind}:${subject.id} ${state}`);
  return { host, conditions, faults, add, lines };
};

const spo2 = (seconds: number, value: number | null, device = 'd1', patient: string | null = 'p1') =>
  numeric('spo2', seconds, value, { device, patient });

describe('the rule host', () => {
  it('gives each instance only what it asked for', () => {
    const seen: string[] = [];
    const note = (id: string, change: Partial<Rule>) =>
      ruleOf(id, (sample) => seen.push(`${id} ${sample.kind === 'status' ? sample.code : sample.metric}`), change);
    const { host, add } = setUp([
      note('one', {}),
      note('all', { inputs: () => ({ metrics: ['*'], statuses: ['*'] }) }),
      note('pumps', { inputs: () => ({ metrics: ['*'], statuses: ['*'], classes: ['infusion-pump'] }) }),
      note('status', { inputs: () => ({ metrics: [], statuses: ['leads-off'] }) }),
    ]);
    add('d1');
    for (const sample of [
      spo2(0, 97),
      numeric('heart-rate', 0, 80),
      status('leads-off', 0, true),
      status('other', 0, true),
    ]) {
      host.observe(sample);
    }
    host.observe(spo2(1, 97, 'stranger'));
    expect(seen).toEqual(['one spo2', 'all spo2', 'all heart-rate', 'all leads-off', 'status leads-off', 'all other']);
  });

  it('has one instance for each patient, device or place', () => {
    const subjects = new Set<string>();
    const note = (scope: Rule['scope']) =>
      ruleOf(scope, (_sample, _say, { subject }) => subjects.add(`${scope}: ${subject.kind}:${subject.id}`), { scope });
    const { host, add } = setUp([note('patient'), note('device'), note('place')]);
    add('d1');
    add('d2');
    host.observe(numeric('spo2', 0, 97, { device: 'd1', patient: 'p1', place: 'bed-1' }));
    host.observe(numeric('spo2', 0, 97, { device: 'd2', patient: 'p1', place: 'bed-1' }));
    host.observe(numeric('spo2', 0, 97, { device: 'd2' }));
    expect([...subjects].sort()).toEqual([
      'device: device:d1',
      'device: device:d2',
      'patient: device:d2',
      'patient: patient:p1',
      'place: place:bed-1',
    ]);
  });

  it('raises nothing from data that comes too late', () => {
    const { host, add, lines } = setUp([low()]);
    add('d1');
    host.observe({ ...spo2(1000, 80), takenAt: START + 99_000 });
    expect(lines()).toEqual([]);
    expect(host.counters.late).toBe(1);
    host.observe({ ...spo2(1000, 80), takenAt: START + 100_000 });
    expect(lines()).toEqual(['spo2-low patient:p1 on']);
  });

  it('takes a reading for the patient it was measured on, whoever is on the device now', () => {
    const { host, add, lines } = setUp([low()]);
    add('d1');
    host.associationChanged('d1', 'p2', null);
    host.observe(spo2(1, 97, 'd1', 'p2'));
    host.observe({ ...spo2(2, 80, 'd1', 'p1'), takenAt: START - 60_000 });
    expect(lines()).toEqual(['spo2-low patient:p2 off', 'spo2-low patient:p1 on']);
  });

  it('ends what it said about a patient when the device is taken off', () => {
    const { host, add, lines, conditions } = setUp([low()]);
    add('d1');
    host.associationChanged('d1', 'p1', null);
    host.observe(spo2(0, 80));
    host.associationChanged('d1', 'p2', null);
    expect(lines()).toEqual(['spo2-low patient:p1 on', 'spo2-low patient:p1 off']);
    expect(conditions.at(-1)?.message).toContain('no longer watched');
    expect(host.instances).toBe(0);
  });

  it('ends what it said about the device itself when a patient is put on it', () => {
    const { host, add, lines } = setUp([low()]);
    add('d1');
    host.observe(spo2(0, 80, 'd1', null));
    host.associationChanged('d1', 'p1', null);
    expect(lines()).toEqual(['spo2-low device:d1 on', 'spo2-low device:d1 off']);
  });

  it('of a patient’s two devices ends only what the one that left had said', () => {
    const settings = { limits: { spo2: { low: 90, onDelaySeconds: 15 } } };
    const { host, add, conditions } = setUp([numericLimits as Rule], () => numericLimits.parameters.parse(settings));
    for (const id of ['d1', 'd2', 'd3']) {
      add(id);
      host.associationChanged(id, 'p1', null);
    }
    host.observe(spo2(0, 80, 'd1'));
    host.observe(spo2(0, 80, 'd2'));
    host.observe(spo2(14, 80, 'd3'));
    host.tick(START + 20_000);
    host.associationChanged('d1', null, null);
    host.associationChanged('d3', null, null);
    host.tick(START + 60_000);
    const ofDevice = (device: string) => conditions.filter((condition) => condition.device === device);
    expect(ofDevice('d1').map(({ state }) => state)).toEqual(['on', 'off']);
    expect(ofDevice('d2').at(-1)?.state).toBe('on');
    expect(ofDevice('d3')).toEqual([]);
  });

  it('does not watch a device in maintenance for technical faults', () => {
    const technical = ruleOf('technical', (sample, say) => say(said('x', 'on', sample)), { kind: 'technical' });
    const { host, add, lines } = setUp([technical, low()]);
    add('d1', { maintenance: true });
    host.observe(spo2(0, 80));
    expect(lines()).toEqual(['spo2-low patient:p1 on']);
  });

  it('says after a restart what nobody watches any more', () => {
    const { host, add, conditions } = setUp([low()]);
    add('d1');
    const entries: Parameters<Parameters<typeof createAlertEngine>[0]['journalAppend']>[0][] = [];
    const engine = createAlertEngine({ clock: new VirtualClock(START), journalAppend: (entry) => entries.push(entry) });
    const raise = (rule: string, device: string) =>
      engine.apply({
        ...said('spo2-low', 'on', spo2(0, 80, device)),
        rule,
        ruleVersion: 1,
        subject: { kind: 'patient', id: 'p1' },
        simulated: false,
      });
    raise('low', 'd1');
    raise('low', 'gone');
    raise('somebody-else', 'gone');
    host.settle(engine.active());
    expect(conditions.map(({ rule, device, state }) => [rule, device, state])).toEqual([['low', 'gone', 'off']]);
  });
});

describe('a rule that throws', () => {
  /** Throws at 66 %, which the ring then holds. */
  const fragile = ruleOf('fragile', (sample, say) => {
    if (sample.kind === 'numeric' && sample.value === 66) throw new Error('broken');
    say(said('spo2-low', isLow(sample) ? 'on' : 'off', sample));
  });

  it('stops alone, says what is not watched, and starts again', () => {
    const { host, add, lines, faults } = setUp([fragile, low('other')]);
    add('d1');
    add('d2');
    host.observe(spo2(0, 80));
    host.observe(spo2(1, 66));
    host.observe(spo2(1, 80, 'd2', 'p2'));
    expect(faults).toEqual(['fragile patient:p1 broken']);
    expect(lines()).toEqual([
      'spo2-low patient:p1 on',
      'spo2-low patient:p1 on',
      'rule-stopped-fragile patient:p1 on',
      'spo2-low patient:p1 unknown',
      'spo2-low patient:p1 on',
      'spo2-low patient:p2 on',
      'spo2-low patient:p2 on',
    ]);
    expect(host.report()).toEqual([
      { rule: 'fragile', instances: 2, notWatching: 1, conditions: 3, faults: 1 },
      { rule: 'other', instances: 2, notWatching: 0, conditions: 3, faults: 0 },
    ]);
    host.tick(START + 2000);
    expect(lines().slice(7)).toEqual(['spo2-low patient:p1 on', 'rule-stopped-fragile patient:p1 off']);
    expect(faults).toHaveLength(1);
  });

  it('stands, after it was warmed, where it would have stood', () => {
    const { host, add, lines } = setUp([fragile]);
    add('d1');
    host.observe(spo2(0, 80));
    host.observe(spo2(1, 66));
    host.observe(spo2(1.5, 97));
    host.tick(START + 2000);
    expect(lines()).toEqual([
      'spo2-low patient:p1 on',
      'rule-stopped-fragile patient:p1 on',
      'spo2-low patient:p1 unknown',
      'spo2-low patient:p1 off',
      'rule-stopped-fragile patient:p1 off',
    ]);
  });

  it('waits longer each time, and never takes the others with it', () => {
    const always = ruleOf('always', () => {
      throw new Error('broken');
    });
    const { host, add, faults, conditions } = setUp([always, low()]);
    add('d1');
    for (let second = 0; second < 600; second++) host.observe(spo2(second, 97));
    expect(faults.length).toBeGreaterThan(3);
    expect(faults.length).toBeLessThan(12);
    expect(conditions.filter(({ rule }) => rule === 'low')).toHaveLength(600);
  });

  it('is caught in a timer, while it is built, as an error of its stream, and where it ends by itself', () => {
    const timer: Rule = {
      ...ruleOf('timer', () => {}),
      build: (_parameters, { clock }) =>
        stateful(() => ({
          next: () => {
            clock.at(clock.now() + 1000, () => {
              throw new Error('in a timer');
            });
          },
          stop: () => {},
        })),
    };
    const building: Rule = {
      ...ruleOf('building', () => {}),
      build: () => {
        throw new Error('while built');
      },
    };
    const stream: Rule = {
      ...ruleOf('stream', () => {}),
      build: () => () => throwError(() => new Error('as an error')),
    };
    const empty: Rule = { ...ruleOf('empty', () => {}), build: () => () => of() };
    const { host, add, faults } = setUp([timer, building, stream, empty]);
    add('d1');
    host.observe(spo2(0, 97));
    host.observe(spo2(1, 97));
    expect(faults).toContain('timer patient:p1 in a timer');
    expect(faults).toContain('building patient:p1 while built');
    expect(faults).toContain('stream patient:p1 as an error');
    expect(faults).toContain('empty patient:p1 it ended by itself');
  });
});
