import { describe, expect, it } from 'vitest';
import { createAlertEngine } from '../../../gateway/alerts/alert-engine.ts';
import type { AlertPolicy } from '../../../gateway/alerts/alert-policy.ts';
import type { Alert, Condition } from '../../../model/alert.ts';
import type { AlertEntry } from '../../../model/journal.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';

const patient = { kind: 'patient', id: 'p1' } as const;

const setUp = (policy: Partial<AlertPolicy> = {}) => {
  const clock = new VirtualClock(1_000_000);
  const entries: AlertEntry[] = [];
  const engine = createAlertEngine({ clock, journalAppend: (entry) => entries.push(entry), policy });
  const say = (code: string, state: Condition['state'], change: Partial<Condition> = {}): void =>
    engine.apply({
      rule: 'numeric-limits',
      ruleVersion: 1,
      code,
      subject: patient,
      device: 'monitor-1',
      state,
      kind: 'physiological',
      priority: 'medium',
      latching: false,
      at: clock.now(),
      message: `${code} beyond its limit`,
      metric: null,
      value: null,
      limit: null,
      samples: ['s1'],
      inhibits: [],
      simulated: false,
      ...change,
    });
  const only = (code: string): Alert => {
    const found = engine.active().filter((alert) => alert.code === code);
    const [alert] = found;
    if (!alert || found.length !== 1) throw new Error(`${found.length} active alerts of ${code}`);
    return alert;
  };
  const verbs = () => entries.map(({ verb }) => verb);
  return { clock, engine, entries, say, only, verbs };
};

