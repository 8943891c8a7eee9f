import { describe, expect, it } from 'vitest';
import { deviceAlarm } from '../../rules/device-alarm.ts';
import { runRule } from '../support/rule-run.ts';
import { numeric, status } from '../support/samples.ts';

describe('device alarm', () => {
  it('relays the device’s own words, priority and kind', () => {
    const run = runRule(deviceAlarm, {});
    run.give(
      status('heart-rate-physiological', 0, true, { alertKind: 'physiological', priority: 'high', text: 'ASYSTOLE' }),
    );
    run.give(status('spo2-technical', 1, true, { priority: 'low', text: 'CHECK SENSOR' }));
    expect(run.said).toMatchObject([
      { code: 'heart-rate-physiological', kind: 'physiological', priority: 'high', message: 'ASYSTOLE', device: 'd1' },
      { code: 'spo2-technical', kind: 'technical', priority: 'low', message: 'CHECK SENSOR' },
    ]);
    run.give(status('spo2-technical', 2, false));
    run.give(status('heart-rate-physiological', 3, null));
    expect(run.lines().slice(2)).toEqual(['2 spo2-technical off', '3 heart-rate-physiological unknown']);
  });

  it('leaves states, values and what the site ignores alone', () => {
    const run = runRule(deviceAlarm, { ignore: ['memory-error'] });
    run.give(status('infusing', 0, true, { role: 'state' }), numeric('spo2', 0, 40), status('memory-error', 0, true));
    expect(run.said).toEqual([]);
  });

  it('latches a pump’s alarm and keeps it high, as shipped', () => {
    const run = runRule(deviceAlarm, { latching: ['pump-alarm'] });
    run.give(status('pump-alarm', 0, true, { priority: 'high', text: 'occlusion' }));
    expect(run.said[0]).toMatchObject({ latching: true, priority: 'high', message: 'occlusion' });
  });

  it('declares what leads off makes meaningless', () => {
    const run = runRule(deviceAlarm, { inhibits: { 'heart-rate-technical': ['heart-rate-*'] } });
    run.give(status('heart-rate-technical', 0, true, { text: 'LEAD OFF' }));
    expect(run.said[0]?.inhibits).toEqual(['heart-rate-*']);
  });
});
