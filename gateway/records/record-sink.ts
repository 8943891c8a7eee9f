import { hasCode, messageOf } from '../../model/errors.ts';
import type { AlertEntry, AssociationEntry, FrameEntry, Stored } from '../../model/journal.ts';
import type { Sink, SinkAnswer } from '../sinks/contract.ts';
import { changedStretches } from './associations.ts';
import type { DeviceDirectory } from './devices.ts';
import { observationsIn, type PumpState } from './facts.ts';
import { defaultFilingPolicy, type FilingPolicy, fingerprintOf, mustFile } from './filing.ts';
import { GATEWAY, type ObservationFacts } from './observation.ts';
import { isAssignable, type Reading } from './reading.ts';
import type { RecordStore } from './record-store.ts';
import { type SqlDatabase, Statements } from './sql.ts';

export interface RecordSinkOptions {
  readonly database: SqlDatabase;
  readonly store: RecordStore;
  readonly devices: DeviceDirectory;
  readonly policy?: FilingPolicy;
}

type Rejected = SinkAnswer['rejected'][number];

const ID = 'records';

/** Trouble of one entry, which no further attempt would mend; anything else is the database's. */
const isOfEntry = (error: unknown): boolean =>
  hasCode(error, 'association-conflict', 'association-invalid') ||
  error instanceof TypeError ||
  (error instanceof Error && 'code' in error && /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)/.test(String(error.code)));

/**
 * Files the journal into the records. The cursor is kept in the same transaction as what was filed, so an entry is
 * filed once whatever happens; that it is sent again changes nothing.
 */
export class RecordSink implements Sink {
  readonly id = ID;
  readonly types = ['frame', 'association', 'patient', 'place', 'alert'] as const;
  /** Small: one batch holds up everything else in the process for some milliseconds. */
  readonly batchSize = 64;
  readonly holdMs = 0;
  private readonly store: RecordStore;
  private readonly devices: DeviceDirectory;
  private readonly policy: FilingPolicy;
  private readonly sql: Statements;

  constructor(options: RecordSinkOptions) {
    this.store = options.store;
    this.devices = options.devices;
    this.policy = options.policy ?? defaultFilingPolicy;
    this.sql = new Statements(options.database);
  }

  /** Position of the last entry that was filed. */
  get position(): number {
    return this.sql.get<{ position: number }>('SELECT position FROM record_cursor WHERE sink = ?', ID)?.position ?? 0;
  }

  /** After a start: the EKG of recent frames again, so that a strip can be cut. Files nothing. */
  warm(recent: readonly Stored[]): void {
    for (const { entry } of recent) if (entry.type === 'frame') this.keepWaves(entry);
  }

  async write(batch: readonly Stored[]): Promise<SinkAnswer> {
    try {
      return { rejected: this.takeAll(batch) };
    } catch (error) {
      this.store.reload();
      return { rejected: [], retry: { from: 0, kind: 'transient', detail: messageOf(error) } };
    }
  }

  async close(): Promise<void> {}

  /**
   * All in one transaction. Only where an entry proves unfit is it done again with a savepoint for each, so that the
   * others are filed: savepoints cost more than the filing itself.
   */
  private takeAll(batch: readonly Stored[]): Rejected[] {
    try {
      this.inOrder(batch, (stored) => this.take(stored));
      return [];
    } catch (error) {
      if (!isOfEntry(error)) throw error;
      this.store.reload();
    }
    const rejected: Rejected[] = [];
    this.inOrder(batch, (stored, index) => {
      const trouble = this.attempt(stored);
      if (trouble) rejected.push({ index, ...trouble });
    });
    return rejected;
  }

  /** What is new in the batch, and the cursor with it. */
  private inOrder(batch: readonly Stored[], take: (stored: Stored, index: number) => void): void {
    this.store.transaction(
      () => {
        let position = this.position;
        batch.forEach((stored, index) => {
          if (stored.position <= position) return;
          take(stored, index);
          position = stored.position;
        });
        this.sql.run(
          'INSERT INTO record_cursor (sink, position) VALUES (?, ?) ON CONFLICT (sink) DO UPDATE SET position = excluded.position',
          ...[ID, position],
        );
      },
      { derived: true },
    );
  }

  /** Takes one entry whole or not at all. */
  private attempt(stored: Stored): Omit<Rejected, 'index'> | null {
    try {
      this.store.transaction(() => this.take(stored));
      return null;
    } catch (error) {
      if (!isOfEntry(error)) throw error;
      this.store.reload();
      return { code: hasCode(error) ? error.code : 'unfit', detail: messageOf(error) };
    }
  }

