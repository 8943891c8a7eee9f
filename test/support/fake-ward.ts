import type {
  ApiAlert,
  ApiChannel,
  ApiDevice,
  ApiLimit,
  ApiMetric,
  ApiPatient,
  ApiPlace,
  ApiReading,
  ApiStatus,
} from '../../model/api.ts';
import { metricOf, metrics } from '../../model/metrics.ts';
import { units } from '../../model/unit.ts';
import { firstAlerts } from './fake-alerts.ts';

/*
 * A believable ward for looking at the screens: six beds and two rooms, or as many beds as asked for. Every name and
 * number is made up.
 */

const iso = (ms: number): string => new Date(ms).toISOString();
const MINUTE = 60_000;

export interface FakeVital {
  readonly metric: string;
  readonly base: number;
  readonly swing?: number;
  readonly ageMs?: number;
  readonly measurement?: string;
  readonly context?: Readonly<Record<string, string>>;
  readonly reasons?: ApiReading['reasons'];
}

export interface FakeDevice {
  readonly device: ApiDevice;
  readonly vitals: readonly FakeVital[];
  readonly waves: readonly string[];
}

export interface FakeWard {
  readonly places: readonly ApiPlace[];
  readonly patients: readonly ApiPatient[];
  readonly devices: readonly FakeDevice[];
  readonly alerts: Map<string, ApiAlert>;
  readonly limits: readonly ApiLimit[];
  readonly statuses: readonly ApiStatus[];
  readonly channels: readonly ApiChannel[];
  readonly metrics: readonly ApiMetric[];
}

const names: readonly (readonly [string, string, ApiPatient['gender'], string])[] = [
  ['Okafor', 'Ngozi', 'female', '1958-04-11'],
  ['Lindqvist', 'Erik', 'male', '1949-09-30'],
  ['Rossi', 'Maria', 'female', '1954-02-17'],
  ['Haddad', 'Samir', 'male', '1966-12-05'],
  ['Nakamura', 'Yuki', 'female', '1987-07-21'],
  ['Petrov', 'Anton', 'male', '1971-01-08'],
];

const deviceOf = (
  id: string,
  name: string,
  kind: ApiDevice['class'],
  now: number,
  more: Partial<ApiDevice>,
): ApiDevice => ({
  id,
  name,
  driver: `${kind}-example`,
  class: kind,
  state: 'running',
  lastSampleAt: iso(now),
  place: null,
  patient: null,
  link: { id: `link-${id}`, state: 'up', since: iso(now - 9 * 3600_000), reason: null, hint: null },
  why: null,
  progress: null,
  silentAfterSeconds: 10,
  simulated: false,
  counters: { frames: 48_211, samples: 96_422, 'checksum errors': 2 },
  clockOffsetSeconds: 0.4,
  ...more,
});

const fullMonitor = (hr: number, spo2: number): readonly FakeVital[] => [
  { metric: 'heart-rate', base: hr, swing: 2 },
  { metric: 'spo2', base: spo2, swing: 0.6 },
  { metric: 'respiration-rate', base: 15, swing: 1.4 },
  { metric: 'body-temperature', base: 36.9, swing: 0.05 },
];

const cuff = (systolic: number, diastolic: number, ageMs: number): readonly FakeVital[] =>
  (
    [
      ['nibp-systolic', systolic],
      ['nibp-diastolic', diastolic],
      ['nibp-mean', Math.round(diastolic + (systolic - diastolic) / 3)],
    ] as const
  ).map(([metric, base]) => ({ metric, base, ageMs, measurement: `cuff-${systolic}` }));

const waves = ['ecg-lead-ii', 'pleth-wave', 'respiration-wave'] as const;

