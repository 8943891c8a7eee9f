import type { GatewayView, LiveEvent, Page, ReadingQuery, ViewErrorCode } from '../../gateway/api/ports.ts';
import type {
  ApiAlert,
  ApiAssociation,
  ApiDevice,
  ApiEvidence,
  ApiPatient,
  ApiPlace,
  ApiReadiness,
  ApiReading,
} from '../../model/api.ts';
import { CodedError } from '../../model/errors.ts';
import { metrics } from '../../model/metrics.ts';
import { isoTime } from '../../model/time.ts';
import { units } from '../../model/unit.ts';

export const start = Date.UTC(2026, 10, 26, 8);

export const aPatient = (id = 'p1'): ApiPatient => ({
  id,
  mrn: `MRN-${id}`,
  family: `Family-${id}`,
  given: `Given-${id}`,
  birthDate: '1950-02-03',
  gender: 'female',
  place: 'bed-1',
});

export const aDevice = (id = 'bp-1'): ApiDevice => ({
  id,
  name: `Monitor ${id}`,
  driver: 'suntech-advantage',
  class: 'blood-pressure',
  state: 'running',
  lastSampleAt: isoTime(start),
  place: 'bed-1',
  patient: 'p1',
  link: { id: 'com-1', state: 'up', since: isoTime(start), reason: null, hint: null },
  why: null,
  progress: null,
  silentAfterSeconds: 60,
  simulated: true,
  counters: { frames: 3 },
  clockOffsetSeconds: 0,
});

const aPlace: ApiPlace = { id: 'bed-1', name: 'Bed 1', kind: 'bed', profile: null, patient: 'p1', devices: ['bp-1'] };

export const aReading = (number: number, more: Partial<ApiReading> = {}): ApiReading => ({
  id: `r${number}`,
  measurement: `m${number}`,
  device: 'bp-1',
  metric: 'nibp-systolic',
  value: 100 + number,
  unit: 'mm[Hg]',
  comparator: null,
  original: null,
  quality: 'good',
  reasons: [],
  takenAt: isoTime(start + number * 1000),
  receivedAt: isoTime(start + number * 1000),
  deviceTime: null,
  patient: 'p1',
  place: 'bed-1',
  context: {},
  ...more,
});

export const anAlert = (id = 'a1', more: Partial<ApiAlert> = {}): ApiAlert => ({
  id,
  rule: 'limits',
  ruleVersion: 1,
  code: 'systolic-high',
  kind: 'physiological',
  priority: 'high',
  state: 'unacknowledged',
  condition: 'on',
  subject: { kind: 'patient', id: 'p1' },
  device: 'bp-1',
  place: 'bed-1',
  message: 'SYS 182 > 160 mmHg',
  metric: 'nibp-systolic',
  value: 182,
  limit: 160,
  latching: false,
  raisedAt: isoTime(start),
  endedAt: null,
  acknowledgedBy: null,
  acknowledgedAt: null,
  note: null,
  audioPausedUntil: null,
  occurrences: 1,
  inhibitedBy: [],
  simulated: true,
  ...more,
});

const anAssociation: ApiAssociation = {
  id: 's1',
  device: 'bp-1',
  patient: 'p1',
  place: null,
  from: isoTime(start),
  to: null,
};

const refuse = (code: ViewErrorCode, message: string): never => {
  throw new CodedError<ViewErrorCode>(code, message, { hint: 'See the list.' });
};

/** Pages by offset; the cursor is opaque to the API all the same. */
const page = <T>(items: readonly T[], limit: number, cursor: string | null): Page<T> => {
  const from = cursor === null ? 0 : Number(/^at-(\d+)$/.exec(cursor)?.[1] ?? refuse('bad-cursor', 'not a cursor'));
  const end = from + limit;
  return { items: items.slice(from, end), next: end < items.length ? `at-${end}` : null };
};

/** The gateway as the API sees it, in memory. */
export class FakeView implements GatewayView {
  readonly listeners = new Set<(event: LiveEvent) => void>();
  readonly deviceList = [aDevice()];
  readonly patientList = [aPatient()];
  readonly alertList: ApiAlert[] = [anAlert()];
  readonly associationList: ApiAssociation[] = [anAssociation];
  readingList: ApiReading[] = Array.from({ length: 5 }, (_, index) => aReading(index));
  checks: ApiReadiness[] = [{ name: 'journal', ok: true, reason: null }];
  /** What was asked, as the API passed it on. */
  readonly asked: { readonly name: string; readonly query: unknown }[] = [];
  /** Thrown by the next call of `readings`. */
  failure: Error | null = null;

