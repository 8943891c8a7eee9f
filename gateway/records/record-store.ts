import type { Association } from '../../model/association.ts';
import type { Patient, Place } from '../../model/person.ts';
import { AlertRecords } from './alert-records.ts';
import { AssociationTable } from './associations.ts';
import { type CorrectedValue, correct, requireReason } from './corrections.ts';
import { Documents } from './documents.ts';
import type { ObservationFacts, ObservationVersion } from './observation.ts';
import { type Change, Observations } from './observations.ts';
import { Readings } from './readings.ts';
import type { SqlDatabase } from './sql.ts';
import { STRIP_MS, WaveformRing } from './waveform-ring.ts';

/** A person's change of a record. */
export interface Revision {
  readonly at: number;
  readonly by: string;
  readonly reason: string;
  /** Refused with `version-conflict` where it has moved on. */
  readonly version?: number;
}

/**
 * The records: who and what there is, what was read, what was filed, and every version of it. It is written by the
 * record sink from the journal; people add corrections here.
 */
export class RecordStore {
  readonly patients: Documents<Patient>;
  readonly places: Documents<Place>;
  readonly associations: Documents<Association>;
  readonly readings: Readings;
  readonly observations: Observations;
  readonly alerts: AlertRecords;
  readonly waveforms = new WaveformRing();
  private readonly database: SqlDatabase;
  private whereabouts: AssociationTable;

  constructor(database: SqlDatabase) {
    this.database = database;
    this.patients = new Documents(database, 'patients');
    this.places = new Documents(database, 'places');
    this.associations = new Documents(database, 'associations');
    this.readings = new Readings(database);
    this.observations = new Observations(database);
    this.alerts = new AlertRecords(database);
    this.whereabouts = this.loadTable();
  }

  /** The associations as far as the records have followed the journal. */
  get table(): AssociationTable {
    return this.whereabouts;
  }

  /** After a transaction that was rolled back: the table as the disk has it. */
  reload(): void {
    this.whereabouts = this.loadTable();
  }

  /** `derived`: what can be filed again from the journal does not wait for the disk. */
  transaction<T>(task: () => T, { derived = false } = {}): T {
    return this.database.transaction(task, { durable: !derived })();
  }

  /** A new version with other values. Throws CodedError<CorrectionErrorCode | 'observation-unknown' | 'version-conflict'>. */
  correct(id: string, values: readonly CorrectedValue[], revision: Revision): ObservationVersion {
    return this.revise(id, 'corrected', revision, (facts) => correct(facts, values));
  }

  /** Marks an observation as entered in error; it stays readable. */
  retract(id: string, revision: Revision): ObservationVersion {
    return this.revise(id, 'retracted', revision, (facts) => ({ ...facts, status: 'entered-in-error' }));
  }

  /** Takes a retraction back. */
  reinstate(id: string, revision: Revision): ObservationVersion {
    return this.revise(id, 'reinstated', revision, (facts) => ({ ...facts, status: 'amended' }));
  }

  /**
   * Files the EKG of a device up to a moment. It never reaches over a change of patient: what was before it is left
   * out. Returns the observation's row, or null where there is no EKG.
   */
  fileStrip(device: string, end: number, change: Omit<Change, 'act'>): number | null {
    const segments = this.table.segments(device, end - STRIP_MS, end);
    const patient = segments.at(-1)?.patient ?? null;
    const from = segments.findLast((segment) => segment.patient !== patient)?.to ?? end - STRIP_MS;
    const strip = this.waveforms.strip(device, from, end);
    if (!strip) return null;
    const whereabouts = this.table.subjectAt(device, strip.takenAt);
    return this.observations.file({ ...strip, ...whereabouts }, change);
  }

  private revise(
    id: string,
    act: Change['act'],
    { at, by, reason, version }: Revision,
    revision: (facts: ObservationFacts) => ObservationFacts,
  ): ObservationVersion {
    const change = { at, by, act, reason: requireReason(reason) };
    return this.transaction(() => this.observations.revise(id, change, revision, version));
  }

  private loadTable(): AssociationTable {
    return new AssociationTable(this.associations.list().map((association) => association.body));
  }
}
