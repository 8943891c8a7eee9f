import { describe, expect, it } from 'vitest';
import { createAlertEngine } from '../../../gateway/alerts/alert-engine.ts';
import { createRuleHost } from '../../../gateway/rules/rule-host.ts';
import { requireRules } from '../../../gateway/rules/rule-settings.ts';
import type { AlertEntry } from '../../../model/journal.ts';
import type { Sample } from '../../../model/sample.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';
import { rules } from '../../../rules/catalogue.ts';
import { numeric, START, status } from '../../support/samples.ts';

/** The rules as they ship, and the alerts they make, on one patient's monitor and pump. */
const setUp = () => {
  const clock = new VirtualClock(START);
  const entries: AlertEntry[] = [];
  const engine = createAlertEngine({ clock, journalAppend: (entry) => entries.push(entry) });
  const host = createRuleHost({
    settings: requireRules('config/rules/default.yaml', rules),
    start: START,
    simulated: false,
    onCondition: (condition) => engine.apply(condition),
    onFault: (rule, _subject, reason) => {
      throw new Error(`${rule}: ${reason}`);
    },
  });
  for (const [id, kind] of [
    ['monitor', 'ekg'],
    ['pump', 'infusion-pump'],
  ] as const) {
    host.addDevice({ id, class: kind, name: id, silentAfterMs: 10_000, place: 'bed-1', maintenance: false });
    host.associationChanged(id, 'p1', 'bed-1');
  }
  const until = (seconds: number): void => {
    while (clock.now() < START + seconds * 1000) {
      clock.advanceBy(500);
      host.tick(clock.now());
    }
  };
  const give = (...samples: readonly Sample[]): void => {
    for (const sample of samples) {
      until((sample.receivedAt - START) / 1000);
      host.observe(sample);
    }
  };
  const of = (code: string) => engine.active().find((alert) => alert.code === code);
  return { engine, entries, give, until, of };
};

const bed = { patient: 'p1', place: 'bed-1' };
const heartRate = (from: number, to: number, value: number): Sample[] =>
  Array.from({ length: to - from }, (_, i) => numeric('heart-rate', from + i, value, { device: 'monitor', ...bed }));

describe('from rules to alerts', () => {
  it('hides a stale limit while its device is silent, and calls again when it still holds', () => {
    const { engine, give, until, of } = setUp();
    give(...heartRate(0, 10, 130));
    expect(of('heart-rate-high')).toMatchObject({ state: 'unacknowledged', message: 'HR 130 > 120 /min' });
    engine.acknowledge(of('heart-rate-high')?.id ?? '', { by: 'nurse' });
    until(20);
    expect(of('device-silent')).toMatchObject({ state: 'unacknowledged', kind: 'technical' });
    expect(of('heart-rate-high')).toMatchObject({ state: 'suppressed', condition: 'unknown', endedAt: null });
    give(...heartRate(30, 31, 130));
    expect(of('device-silent')).toBeUndefined();
    expect(of('heart-rate-high')).toMatchObject({ state: 'unacknowledged', inhibitedBy: [] });
  });

  it('hides heart rate alerts while the monitor says that a lead is off', () => {
    const { give, of } = setUp();
    give(...heartRate(0, 2, 80));
    give(status('heart-rate-technical', 2, true, { device: 'monitor', text: 'LEAD OFF', priority: 'medium', ...bed }));
    give(...heartRate(3, 6, 35));
    expect(of('heart-rate-technical')?.message).toBe('LEAD OFF');
    expect(of('heart-rate-low')).toMatchObject({ state: 'suppressed', inhibitedBy: ['heart-rate-technical'] });
  });

  it('latches a pump’s alarm until it is acknowledged and reset', () => {
    const { engine, give, of } = setUp();
    const pump = { device: 'pump', text: 'occlusion', priority: 'high', ...bed } as const;
    give(status('pump-alarm', 0, true, pump), status('pump-alarm', 5, false, pump));
    const { id = '' } = of('pump-alarm') ?? {};
    expect(of('pump-alarm')).toMatchObject({ state: 'latched-unacknowledged', priority: 'high' });
    engine.acknowledge(id, { by: 'nurse' });
    engine.reset(id, { by: 'nurse' });
    expect(of('pump-alarm')).toBeUndefined();
  });

  it('can be followed from every alert to the samples that decided', () => {
    const { entries, give } = setUp();
    const samples = heartRate(0, 10, 150);
    give(...samples);
    const raised = entries.filter(({ verb, alert }) => verb === 'raised' && alert.code === 'heart-rate-high');
    expect(raised).toHaveLength(1);
    expect(raised[0]?.alert).toMatchObject({ rule: 'numeric-limits', ruleVersion: 1, samples: [samples[0]?.id] });
  });
});
