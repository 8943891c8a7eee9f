import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bedsOf, bedView, lastSeen, sexAndAge, wallName } from '../../../dashboard/ward/bed.ts';
import { pausedFor, pumpsAt } from '../../../dashboard/ward/pumps.ts';
import { roomView } from '../../../dashboard/ward/rooms.ts';
import { columnsFor } from '../../../dashboard/ward/wall-grid.ts';
import type { ApiLimit, ApiPlace, ApiReading } from '../../../model/api.ts';
import { alert, at, bed, device, NOW, reading, snapshot, wardOf } from '../../support/dashboard-ward.ts';

const limits: readonly ApiLimit[] = [
  { subject: { kind: 'patient', id: 'p1' }, metric: 'heart-rate', low: 50, high: 120 },
  { subject: { kind: 'place', id: 'bed-1' }, metric: 'heart-rate', low: 40, high: 200 },
];

const vitalsOf = (readings: readonly ApiReading[], more: Parameters<typeof snapshot>[0] = {}, now = NOW) =>
  bedView(wardOf(snapshot({ readings: [...readings], limits: [...limits], ...more })), bed, now).vitals;

const only = <T>(list: readonly T[]): T => {
  const [first] = list;
  if (first === undefined || list.length !== 1) throw new Error(`one was expected, ${list.length} came`);
  return first;
};

describe('the numerals of a bed', () => {
  it('shows the patient’s limits before those of the place', () => {
    expect(only(vitalsOf([reading('heart-rate', 80)]))).toMatchObject({
      text: '80',
      low: '50',
      high: '120',
      arrow: '',
    });
  });

  it('points out of the limits, twice where the alert is high', () => {
    const high = reading('heart-rate', 148);
    expect(only(vitalsOf([high])).arrow).toBe('↑');
    expect(only(vitalsOf([high], { alerts: [alert('a')] }))).toMatchObject({ arrow: '↑↑', alarm: 'high' });
    expect(only(vitalsOf([reading('heart-rate', 38)])).arrow).toBe('↓');
  });

  it('has no number, no arrow and the reason where the lead is off', () => {
    const off = reading('heart-rate', 148, { quality: 'invalid', reasons: ['lead-off'] });
    expect(only(vitalsOf([off]))).toMatchObject({ text: '---', note: 'lead off', arrow: '', valid: false });
  });

  it('has no number where the device is silent, and says for how long', () => {
    const old = reading('heart-rate', 80, { takenAt: at(NOW - 41_000) });
    expect(only(vitalsOf([old]))).toMatchObject({ text: '---', note: 'no data 41 s' });
    const silent = { devices: [device('mon-1', { state: 'silent', silentAfterSeconds: null })] };
    expect(only(vitalsOf([old], silent)).valid).toBe(false);
  });

  it('never shows what was measured on somebody else', () => {
    expect(vitalsOf([reading('heart-rate', 80, { patient: 'p-before' })])).toEqual([]);
    expect(only(vitalsOf([reading('heart-rate', 80, { patient: null })])).note).toBe('not assigned');
  });

  it('shows a cuff measurement as one, with its age, grey after half an hour', () => {
    const cuff = (ms: number) => [
      reading('nibp-systolic', 124, { takenAt: at(NOW - ms), measurement: 'c1' }),
      reading('nibp-diastolic', 78, { takenAt: at(NOW - ms), measurement: 'c1' }),
      reading('nibp-mean', 93, { takenAt: at(NOW - ms), measurement: 'c1' }),
    ];
    expect(only(vitalsOf(cuff(9 * 60_000)))).toMatchObject({ text: '124/78', mean: '93', age: '9 min', stale: false });
    expect(only(vitalsOf(cuff(31 * 60_000))).stale).toBe(true);
  });

  it('never pairs the numbers of two measurements', () => {
    const mixed = [
      reading('nibp-systolic', 124, { measurement: 'c2' }),
      reading('nibp-diastolic', 78, { measurement: 'c1' }),
    ];
    expect(only(vitalsOf(mixed)).text).toBe('124/---');
  });

  it('shows the age of a continuous value only when it is late', () => {
    const ward = wardOf(snapshot({ readings: [reading('heart-rate', 80, { takenAt: at(NOW - 1000) })] }), {
      s: 2,
      t: 'readings',
      readings: [reading('heart-rate', 81)],
    });
    expect(only(bedView(ward, bed, NOW + 1500).vitals).age).toBe('');
    expect(only(bedView(ward, bed, NOW + 6000).vitals).age).toBe('6 s');
  });

  it('shows the oximeter’s pulse only where there is no heart rate', () => {
    const both = [reading('heart-rate', 80), reading('pulse-rate', 79)];
    expect(vitalsOf(both).map((vital) => vital.key)).toEqual(['hr']);
    const off = [reading('heart-rate', null, { quality: 'missing' }), reading('pulse-rate', 79)];
    expect(vitalsOf(off).map((vital) => vital.key)).toEqual(['hr', 'pr']);
  });

  it('keeps the unit that the device sent at hand', () => {
    const glucose = reading('glucose', 110, { original: { value: 6.1, unit: 'mmol/L' } });
    expect(only(vitalsOf([glucose]))).toMatchObject({ unit: 'mg/dL', original: '6.1 mmol/L' });
  });
});