describe('the life of an alert', () => {
  it('begins unacknowledged, is owned by who acknowledges it, and ends with its condition', () => {
    const { engine, say, only, verbs, clock } = setUp();
    say('heart-rate-high', 'on');
    const { id } = only('heart-rate-high');
    expect(only('heart-rate-high')).toMatchObject({ state: 'unacknowledged', occurrences: 1, raisedAt: 1_000_000 });
    clock.advanceBy(5000);
    engine.acknowledge(id, { by: 'nurse', note: 'with the patient' });
    expect(only('heart-rate-high')).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: 'nurse',
      acknowledgedAt: 1_005_000,
      note: 'with the patient',
    });
    say('heart-rate-high', 'off');
    expect(engine.active()).toEqual([]);
    expect(engine.get(id)).toMatchObject({ state: 'normal', endedAt: 1_005_000 });
    expect(verbs()).toEqual(['raised', 'acknowledged', 'cleared']);
    expect(engine.history(id).every(({ reason }) => reason !== '')).toBe(true);
  });

  it('ends by itself when it is not of high priority', () => {
    const { engine, say } = setUp();
    say('spo2-low', 'on', { priority: 'medium' });
    say('spo2-low', 'off', { priority: 'medium' });
    expect(engine.active()).toEqual([]);
  });

  it('of high priority stays on the screen when it ends before anyone has acknowledged it', () => {
    const { engine, say, only } = setUp();
    say('spo2-low', 'on', { priority: 'high' });
    say('spo2-low', 'off', { priority: 'high' });
    expect(only('spo2-low').state).toBe('returned-unacknowledged');
    engine.acknowledge(only('spo2-low').id, { by: 'nurse' });
    expect(engine.active()).toEqual([]);
  });

  it('latches what is to be latched until acknowledged and reset, in this order', () => {
    const { engine, say, only } = setUp();
    say('pump-alarm', 'on', { latching: true, priority: 'high' });
    say('pump-alarm', 'off');
    const { id } = only('pump-alarm');
    expect(() => engine.reset(id, { by: 'nurse' })).toThrow('latched-unacknowledged');
    engine.acknowledge(id, { by: 'nurse' });
    expect(only('pump-alarm').state).toBe('latched-acknowledged');
    engine.reset(id, { by: 'nurse' });
    expect(engine.active()).toEqual([]);
  });

  it('says once what a rule says twice', () => {
    const { say, verbs } = setUp();
    say('spo2-low', 'off');
    say('spo2-low', 'unknown');
    for (let i = 0; i < 3; i++) say('spo2-low', 'on');
    for (let i = 0; i < 3; i++) say('spo2-low', 'unknown');
    for (let i = 0; i < 3; i++) say('spo2-low', 'off');
    expect(verbs()).toEqual(['raised', 'unknown', 'cleared']);
  });

  it('never takes unknown for ended: the last clinical state stays visible', () => {
    const { say, only } = setUp();
    say('spo2-low', 'on', { value: 82 });
    say('spo2-low', 'unknown', { value: null, message: 'no value' });
    expect(only('spo2-low')).toMatchObject({ state: 'unacknowledged', condition: 'unknown', value: 82, endedAt: null });
    say('spo2-low', 'on', { value: 81 });
    expect(only('spo2-low')).toMatchObject({ condition: 'on', value: 81, occurrences: 1 });
  });

  it('counts a quick return as the same alert, and a late one as a new one', () => {
    const { engine, say, only, clock } = setUp();
    say('spo2-low', 'on');
    const { id } = only('spo2-low');
    engine.acknowledge(id, { by: 'nurse' });
    say('spo2-low', 'off');
    clock.advanceBy(60_000);
    say('spo2-low', 'on');
    expect(only('spo2-low')).toMatchObject({ id, occurrences: 2, state: 'unacknowledged', acknowledgedBy: null });
    engine.acknowledge(id, { by: 'nurse' });
    say('spo2-low', 'off');
    clock.advanceBy(60_001);
    say('spo2-low', 'on');
    expect(only('spo2-low')).toMatchObject({ occurrences: 1 });
    expect(only('spo2-low').id).not.toBe(id);
  });

  it('calls again when an acknowledged alert becomes more urgent, and keeps the highest priority until acknowledged', () => {
    const { engine, say, only } = setUp();
    say('heart-rate-high', 'on');
    engine.acknowledge(only('heart-rate-high').id, { by: 'nurse' });
    say('heart-rate-high', 'on', { priority: 'high', value: 151, latching: true });
    expect(only('heart-rate-high')).toMatchObject({ state: 'unacknowledged', priority: 'high', acknowledgedBy: null });
    say('heart-rate-high', 'on', { priority: 'medium', value: 130 });
    expect(only('heart-rate-high')).toMatchObject({ priority: 'high', value: 130, latching: true });
    engine.acknowledge(only('heart-rate-high').id, { by: 'nurse' });
    say('heart-rate-high', 'on', { priority: 'medium', value: 129 });
    expect(only('heart-rate-high')).toMatchObject({ state: 'acknowledged', priority: 'medium' });
  });

  it('gives the same onset the same id, and other devices other alerts', () => {
    const a = setUp();
    const b = setUp();
    for (const { say } of [a, b]) {
      say('spo2-low', 'on');
      say('spo2-low', 'on', { device: 'monitor-2' });
    }
    const ids = a.engine.active().map(({ id }) => id);
    expect(b.engine.active().map(({ id }) => id)).toEqual(ids);
    expect(new Set(ids).size).toBe(2);
  });

  it('reminds while an acknowledged condition persists', () => {
    const { engine, say, only, clock, verbs } = setUp({ remindMs: 300_000 });
    say('spo2-low', 'on');
    engine.acknowledge(only('spo2-low').id, { by: 'nurse' });
    clock.advanceBy(299_999);
    expect(verbs()).not.toContain('reminded');
    clock.advanceBy(300_001);
    expect(verbs().filter((verb) => verb === 'reminded')).toHaveLength(2);
    say('spo2-low', 'off');
    clock.advanceBy(3_600_000);
    expect(verbs().filter((verb) => verb === 'reminded')).toHaveLength(2);
  });

  it('refuses what makes no sense, and says what to do', () => {
    const { engine, say, only } = setUp();
    expect(() => engine.acknowledge('nothing', { by: 'nurse' })).toThrow(
      expect.objectContaining({ code: 'alert-not-found' }),
    );
    say('spo2-low', 'on');
    const { id } = only('spo2-low');
    const code = (run: () => unknown) => {
      try {
        run();
        return 'done';
      } catch (error) {
        return error instanceof Error && 'code' in error ? error.code : error;
      }
    };
    expect(code(() => engine.pauseAudio(id, { by: 'nurse', seconds: 121 }))).toBe('alert-bad-duration');
    expect(code(() => engine.pauseAudio(id, { by: 'nurse', seconds: 0 }))).toBe('alert-bad-duration');
    expect(code(() => engine.pauseAudio(id, { by: 'nurse', seconds: Number.NaN }))).toBe('alert-bad-duration');
    expect(code(() => engine.shelve(id, { by: 'nurse', reason: ' ', seconds: 60 }))).toBe('alert-reason-missing');
    expect(code(() => engine.reset(id, { by: 'nurse' }))).toBe('alert-wrong-state');
    engine.acknowledge(id, { by: 'nurse' });
    expect(engine.acknowledge(id, { by: 'other' }).acknowledgedBy).toBe('nurse');
    say('spo2-low', 'off');
    expect(code(() => engine.acknowledge(id, { by: 'nurse' }))).toBe('alert-not-active');
  });
});