const bedDevices = (bed: number, now: number): readonly FakeDevice[] => {
  const place = `bed-${bed}`;
  const patient = `p${bed}`;
  const at = { place, patient };
  const monitor = (vitals: readonly FakeVital[], more: Partial<ApiDevice> = {}): FakeDevice => ({
    device: deviceOf(`mon-${bed}`, `Monitor ${bed}`, 'ekg', now, { ...at, ...more }),
    vitals,
    waves,
  });
  const pump = (vitals: readonly FakeVital[]): FakeDevice => ({
    device: deviceOf(`pump-${bed}`, `Pump ${bed}`, 'infusion-pump', now, { ...at, clockOffsetSeconds: null }),
    vitals,
    waves: [],
  });
  const meter = (value: number, ageMs: number): FakeDevice => ({
    device: deviceOf(`meter-${bed}`, 'Glucose meter', 'glucose', now, {
      ...at,
      silentAfterSeconds: null,
      lastSampleAt: iso(now - ageMs),
      clockOffsetSeconds: -74,
    }),
    vitals: [{ metric: 'glucose', base: value, ageMs }],
    waves: [],
  });
  switch (((bed - 1) % 6) + 1) {
    case 1:
      return [monitor([...fullMonitor(72, 97.6), ...cuff(124, 78, 9 * MINUTE)])];
    case 2:
      return [
        monitor([...fullMonitor(81, 96.4), ...cuff(138, 84, 41 * MINUTE)]),
        pump([
          { metric: 'infusion-rate', base: 20, context: { drug: 'Saline 0.9 %' } },
          { metric: 'volume-remaining', base: 412.5 },
          { metric: 'infusion-time-remaining', base: 1237 },
        ]),
      ];
    case 3:
      return [monitor([...fullMonitor(147, 95.2), ...cuff(98, 52, 4 * MINUTE)]), meter(112, 55 * MINUTE)];
    case 4:
      return [
        monitor(
          fullMonitor(66, 98).map((vital) => ({ ...vital, ageMs: 252_000 })),
          {
            state: 'silent',
            lastSampleAt: iso(now - 252_000),
            why: 'The serial server answers, but the monitor has sent nothing for 4 minutes.',
            link: {
              id: `link-mon-${bed}`,
              state: 'down',
              since: iso(now - 248_000),
              reason: 'Connection refused by 10.20.4.14:4001 (17 attempts)',
              hint: 'Look at the network cable at the bed, then at the power of the serial device server.',
            },
            counters: { frames: 31_020, samples: 62_040, timeouts: 17, reconnects: 3 },
          },
        ),
      ];
    case 5:
      return [
        {
          device: deviceOf(`bp-${bed}`, 'BP monitor', 'blood-pressure', now, { ...at, silentAfterSeconds: null }),
          vitals: [...cuff(116, 71, 12 * MINUTE), { metric: 'nibp-pulse-rate', base: 77, ageMs: 12 * MINUTE }],
          waves: [],
        },
        pump([
          { metric: 'infusion-rate', base: 0, context: { drug: 'Noradrenaline' } },
          { metric: 'volume-remaining', base: 18.2 },
        ]),
        meter(148, 41 * MINUTE),
      ];
    default:
      return [
        monitor([
          ...fullMonitor(94, 91.1).map((vital) =>
            vital.metric === 'respiration-rate' ? { ...vital, reasons: ['lead-off'] as const } : vital,
          ),
          ...cuff(109, 66, 22 * MINUTE),
        ] as readonly FakeVital[]),
      ];
  }
};

const roomDevices = (now: number): readonly FakeDevice[] => [
  {
    device: deviceOf('fridge-probe', 'Refrigerator probe', 'environment', now, {
      place: 'fridge',
      silentAfterSeconds: 120,
    }),
    vitals: [{ metric: 'air-temperature', base: 7.4, swing: 0.1 }],
    waves: [],
  },
  {
    device: deviceOf('records-probe', 'Records room sensor', 'environment', now, {
      place: 'records',
      silentAfterSeconds: 120,
    }),
    vitals: [
      { metric: 'air-temperature', base: 19.2, swing: 0.1 },
      { metric: 'relative-humidity', base: 46.5, swing: 0.3 },
    ],
    waves: [],
  },
];

const limitsOf = (patient: string): readonly ApiLimit[] =>
  (
    [
      ['heart-rate', 50, 120],
      ['spo2', 92, null],
      ['respiration-rate', 8, 30],
      ['nibp-systolic', 90, 160],
      ['body-temperature', 35.5, 38.5],
    ] as const
  ).map(([metric, low, high]) => ({ subject: { kind: 'patient', id: patient }, metric, low, high }));

const roomLimits: readonly ApiLimit[] = [
  { subject: { kind: 'place', id: 'fridge' }, metric: 'air-temperature', low: 2, high: 8 },
  { subject: { kind: 'place', id: 'records' }, metric: 'relative-humidity', low: 35, high: 55 },
  { subject: { kind: 'place', id: 'records' }, metric: 'air-temperature', low: null, high: 21 },
];