describe('a bed', () => {
  it('names its patient as briefly as a wall should', () => {
    const { patient } = bedView(wardOf(snapshot()), bed, NOW);
    expect(patient && wallName(patient)).toBe('ROSSI, M.');
    expect(patient && sexAndAge(patient, NOW)).toBe('F 72');
  });

  it('draws lead II where there is one', () => {
    const channel = (number: number, metric: string) => ({
      channel: number,
      device: 'mon-1',
      metric,
      rateHz: 250,
      scale: 1,
      offset: 0,
      unit: 'mV',
    });
    const ward = wardOf(
      snapshot({ channels: [channel(1, 'ecg-lead-i'), channel(2, 'ecg-lead-ii'), channel(3, 'pleth-wave')] }),
    );
    expect(bedView(ward, bed, NOW).ekg?.channel).toBe(2);
  });

  it('is marked as simulated by its device alone', () => {
    const ward = wardOf(snapshot({ devices: [device('mon-1', { simulated: true })] }));
    expect(bedView(ward, bed, NOW).simulated).toBe(true);
  });

  it('tells when a device last spoke from its readings, where they are newer than its record', () => {
    const ward = wardOf(snapshot({ readings: [reading('heart-rate', 80, { receivedAt: at(NOW + 500) })] }));
    expect(lastSeen(ward, device('mon-1'))).toBe(NOW + 500);
    expect(lastSeen(ward, device('other', { lastSampleAt: null }))).toBeNull();
  });

  it('is found among places by its kind only', () => {
    const room: ApiPlace = { ...bed, id: 'r', kind: 'room' };
    expect(bedsOf(wardOf(snapshot({ places: [room, bed] }))).map((place) => place.id)).toEqual(['bed-1']);
  });
});

describe('the infusion strip', () => {
  const pump = device('pump-1', { class: 'infusion-pump' });
  const told = (more: Partial<ApiReading> = {}) => [
    reading('infusion-rate', 5, { device: 'pump-1', context: { drug: 'Heparin' }, ...more }),
    reading('volume-remaining', 12.4, { device: 'pump-1' }),
    reading('infusion-time-remaining', 78, { device: 'pump-1' }),
  ];
  const lineOf = (
    readings: readonly ApiReading[],
    alerts = [alert('a', { device: 'pump-1', message: 'Occlusion' })],
  ) => {
    const ward = wardOf(snapshot({ devices: [pump], readings: [...readings] }));
    return only(pumpsAt(ward, [pump], alerts, NOW));
  };

  it('tells drug, rate with its unit, what is left, when it ends, and its alarm', () => {
    expect(lineOf(told())).toMatchObject({
      drug: 'Heparin',
      rate: '5.0 mL/h',
      left: '12.4 mL',
      ends: '1:18',
      running: null,
      alarm: { priority: 'high', message: 'Occlusion' },
    });
  });

  it('tells no rate of a pump that is silent', () => {
    expect(lineOf(told({ takenAt: at(NOW - 60_000) }), [])).toMatchObject({
      rate: '---',
      note: 'no data 1 min',
      alarm: null,
    });
  });

  it('counts a pause down to nothing, never to 0:00', () => {
    expect(pausedFor(at(NOW + 120_000), NOW)).toBe('2:00');
    expect(pausedFor(at(NOW + 1), NOW)).toBe('0:01');
    expect(pausedFor(at(NOW), NOW)).toBeNull();
    expect(pausedFor(null, NOW)).toBeNull();
  });
});

