import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alertsAt, byUrgency, groupAlerts, standing, whereOf } from '../../../dashboard/ward/alert-view.ts';
import { alertStates, priorities } from '../../../model/alert.ts';
import { alert, at, device, NOW, snapshot, wardOf } from '../../support/dashboard-ward.ts';

const anyAlert = fc
  .record({
    id: fc.uuid(),
    state: fc.constantFrom(...alertStates),
    priority: fc.constantFrom(...priorities),
    raised: fc.integer({ min: 0, max: 1e6 }),
    inhibitedBy: fc.constantFrom<string[]>([], ['leads-off']),
  })
  .map(({ id, raised, ...rest }) => alert(id, { ...rest, raisedAt: at(NOW - raised), endedAt: at(NOW) }));

describe('the list of alerts', () => {
  it('has every alert in exactly one group', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyAlert, { selector: ({ id }) => id }), (alerts) => {
        const groups = groupAlerts(alerts, NOW);
        const ids = [...groups.needing, ...groups.taken, ...groups.aside, ...groups.ended].map(({ id }) => id);
        expect([...ids].sort()).toEqual(alerts.map(({ id }) => id).sort());
      }),
    );
  });

  it('puts the unacknowledged first, then by priority, then the oldest first', () => {
    const list = [
      alert('taken', { state: 'acknowledged' }),
      alert('low', { priority: 'low' }),
      alert('young', { raisedAt: at(NOW - 1000) }),
      alert('old', { raisedAt: at(NOW - 9000) }),
    ];
    expect(list.sort(byUrgency).map(({ id }) => id)).toEqual(['old', 'young', 'low', 'taken']);
  });

  it('forgets what ended more than 12 hours ago', () => {
    const ended = (hours: number) => alert(`${hours}`, { state: 'normal', endedAt: at(NOW - hours * 3600_000) });
    expect(groupAlerts([ended(11), ended(13)], NOW).ended.map(({ id }) => id)).toEqual(['11']);
  });

  it('never calls an alert over because its condition ended: it waits for somebody', () => {
    const latched = alert('a', { state: 'latched-unacknowledged', condition: 'off', endedAt: at(NOW) });
    expect(groupAlerts([latched], NOW).needing).toEqual([latched]);
    expect(standing(latched, () => '14:02')).toBe('ended 14:02 — acknowledge to clear');
  });
});

describe('where an alert belongs', () => {
  const ward = wardOf(
    snapshot({
      devices: [device('mon-1'), device('loose', { place: null, name: 'Loose pump' })],
      alerts: [
        alert('by-patient', { place: null }),
        alert('by-device', { place: null, subject: { kind: 'device', id: 'mon-1' } }),
        alert('elsewhere', { place: 'bed-9' }),
        alert('inhibited', { inhibitedBy: ['leads-off'] }),
        alert('shelved', { state: 'shelved' }),
      ],
    }),
  );

  it('is found through its patient or its device', () => {
    expect(alertsAt(ward, 'bed-1').map(({ id }) => id)).toEqual(['by-patient', 'by-device']);
  });

  it('is the device’s name where that stands nowhere', () => {
    expect(whereOf(ward, alert('x', { place: null, subject: { kind: 'device', id: 'loose' }, device: 'loose' }))).toBe(
      'Loose pump',
    );
    expect(whereOf(ward, alert('x'))).toBe('Bed 1');
  });
});