  private take({ entry, committedAt }: Stored): void {
    switch (entry.type) {
      case 'frame':
        this.takeFrame(entry, committedAt);
        break;
      case 'association':
        this.takeAssociation(entry);
        break;
      case 'patient':
        this.store.patients.put(entry.patient, { at: entry.at, by: entry.by, reason: null });
        break;
      case 'place':
        this.store.places.put(entry.place, { at: entry.at, by: GATEWAY, reason: null });
        break;
      case 'alert':
        this.takeAlert(entry, committedAt);
        break;
      default:
    }
  }

  private takeFrame(entry: FrameEntry, at: number): void {
    const fresh: Reading[] = [];
    const states: PumpState[] = [];
    for (const sample of entry.samples) {
      const whereabouts = this.store.table.subjectAt(sample.device, sample.takenAt);
      if (sample.kind === 'numeric') {
        const { kind: _, frame, ...numeric } = sample;
        const { patient, place } = whereabouts;
        const reading = { ...numeric, digest: frame.digest, place, patient: isAssignable(sample) ? patient : null };
        if (this.store.readings.add(reading)) fresh.push(reading);
      } else if (sample.kind === 'status' && sample.role === 'state' && this.isPump(sample.device)) {
        states.push({ ...sample, ...whereabouts, digest: sample.frame.digest });
      }
    }
    this.keepWaves(entry);
    const change = { at, by: GATEWAY, reason: null };
    for (const facts of observationsIn(fresh, states)) {
      if (this.wants(facts)) this.file(facts, change);
    }
  }

  private wants(facts: ObservationFacts): boolean {
    const mode = this.devices.get(facts.device)?.filing ?? 'every';
    if (mode === 'every' || this.store.observations.has(facts)) return true;
    const { device, group, takenAt, patient, place } = facts;
    const last = this.store.observations.lastFiled(device, group, takenAt);
    return mustFile(mode, this.policy, { takenAt, patient, place, fingerprint: fingerprintOf(facts) }, last);
  }

  private file(facts: ObservationFacts, change: { at: number; by: string; reason: string | null }): number {
    const row = this.store.observations.file(facts, change);
    for (const value of facts.values) this.store.readings.filedIn(value.sample, row);
    return row;
  }

  /** An association that begins, ends or is put right re-files what was measured in the time it changed. */
  private takeAssociation(entry: AssociationEntry): void {
    const { association, at, by, reason } = entry;
    const { table } = this.store;
    const previous = table.put(association);
    this.store.associations.put(association, { at, by, reason });
    const why = reason ?? `association ${association.id} changed`;
    for (const { device, from, to } of changedStretches(previous, association)) {
      for (const segment of table.segments(device, from, to)) {
        this.store.readings.assign(device, segment);
        this.store.observations.assign(device, segment, { at, by, reason: why });
        this.store.alerts.assign(device, segment, at);
      }
    }
  }

  private takeAlert({ alert, verb }: AlertEntry, at: number): void {
    const { subject } = alert;
    const patient =
      subject.kind === 'patient'
        ? subject.id
        : subject.kind === 'device'
          ? this.store.table.subjectAt(subject.id, alert.raisedAt).patient
          : null;
    const rows = verb === 'raised' ? this.fileEvidence(alert, at) : [];
    const ids = rows.flatMap((row) => this.store.observations.idOf(row) ?? []);
    this.store.alerts.put(alert, at, patient, ids);
  }

  /** What decided an alert is always in the record: its values, and for a physiological one the EKG before it. */
  private fileEvidence(alert: AlertEntry['alert'], at: number): readonly number[] {
    const change = { at, by: GATEWAY, reason: `evidence of alert ${alert.code}` };
    const devices = new Set(alert.device === null ? [] : [alert.device]);
    const rows = new Set<number>();
    for (const id of alert.samples) {
      const reading = this.store.readings.get(id);
      if (!reading) continue;
      devices.add(reading.device);
      const filed = this.store.readings.observationOf(id);
      if (filed !== null) {
        rows.add(filed);
        continue;
      }
      const facts = observationsIn(this.store.readings.takenWith(reading)).find((each) =>
        each.values.some((value) => value.sample === id),
      );
      if (facts) rows.add(this.file(facts, change));
    }
    if (alert.kind === 'physiological') {
      for (const device of devices) {
        const strip = this.store.fileStrip(device, alert.raisedAt, change);
        if (strip !== null) rows.add(strip);
      }
    }
    return [...rows];
  }

  private keepWaves(entry: FrameEntry): void {
    for (const sample of entry.samples) if (sample.kind === 'waveform') this.store.waveforms.add(sample);
  }

  private isPump(device: string): boolean {
    return this.devices.get(device)?.class === 'infusion-pump';
  }
}

export const recordSink = (options: RecordSinkOptions): RecordSink => new RecordSink(options);
