import { measurementId, sampleId } from '../../gateway/ingest/identity.ts';
import type { RecordDevice } from '../../gateway/records/devices.ts';
import type { FilingMode, FilingPolicy } from '../../gateway/records/filing.ts';
import { type RecordSink, recordSink } from '../../gateway/records/record-sink.ts';
import { RecordStore } from '../../gateway/records/record-store.ts';
import type { SqlDatabase } from '../../gateway/records/sql.ts';
import type { Alert } from '../../model/alert.ts';
import type { Association } from '../../model/association.ts';
import type { AlertEntry, FrameEntry, JournalEntry, Stored } from '../../model/journal.ts';
import { metricOf } from '../../model/metrics.ts';
import type { NumericSample, StatusSample, WaveformBlock } from '../../model/sample.ts';
import { recordDatabase } from './record-database.ts';

/** Noon of a day, UTC: the zero of these tests. */
export const T0 = Date.UTC(2026, 10, 26, 12);

export const numeric = (
  device: string,
  metric: string,
  value: number | null,
  takenAt: number,
  over: Partial<NumericSample> = {},
): NumericSample => ({
  kind: 'numeric',
  id: sampleId({ device, metric, takenAt }),
  device,
  measurement: measurementId({ device, takenAt }),
  takenAt,
  receivedAt: takenAt + 100,
  timeSource: 'gateway',
  deviceTime: null,
  clockOffsetMs: null,
  patient: null,
  place: null,
  quality: value === null ? 'missing' : 'good',
  reasons: value === null ? ['not-measured'] : [],
  frame: { digest: 'f00d' },
  metric,
  value,
  unit: metricOf(metric).unit,
  original: null,
  comparator: null,
  context: {},
  ...over,
});

export const state = (device: string, code: string, active: boolean, takenAt: number): StatusSample => {
  const { metric, value, unit, original, comparator, context, ...common } = numeric(device, 'battery', 1, takenAt);
  return {
    ...common,
    kind: 'status',
    id: sampleId({ device, metric: `status:${code}`, takenAt }),
    code,
    active,
    role: 'state',
    alertKind: 'technical',
    priority: 'information',
    text: code,
    detail: null,
    mdc: null,
  };
};

export const wave = (device: string, takenAt: number, raw: readonly (number | null)[], rateHz = 250): WaveformBlock => {
  const { metric, value, unit, original, comparator, context, ...common } = numeric(device, 'battery', 1, takenAt);
  return {
    ...common,
    kind: 'waveform',
    id: sampleId({ device, metric: 'ecg-lead-ii', takenAt }),
    metric: 'ecg-lead-ii',
    unit: 'mV',
    rateHz,
    scale: 0.005,
    offset: 0,
    raw,
    endsAt: takenAt + (raw.length * 1000) / rateHz,
  };
};

export const frame = (...samples: FrameEntry['samples']): FrameEntry => ({
  type: 'frame',
  device: samples[0]?.device ?? 'none',
  link: 'link-1',
  receivedAt: samples[0]?.receivedAt ?? T0,
  frame: new Uint8Array([1, 2, 3]),
  address: null,
  digest: 'f00d',
  samples,
});

export const associationEntry = (association: Association, over: { by?: string; reason?: string; at?: number } = {}) =>
  ({
    type: 'association',
    at: over.at ?? T0,
    by: over.by ?? 'nurse-1',
    reason: over.reason ?? null,
    association,
  }) as const;

export const onPatient = (id: string, device: string, patient: string, from: number, to: number | null = null) =>
  associationEntry({ id, device, subject: { kind: 'patient', id: patient }, from, to });

export const atPlace = (id: string, device: string, place: string, from: number, to: number | null = null) =>
  associationEntry({ id, device, subject: { kind: 'place', id: place }, from, to });

export const alertEntry = (over: Partial<Alert> = {}, verb: AlertEntry['verb'] = 'raised'): AlertEntry => ({
  type: 'alert',
  at: over.raisedAt ?? T0,
  verb,
  by: null,
  reason: 'condition on',
  alert: {
    id: 'alert-1',
    rule: 'limits',
    ruleVersion: 3,
    code: 'heart-rate-high',
    subject: { kind: 'patient', id: 'p1' },
    device: 'ekg-1',
    kind: 'physiological',
    priority: 'high',
    latching: false,
    state: 'unacknowledged',
    condition: 'on',
    message: 'HR 148 > 120 /min',
    metric: 'heart-rate',
    value: 148,
    limit: 120,
    raisedAt: T0,
    endedAt: null,
    acknowledgedBy: null,
    acknowledgedAt: null,
    note: null,
    audioPausedUntil: null,
    pausedBy: null,
    occurrences: 1,
    inhibitedBy: [],
    samples: [],
    simulated: false,
    ...over,
  },
});

const deviceOf = (id: string, filing: FilingMode): RecordDevice => ({
  id,
  name: id,
  driver: 'test',
  class: id.startsWith('pump') ? 'infusion-pump' : id.startsWith('room') ? 'environment' : 'ekg',
  manufacturer: 'Acme',
  model: 'One',
  metrics: ['heart-rate'],
  filing,
  simulated: false,
});

export interface RecordBench {
  readonly database: ReturnType<typeof recordDatabase>;
  readonly store: RecordStore;
  readonly sink: RecordSink;
  readonly journal: Stored[];
  /** Appends to the journal and lets the sink take all of it again from the start: only new entries may count. */
  feed(...entries: JournalEntry[]): Promise<void>;
}

/** A record sink on a database in memory. Devices named `stream-…`, `ekg-…` and `pump-…` are sampled. */
export const recordBench = (options: { policy?: FilingPolicy; database?: SqlDatabase } = {}): RecordBench => {
  const database = recordDatabase();
  const store = new RecordStore(database);
  const ids = ['d1', 'd2', 'd3', 'ekg-1', 'stream-1', 'pump-1', 'room-1', 'gm-1'];
  const devices = new Map(ids.map((id) => [id, deviceOf(id, /^(stream|ekg|pump)/.test(id) ? 'sampled' : 'every')]));
  const sink = recordSink({
    database,
    store,
    devices: { get: (id) => devices.get(id) ?? null, list: () => [...devices.values()] },
    ...(options.policy ? { policy: options.policy } : {}),
  });
  const journal: Stored[] = [];
  return {
    database,
    store,
    sink,
    journal,
    async feed(...entries) {
      const first = journal.length;
      for (const entry of entries) {
        journal.push({ position: journal.length + 1, committedAt: T0 + journal.length + 1, entry });
      }
      const answer = await sink.write(journal.slice(Math.max(0, first - 3)));
      if (answer.retry) throw new Error(answer.retry.detail);
    },
  };
};