describe('a room', () => {
  const room: ApiPlace = {
    id: 'room',
    name: 'Archive',
    kind: 'records-room',
    profile: null,
    patient: null,
    devices: ['probe'],
  };
  const probe = device('probe', { class: 'environment', place: 'room', patient: null });
  const climate = (metric: string, value: number | null, more: Partial<ApiReading> = {}) =>
    reading(metric, value, { device: 'probe', patient: null, place: 'room', ...more });
  const view = (readings: readonly ApiReading[], more: Parameters<typeof snapshot>[0] = {}) =>
    roomView(wardOf(snapshot({ places: [room], devices: [probe], readings: [...readings], ...more })), room, NOW);
  const fact = (label: string, of: ReturnType<typeof view>) => of.facts.find((one) => one.label === label);

  it('says "not measured" where no sensor watches, never "good"', () => {
    const shown = view([climate('air-temperature', 20)]);
    expect(fact('Ventilation', shown)).toMatchObject({ text: 'not measured', state: 'unmeasured' });
    expect(fact('Door', shown)).toMatchObject({ text: 'not measured', state: 'unmeasured' });
  });

  it('says "unknown" where the sensor is there but gives nothing', () => {
    const shown = view([climate('co2', null, { quality: 'missing', reasons: ['sensor-off'] })]);
    expect(fact('Ventilation', shown)?.state).toBe('unknown');
    const statuses = [
      { device: 'probe', code: 'door-open', active: null, role: 'state' as const, text: '', takenAt: at(NOW) },
    ];
    expect(fact('Door', view([], { statuses }))?.state).toBe('unknown');
  });

  it('tells how long the door has been open', () => {
    const statuses = [
      {
        device: 'probe',
        code: 'door-open',
        active: true,
        role: 'state' as const,
        text: '',
        takenAt: at(NOW - 240_000),
      },
    ];
    expect(fact('Door', view([], { statuses }))).toMatchObject({ text: 'open 4 min', state: 'bad' });
  });

  it('places the value in its band, and outside of it at the right end', () => {
    const band = {
      limits: [{ subject: { kind: 'place' as const, id: 'room' }, metric: 'air-temperature', low: 2, high: 8 }],
    };
    expect(only(view([climate('air-temperature', 5)], band).values)).toMatchObject({ position: 0.5, outside: false });
    expect(only(view([climate('air-temperature', 30)], band).values)).toMatchObject({ position: 1, outside: true });
    expect(only(view([climate('air-temperature', null, { quality: 'missing' })], band).values).position).toBeNull();
  });

  it('has no value where its probe is silent', () => {
    expect(only(view([climate('air-temperature', 5, { takenAt: at(NOW - 60_000) })]).values)).toMatchObject({
      text: '---',
      note: 'no data 1 min',
    });
  });
});

describe('the wall’s grid', () => {
  it('has room for all, on any screen', () => {
    const size = fc.integer({ min: 320, max: 4000 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 64 }), size, size, (count, width, height) => {
        const columns = columnsFor(count, width, height);
        expect(columns).toBeGreaterThanOrEqual(1);
        expect(columns).toBeLessThanOrEqual(Math.max(1, count));
        if (columns > 1) expect(width / columns).toBeGreaterThanOrEqual(280);
      }),
    );
  });

  it('puts 6 beds in threes, 16 in fours, 32 in fours on a full-HD wall, and one under the other on a phone', () => {
    expect(columnsFor(6, 1580, 960)).toBe(3);
    expect(columnsFor(16, 1580, 960)).toBe(4);
    expect(columnsFor(32, 1580, 960)).toBe(4);
    expect(columnsFor(6, 390, 2000)).toBe(1);
  });
});