describe('silence', () => {
  it('is of the sound only, and always expires (standards.md 9, vector 5)', () => {
    const { engine, say, only, clock, verbs } = setUp();
    say('spo2-low', 'on');
    engine.pauseAudio(only('spo2-low').id, { by: 'nurse' });
    expect(only('spo2-low')).toMatchObject({ state: 'unacknowledged', audioPausedUntil: 1_120_000, pausedBy: 'nurse' });
    clock.advanceBy(119_999);
    expect(only('spo2-low').audioPausedUntil).toBe(1_120_000);
    clock.advanceBy(1);
    expect(only('spo2-low').audioPausedUntil).toBeNull();
    expect(verbs()).toEqual(['raised', 'audio-paused', 'audio-resumed']);
  });

  it('is not broken by new values, and outlives the end of the alert', () => {
    const { engine, say, only, clock } = setUp();
    say('spo2-low', 'on');
    engine.pauseAudio(only('spo2-low').id, { by: 'nurse' });
    say('spo2-low', 'on', { value: 80 });
    expect(only('spo2-low').audioPausedUntil).toBe(1_120_000);
    engine.acknowledge(only('spo2-low').id, { by: 'nurse' });
    say('spo2-low', 'off');
    clock.advanceBy(70_000);
    say('spo2-low', 'on');
    expect(only('spo2-low')).toMatchObject({ occurrences: 1, audioPausedUntil: 1_120_000, pausedBy: 'nurse' });
  });

  it('does not cover another code, another patient, nor a higher priority of the same', () => {
    const { engine, say, only } = setUp();
    say('spo2-low', 'on');
    engine.pauseAudio(only('spo2-low').id, { by: 'nurse' });
    say('heart-rate-low', 'on');
    expect(only('heart-rate-low').audioPausedUntil).toBeNull();
    say('pulse-rate-low', 'on', { subject: { kind: 'patient', id: 'p2' }, priority: 'high' });
    expect(only('spo2-low').audioPausedUntil).not.toBeNull();
    say('spo2-low', 'on', { priority: 'high' });
    expect(only('spo2-low').audioPausedUntil).toBeNull();
  });

  it('is broken by a higher priority of the same patient', () => {
    const { engine, say, only, entries } = setUp();
    say('spo2-low', 'on');
    engine.pauseAudio(only('spo2-low').id, { by: 'nurse' });
    say('heart-rate-high', 'on', { priority: 'high' });
    expect(only('spo2-low').audioPausedUntil).toBeNull();
    expect(entries.at(-1)).toMatchObject({ verb: 'audio-resumed', reason: 'broken by heart-rate-high' });
  });

  it('covers the same code from another device, and may be repeated only so often', () => {
    const { engine, say, clock } = setUp();
    say('spo2-low', 'on');
    say('spo2-low', 'on', { device: 'monitor-2' });
    const [first, second] = engine.active();
    for (let i = 0; i < 3; i++) {
      engine.pauseAudio(first?.id ?? '', { by: 'nurse', seconds: 60 });
      expect(engine.get(second?.id ?? '')?.audioPausedUntil).toBe(clock.now() + 60_000);
      clock.advanceBy(60_000);
    }
    expect(() => engine.pauseAudio(first?.id ?? '', { by: 'nurse' })).toThrow('too often');
  });

  it('ends when a person says so', () => {
    const { engine, say, only } = setUp();
    say('spo2-low', 'on');
    engine.pauseAudio(only('spo2-low').id, { by: 'nurse' });
    expect(engine.resume(only('spo2-low').id, { by: 'nurse' }).audioPausedUntil).toBeNull();
  });
});