  emit(event: LiveEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  devices = () => this.deviceList;
  places = () => [aPlace];
  patients = () => this.patientList;
  limits = () => [{ subject: { kind: 'patient' as const, id: 'p1' }, metric: 'heart-rate', low: 50, high: 120 }];

  metrics = () =>
    metrics.map(({ id, kind, name, label, unit, precision, episodic, category }) => ({
      id,
      kind,
      name,
      label,
      unit,
      unitDisplay: units[unit].display,
      precision,
      episodic,
      category,
    }));

  associations: GatewayView['associations'] = (query) => {
    this.asked.push({ name: 'associations', query });
    const found = this.associationList.filter(({ patient }) => query.patient === null || patient === query.patient);
    return page(found, query.limit, query.cursor);
  };

  association = (id: string) => this.associationList.find((each) => each.id === id) ?? null;

  associate: GatewayView['associate'] = ({ device, subject, from, to }) => {
    if (!this.deviceList.some(({ id }) => id === device)) refuse('not-found', `There is no device ${device}.`);
    if (subject.kind === 'patient') refuse('conflict', 'The device is on somebody already.');
    const made: ApiAssociation = {
      id: `s${this.associationList.length + 1}`,
      device,
      patient: null,
      place: subject.id,
      from: isoTime(from ?? start),
      to: to === null ? null : isoTime(to),
    };
    this.associationList.push(made);
    return made;
  };

  endAssociation: GatewayView['endAssociation'] = (id, at) => {
    const index = this.associationList.findIndex((each) => each.id === id);
    const before = this.associationList[index];
    if (!before) return refuse('not-found', 'There is no such association.');
    const ended = { ...before, to: isoTime(at ?? start) };
    this.associationList[index] = ended;
    return ended;
  };

  readings: GatewayView['readings'] = (query: ReadingQuery) => {
    this.asked.push({ name: 'readings', query });
    if (this.failure) throw this.failure;
    const found = this.readingList
      .filter(({ device }) => query.device === null || device === query.device)
      .filter(({ patient }) => query.patient === null || patient === query.patient)
      .filter(({ metric }) => query.metric === null || metric === query.metric)
      .filter(({ takenAt }) => query.from === null || Date.parse(takenAt) >= query.from)
      .filter(({ takenAt }) => query.to === null || Date.parse(takenAt) < query.to);
    return page(found, query.limit, query.cursor);
  };

  waveforms: GatewayView['waveforms'] = (query) =>
    page(
      [
        {
          id: 'w1',
          device: 'ekg-1',
          metric: 'ekg-ii',
          unit: 'mV',
          rateHz: 250,
          scale: 0.005,
          offset: 0,
          takenAt: isoTime(start),
          endsAt: isoTime(start + 12),
          quality: 'good' as const,
          patient: 'p1',
          place: 'bed-1',
          raw: [1, null, 3],
        },
      ],
      query.limit,
      query.cursor,
    );

  trend: GatewayView['trend'] = (query) => {
    this.asked.push({ name: 'trend', query });
    const { device, metric, from } = query;
    return {
      device,
      metric,
      unit: 'mm[Hg]',
      bucketSeconds: 60,
      points: [{ at: isoTime(from), min: 1, max: 3, mean: 2, count: 3 }],
    };
  };

  alerts: GatewayView['alerts'] = (query) => {
    this.asked.push({ name: 'alerts', query });
    const found = this.alertList
      .filter(
        ({ state }) => query.state === null || (query.state === 'active' ? state !== 'normal' : state === query.state),
      )
      .filter(({ subject }) => query.patient === null || (subject.kind === 'patient' && subject.id === query.patient));
    return page(found, query.limit, query.cursor);
  };

  alert = (id: string) => this.alertList.find((each) => each.id === id) ?? null;

  evidence: GatewayView['evidence'] = (id) => {
    const alert = this.alert(id);
    if (!alert) return null;
    return {
      alert,
      rule: { id: 'limits', version: 1, title: 'Limits', parameters: { high: 160 }, sources: [] },
      samples: [aReading(1)],
      frames: [
        {
          device: 'bp-1',
          driver: 'suntech-advantage',
          receivedAt: isoTime(start),
          digest: 'ab',
          address: null,
          hex: '3e05',
          annotations: [{ from: 0, to: 1, text: 'start' }],
          decoded: ['SYS 182 mmHg'],
        },
      ],
      history: this.history(),
    };
  };

  alertHistory = (id: string) => (this.alert(id) ? this.history() : null);

  acknowledge: GatewayView['acknowledge'] = (id, by, note) =>
    this.change(id, { state: 'acknowledged', acknowledgedBy: by, acknowledgedAt: isoTime(start), note });

  pause: GatewayView['pause'] = (id, _by, seconds) =>
    this.change(id, { audioPausedUntil: isoTime(start + seconds * 1000) });

  reset: GatewayView['reset'] = (id) => {
    if (!this.alert(id)?.latching) return refuse('conflict', 'The alert is not latched.');
    return this.change(id, { state: 'normal' });
  };

  audit: GatewayView['audit'] = (query) => {
    this.asked.push({ name: 'audit', query });
    const entry = {
      id: '1',
      at: isoTime(start),
      who: 'nora',
      role: 'nurse',
      action: 'read',
      target: 'patient:p1',
      outcome: 'ok' as const,
      reason: null,
      address: '127.0.0.1',
    };
    return page([entry], query.limit, query.cursor);
  };

  device: GatewayView['device'] = (id) => this.devices().find((device) => device.id === id) ?? null;

  sinks = () => [{ id: 'records', state: 'following' as const, cursor: 7, behind: 0, reason: null, rejected: 1 }];

  deadLetters: GatewayView['deadLetters'] = (sink, query) =>
    sink === 'records'
      ? page(
          [{ id: 'd1', sink, position: 3, at: isoTime(start), code: 'refused', detail: 'unit unknown' }],
          query.limit,
          query.cursor,
        )
      : null;

  snapshot: GatewayView['snapshot'] = () => ({
    ward: { name: 'Ward', simulated: true },
    places: this.places(),
    patients: this.patients(),
    devices: this.devices(),
    readings: this.readingList.slice(-1),
    statuses: [],
    alerts: this.alertList.filter(({ state }) => state !== 'normal'),
    limits: this.limits(),
  });

  subscribe: GatewayView['subscribe'] = (listener) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readiness = () => this.checks;

  counters: GatewayView['counters'] = () => [
    { name: 'wardwire_samples_total', help: 'Samples', kind: 'counter', value: 12, labels: { device: 'bp-1' } },
    { name: 'wardwire_samples_total', help: 'Samples', kind: 'counter', value: 3, labels: { device: 'bp-2' } },
    { name: 'wardwire_journal_pending', help: 'Not yet on disk', kind: 'gauge', value: 2, labels: {} },
  ];

  fhir: GatewayView['fhir'] = (request) => {
    this.asked.push({ name: 'fhir', query: request });
    const isPatient = request.path === '/Patient/p1';
    return {
      status: request.path === '/Nothing' ? 404 : 200,
      headers: { 'content-type': 'application/fhir+json; charset=utf-8' },
      body: { resourceType: isPatient ? 'Patient' : 'Bundle' },
      audit: {
        action: isPatient ? 'read' : 'search',
        target: request.path.slice(1),
        patients: isPatient ? ['patient:p1'] : [],
        outcome: 'ok',
      },
    };
  };

  private history(): ApiEvidence['history'] {
    return [
      { at: isoTime(start), verb: 'raised', by: null, reason: 'above the limit' },
      { at: isoTime(start), verb: 'acknowledged', by: 'nora', reason: 'Family-p1 was moving' },
    ];
  }

  private change(id: string, change: Partial<ApiAlert>): ApiAlert {
    const index = this.alertList.findIndex((each) => each.id === id);
    const before = this.alertList[index];
    if (!before) return refuse('not-found', 'There is no such alert.');
    const after = { ...before, ...change };
    this.alertList[index] = after;
    return after;
  }
}