const scales: Readonly<Record<string, { rateHz: number; scale: number; unit: string }>> = {
  'ecg-lead-ii': { rateHz: 250, scale: 0.005, unit: 'mV' },
  'pleth-wave': { rateHz: 125, scale: 0.1, unit: '1' },
  'respiration-wave': { rateHz: 62.5, scale: 0.1, unit: '1' },
};

/** `calm`: nothing is wrong anywhere. */
export const fakeWard = (now: number, beds: number, calm: boolean): FakeWard => {
  const numbers = Array.from({ length: beds }, (_, index) => index + 1);
  const atBeds = calm ? calmDevices(numbers, now) : numbers.flatMap((bed) => bedDevices(bed, now));
  const all = [...atBeds, ...roomDevices(now)];
  const places: ApiPlace[] = [
    ...numbers.map((bed): ApiPlace => {
      const id = `bed-${bed}`;
      const here = all.filter(({ device }) => device.place === id).map(({ device }) => device.id);
      return { id, name: `Bed ${bed}`, kind: 'bed', profile: null, patient: `p${bed}`, devices: here };
    }),
    {
      id: 'fridge',
      name: 'Medicines',
      kind: 'refrigerator',
      profile: 'medicines-refrigerator',
      patient: null,
      devices: ['fridge-probe'],
    },
    {
      id: 'records',
      name: 'Archive B2',
      kind: 'records-room',
      profile: 'records-store',
      patient: null,
      devices: ['records-probe'],
    },
  ];
  const patients = numbers.map((bed): ApiPatient => {
    const [family, given, gender, birthDate] = names[(bed - 1) % names.length] ?? ['Doe', 'J', 'unknown', '1970-01-01'];
    return { id: `p${bed}`, mrn: String(400_100 + bed * 37), family, given, gender, birthDate, place: `bed-${bed}` };
  });
  let channel = 0;
  return {
    places,
    patients,
    devices: all,
    alerts: new Map((calm ? [] : firstAlerts(now)).map((alert) => [alert.id, alert])),
    limits: [...patients.flatMap((patient) => limitsOf(patient.id)), ...roomLimits],
    statuses: [
      {
        device: 'fridge-probe',
        code: 'door-open',
        active: !calm,
        role: 'state',
        text: 'Door',
        takenAt: iso(now - 130_000),
      },
      { device: 'pump-2', code: 'infusing', active: true, role: 'state', text: 'Infusing', takenAt: iso(now) },
      { device: 'pump-5', code: 'infusing', active: false, role: 'state', text: 'Stopped', takenAt: iso(now - 95_000) },
    ],
    channels: all.flatMap(({ device, waves: own }) =>
      own.map(
        (metric): ApiChannel => ({
          channel: channel++,
          device: device.id,
          metric,
          offset: 0,
          ...(scales[metric] ?? { rateHz: 100, scale: 1, unit: '1' }),
        }),
      ),
    ),
    metrics: metrics.map(({ id, kind, name, label, unit, precision, episodic, category }) => ({
      id,
      kind,
      name,
      label,
      unit,
      unitDisplay: units[unit].display,
      precision,
      episodic,
      category,
    })),
  };
};

const calmDevices = (numbers: readonly number[], now: number): readonly FakeDevice[] =>
  numbers.map((bed) => ({
    device: deviceOf(`mon-${bed}`, `Monitor ${bed}`, 'ekg', now, { place: `bed-${bed}`, patient: `p${bed}` }),
    vitals: [...fullMonitor(64 + ((bed * 7) % 23), 97), ...cuff(118 + bed, 74, (5 + bed) * MINUTE)],
    waves,
  }));

/** One reading of a vital at a moment. */
export const readingOf = ({ device }: FakeDevice, vital: FakeVital, at: number, value: number | null): ApiReading => ({
  id: `${device.id}-${vital.metric}-${at}`,
  measurement: vital.measurement ?? `${device.id}-${at}`,
  device: device.id,
  metric: vital.metric,
  value: vital.reasons ? null : value,
  unit: metricOf(vital.metric).unit,
  comparator: null,
  original: null,
  quality: vital.reasons ? 'invalid' : 'good',
  reasons: vital.reasons ? [...vital.reasons] : [],
  takenAt: iso(at),
  receivedAt: iso(at + 40),
  deviceTime: null,
  patient: device.patient,
  place: device.place,
  context: { ...vital.context },
});