describe('inhibition', () => {
  const leadsOff = { kind: 'technical', priority: 'medium', inhibits: ['heart-rate-*'], rule: 'leads-off' } as const;

  it('hides what is raised while its inhibitor holds, and shows it when that ends', () => {
    const { say, only } = setUp();
    say('leads-off', 'on', leadsOff);
    say('heart-rate-low', 'on', { priority: 'high' });
    expect(only('heart-rate-low')).toMatchObject({ state: 'suppressed', inhibitedBy: ['leads-off'] });
    say('spo2-low', 'on');
    expect(only('spo2-low').state).toBe('unacknowledged');
    say('leads-off', 'off', leadsOff);
    expect(only('heart-rate-low')).toMatchObject({ state: 'unacknowledged', inhibitedBy: [] });
  });

  it('makes what it hides unknown, not cleared', () => {
    const { engine, say, only } = setUp();
    say('heart-rate-low', 'on');
    engine.acknowledge(only('heart-rate-low').id, { by: 'nurse' });
    say('leads-off', 'on', leadsOff);
    expect(only('heart-rate-low')).toMatchObject({ state: 'suppressed', condition: 'unknown', endedAt: null });
    say('leads-off', 'off', leadsOff);
    expect(only('heart-rate-low')).toMatchObject({ state: 'unacknowledged', condition: 'unknown' });
  });

  it('does not quieten a call that is more urgent than itself', () => {
    const { engine, say, only } = setUp();
    say('heart-rate-high', 'on', { priority: 'high' });
    say('device-silent', 'on', {
      kind: 'technical',
      subject: { kind: 'device', id: 'monitor-1' },
      priority: 'medium',
      inhibits: ['*'],
    });
    expect(only('heart-rate-high')).toMatchObject({
      state: 'unacknowledged',
      condition: 'unknown',
      inhibitedBy: ['device-silent'],
    });
    engine.acknowledge(only('heart-rate-high').id, { by: 'nurse' });
    expect(only('heart-rate-high').state).toBe('acknowledged');
  });

  it('reaches the device, not the rest of the patient’s', () => {
    const { say, only } = setUp();
    say('spo2-low', 'on', { device: 'monitor-2' });
    say('spo2-low', 'on', { device: 'monitor-1', code: 'pulse-rate-low' });
    say('device-silent', 'on', { subject: { kind: 'device', id: 'monitor-1' }, kind: 'technical', inhibits: ['*'] });
    expect(only('spo2-low').state).toBe('unacknowledged');
    expect(only('pulse-rate-low').state).toBe('suppressed');
  });

  it('of two that inhibit each other hides one, and comes to rest', () => {
    const { engine, say } = setUp();
    say('a', 'on', { inhibits: ['b'] });
    say('b', 'on', { inhibits: ['a'] });
    expect(engine.active().map(({ state }) => state)).toEqual(['unacknowledged', 'suppressed']);
  });
});

describe('shelving', () => {
  it('hides one alert for a while, for a reason, whatever its condition does', () => {
    const { engine, say, only, clock } = setUp();
    say('spo2-low', 'on');
    const { id } = only('spo2-low');
    engine.shelve(id, { by: 'nurse', reason: 'bath', seconds: 600 });
    say('spo2-low', 'off');
    say('spo2-low', 'on');
    expect(only('spo2-low')).toMatchObject({ id, state: 'shelved', condition: 'on', shelvedUntil: 1_600_000 });
    clock.advanceBy(600_000);
    expect(only('spo2-low')).toMatchObject({ id, state: 'unacknowledged', shelvedUntil: null });
  });

  it('ends early by a person, and out of service only by a person', () => {
    const { engine, say, only, clock } = setUp();
    say('spo2-low', 'on');
    const { id } = only('spo2-low');
    engine.shelve(id, { by: 'nurse', reason: 'bath', seconds: 600 });
    engine.unshelve(id, { by: 'nurse' });
    expect(only('spo2-low').state).toBe('unacknowledged');
    engine.takeOutOfService(id, { by: 'engineer', reason: 'probe exchanged' });
    clock.advanceBy(86_400_000);
    expect(only('spo2-low').state).toBe('out-of-service');
    engine.returnToService(id, { by: 'engineer' });
    expect(only('spo2-low').state).toBe('unacknowledged');
  });
});
