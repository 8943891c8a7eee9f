import { applyFrame, type WardState } from '../../dashboard/live/ward-state.ts';
import type { ApiAlert, ApiDevice, ApiPlace, ApiReading, LiveFrame } from '../../model/api.ts';
import { metricOf, metrics } from '../../model/metrics.ts';
import { units } from '../../model/unit.ts';

/*
 * Small wards for the dashboard's unit tests: one bed, one monitor, whatever the test needs besides.
 */

export const NOW = Date.UTC(2026, 10, 26, 12, 0, 0);

export const at = (ms: number): string => new Date(ms).toISOString();

export const reading = (metric: string, value: number | null, more: Partial<ApiReading> = {}): ApiReading => ({
  id: `r-${metric}`,
  measurement: 'm1',
  device: 'mon-1',
  metric,
  value,
  unit: metricOf(metric).unit,
  comparator: null,
  original: null,
  quality: 'good',
  reasons: [],
  takenAt: at(NOW),
  receivedAt: at(NOW),
  deviceTime: null,
  patient: 'p1',
  place: 'bed-1',
  context: {},
  ...more,
});

export const device = (id: string, more: Partial<ApiDevice> = {}): ApiDevice => ({
  id,
  name: id,
  driver: 'example',
  class: 'ekg',
  state: 'running',
  lastSampleAt: at(NOW),
  place: 'bed-1',
  patient: 'p1',
  link: { id: 'l1', state: 'up', since: at(NOW - 60_000), reason: null, hint: null },
  why: null,
  progress: null,
  silentAfterSeconds: 10,
  simulated: false,
  counters: {},
  clockOffsetSeconds: null,
  ...more,
});

export const alert = (id: string, more: Partial<ApiAlert> = {}): ApiAlert => ({
  id,
  rule: 'limits',
  ruleVersion: 1,
  code: 'heart-rate-high',
  kind: 'physiological',
  priority: 'high',
  state: 'unacknowledged',
  condition: 'on',
  subject: { kind: 'patient', id: 'p1' },
  device: 'mon-1',
  place: 'bed-1',
  message: 'HR 148 > 120 /min',
  metric: 'heart-rate',
  value: 148,
  limit: 120,
  latching: false,
  raisedAt: at(NOW - 42_000),
  endedAt: null,
  acknowledgedBy: null,
  acknowledgedAt: null,
  note: null,
  audioPausedUntil: null,
  occurrences: 1,
  inhibitedBy: [],
  simulated: false,
  ...more,
});

export const bed: ApiPlace = {
  id: 'bed-1',
  name: 'Bed 1',
  kind: 'bed',
  profile: null,
  patient: 'p1',
  devices: ['mon-1'],
};

type Snapshot = Extract<LiveFrame, { t: 'snapshot' }>;

export const snapshot = (more: Partial<Snapshot> = {}): Snapshot => ({
  s: 1,
  t: 'snapshot',
  serverTime: at(NOW),
  ward: { name: 'Ward', simulated: false },
  places: [bed],
  patients: [
    { id: 'p1', mrn: '1', family: 'Rossi', given: 'Maria', birthDate: '1954-02-17', gender: 'female', place: 'bed-1' },
  ],
  devices: [device('mon-1')],
  readings: [],
  alerts: [],
  limits: [],
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
  channels: [],
  statuses: [],
  ...more,
});

export const wardOf = (...frames: readonly LiveFrame[]): WardState => {
  const ward = frames.reduce<WardState | null>(applyFrame, null);
  if (ward === null) throw new Error('a ward begins with a snapshot');
  return ward;
};
