import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyFrame, latestKey } from '../../../dashboard/live/ward-state.ts';
import type { LiveFrame } from '../../../model/api.ts';
import { alert, at, device, NOW, reading, snapshot, wardOf } from '../../support/dashboard-ward.ts';

const hr = latestKey('mon-1', 'heart-rate');
const readings = (s: number, ...list: ReturnType<typeof reading>[]): LiveFrame => ({
  s,
  t: 'readings',
  readings: list,
});

describe('the ward’s state', () => {
  it('is nothing before the first snapshot', () => {
    expect(applyFrame(null, { s: 1, t: 'alert', alert: alert('a') })).toBeNull();
  });

  it('keeps the gateway’s order of places when one of them changes', () => {
    const places = ['bed-2', 'bed-1', 'bed-10'].map((id) => ({
      id,
      name: id,
      kind: 'bed' as const,
      profile: null,
      patient: null,
      devices: [],
    }));
    const changed = { ...places[1], patient: 'p9' } as (typeof places)[number] & { patient: string };
    const ward = wardOf(snapshot({ places }), { s: 2, t: 'place', place: changed });
    expect([...ward.places.keys()]).toEqual(['bed-2', 'bed-1', 'bed-10']);
    expect(ward.places.get('bed-1')?.patient).toBe('p9');
  });

  it('shows the newest by event time: a late reading changes nothing', () => {
    const fresh = reading('heart-rate', 80, { takenAt: at(NOW) });
    const late = reading('heart-rate', 40, { takenAt: at(NOW - 60_000) });
    const ward = wardOf(snapshot({ readings: [fresh] }), readings(2, late));
    expect(ward.readings.get(hr)?.reading.value).toBe(80);
  });

  it('ends at the newest reading whatever the order of arrival', () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(times, (list) => {
        const frames = list.map((ms, s) => readings(s + 2, reading('heart-rate', ms, { takenAt: at(NOW + ms) })));
        const ward = wardOf(snapshot(), ...frames);
        expect(ward.readings.get(hr)?.reading.value).toBe(Math.max(...list));
      }),
    );
  });

  it('learns how often a value comes', () => {
    const ward = wardOf(
      snapshot({ readings: [reading('heart-rate', 80)] }),
      readings(2, reading('heart-rate', 81, { takenAt: at(NOW + 2000) })),
    );
    expect(ward.readings.get(hr)?.periodMs).toBe(2000);
  });

  it('forgets everything at a new snapshot', () => {
    const ward = wardOf(snapshot({ alerts: [alert('a')], readings: [reading('heart-rate', 80)] }), snapshot({ s: 9 }));
    expect(ward.alerts.size + ward.readings.size).toBe(0);
  });

  it('takes in the alerts that it missed, without overriding what is so now', () => {
    const ward = wardOf(
      snapshot({
        missed: [alert('a', { state: 'normal' }), alert('b')],
        alerts: [alert('b', { state: 'acknowledged' })],
      }),
    );
    expect(ward.alerts.get('a')?.state).toBe('normal');
    expect(ward.alerts.get('b')?.state).toBe('acknowledged');
  });

  it('drops only ended alerts when there are too many', () => {
    const many = Array.from({ length: 500 }, (_, index) =>
      alert(`a${index}`, { state: index === 7 ? 'normal' : 'acknowledged' }),
    );
    const ward = wardOf(snapshot({ alerts: many }), { s: 2, t: 'alert', alert: alert('new') });
    expect(ward.alerts.has('a7')).toBe(false);
    expect(ward.alerts.size).toBe(500);
  });

  it('lets a wave’s new number take the place of the old one', () => {
    const channel = {
      channel: 1,
      device: 'mon-1',
      metric: 'ecg-lead-ii',
      rateHz: 250,
      scale: 1,
      offset: 0,
      unit: 'mV',
    };
    const ward = wardOf(snapshot({ channels: [channel] }), { s: 2, t: 'channel', channel: { ...channel, channel: 5 } });
    expect([...ward.channels.keys()]).toEqual([5]);
  });

  it('is never changed in place', () => {
    const before = wardOf(snapshot());
    const after = applyFrame(before, { s: 2, t: 'device', device: device('mon-1', { state: 'silent' }) });
    expect(before.devices.get('mon-1')?.state).toBe('running');
    expect(after?.devices.get('mon-1')?.state).toBe('silent');
  });

  it('leaves out what a newer gateway says', () => {
    const ward = wardOf(snapshot());
    expect(applyFrame(ward, { s: 2, t: 'weather' } as unknown as LiveFrame)).toBe(ward);
  });
});
