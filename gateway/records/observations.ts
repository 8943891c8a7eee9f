import { CodedError } from '../../model/errors.ts';
import type { MetricCategory } from '../../model/metric.ts';
import { observationId } from '../ingest/identity.ts';
import type { Segment } from './associations.ts';
import { complete, mayBelong } from './facts.ts';
import { fingerprintOf, type LastFiled } from './filing.ts';
import { findGroup, variantOf } from './groups.ts';
import type { ObservationAct, ObservationFacts, ObservationVersion } from './observation.ts';
import { decodeCursor, limitOf, type Page, pageOf } from './page.ts';
import { type SqlDatabase, Statements, Where } from './sql.ts';

export interface ObservationFilter {
  readonly ids?: readonly string[];
  readonly patients?: readonly string[];
  readonly places?: readonly string[];
  readonly devices?: readonly string[];
  /** Only those that are about their device itself. */
  readonly aboutDevice?: boolean;
  readonly groups?: readonly { readonly device: string; readonly group: string }[];
  readonly categories?: readonly MetricCategory[];
  readonly statuses?: readonly ObservationFacts['status'][];
  /** Groups; with a variant, only those whose code depends on it. */
  readonly codes?: readonly { readonly group: string; readonly variant: string | null }[];
  /** Event time: from <= takenAt < to. */
  readonly from?: number;
  readonly to?: number;
  readonly oldestFirst?: boolean;
  readonly limit?: number;
  readonly cursor?: string;
}

/** Who changes what, when and why. */
export interface Change {
  readonly at: number;
  readonly by: string;
  readonly act: ObservationAct;
  readonly reason: string | null;
}

interface CurrentRow {
  readonly seq: number;
  readonly id: string;
  readonly version: number;
  readonly effective: number;
  readonly patient: string | null;
  readonly place: string | null;
  readonly fingerprint: string;
}

interface VersionRow {
  readonly id: string;
  readonly version: number;
  readonly at: number;
  readonly by: string;
  readonly act: ObservationAct;
  readonly reason: string | null;
  readonly facts: string;
}

const VERSION = 'SELECT o.id, v.version, v.at, v.by, v.act, v.reason, v.facts';

const fromRow = (row: VersionRow): ObservationVersion => ({
  id: row.id,
  version: row.version,
  at: row.at,
  by: row.by,
  act: row.act,
  reason: row.reason,
  facts: JSON.parse(row.facts) as ObservationFacts,
});

const whereOf = (filter: ObservationFilter): Where => {
  const where = new Where()
    .oneOf('o.id', filter.ids)
    .oneOf('o.patient', filter.patients)
    .oneOf('o.place', filter.places)
    .oneOf('o.device', filter.devices)
    .oneOf('o.category', filter.categories)
    .oneOf('o.status', filter.statuses);
  if (filter.aboutDevice) where.and("o.assignable = 0 AND NOT (o.category = 'environment' AND o.place IS NOT NULL)");
  if (filter.groups) {
    const either = filter.groups.map(() => '(o.device = ? AND o.grp = ?)').join(' OR ');
    where.and(either === '' ? '0' : `(${either})`, ...filter.groups.flatMap(({ device, group }) => [device, group]));
  }
  if (filter.codes) {
    const whole = filter.codes.filter((code) => code.variant === null).map((code) => code.group);
    const parts = filter.codes.filter((code) => code.variant !== null);
    const either = [
      ...(whole.length > 0 ? [`o.grp IN (${whole.map(() => '?').join(', ')})`] : []),
      ...parts.map(() => '(o.grp = ? AND o.variant = ?)'),
    ];
    where.and(
      either.length > 0 ? `(${either.join(' OR ')})` : '0',
      ...whole,
      ...parts.flatMap((code) => [code.group, code.variant]),
    );
  }
  if (filter.from !== undefined) where.and('o.effective >= ?', filter.from);
  if (filter.to !== undefined) where.and('o.effective < ?', filter.to);
  return where;
};

/** Observations and every version of them. */
export class Observations {
  private readonly sql: Statements;

  constructor(database: SqlDatabase) {
    this.sql = new Statements(database);
  }

  /** The newest one of a device and group at or before a moment. */
  lastFiled(device: string, group: string, at: number): LastFiled | null {
    const row = this.sql.get<CurrentRow>(
      'SELECT effective, patient, place, fingerprint FROM observations WHERE device = ? AND grp = ? AND effective <= ? ORDER BY effective DESC LIMIT 1',
      ...[device, group, at],
    );
    return row
      ? {
          effective: row.effective,
          patient: row.patient,
          place: row.place,
          fingerprint: JSON.parse(row.fingerprint) as LastFiled['fingerprint'],
        }
      : null;
  }

  /**
   * Files an observation, or completes the one there is with what it adds; filing the same twice changes nothing.
   * Returns its row.
   */
  file(facts: ObservationFacts, change: Omit<Change, 'act'>): number {
    const id = observationId(facts);
    const present = this.current(id);
    if (!present) return this.insert(id, facts, { ...change, act: 'filed' });
    const completed = complete(this.factsOf(present), facts);
    if (completed) this.addVersion(present, completed, { ...change, act: 'completed' });
    return present.seq;
  }

  has(facts: Pick<ObservationFacts, 'device' | 'measurement' | 'takenAt' | 'group'>): boolean {
    return this.current(observationId(facts)) !== null;
  }

  /** Files those of a stretch under whom the associations now name, each as a new version. Returns how many moved. */
  assign(device: string, stretch: Segment, change: Omit<Change, 'act'>): number {
    const rows = this.sql.all<CurrentRow>(
      `SELECT seq, id, version, effective, patient, place, fingerprint FROM observations
       WHERE device = ? AND effective >= ? AND effective < ?
         AND ((assignable = 1 AND patient IS NOT ?) OR place IS NOT ?)`,
      ...[device, stretch.from, stretch.to, stretch.patient, stretch.place],
    );
    for (const row of rows) {
      const facts = this.factsOf(row);
      const moved = {
        ...facts,
        patient: mayBelong(facts) ? stretch.patient : null,
        place: stretch.place,
        status: facts.status === 'final' ? ('amended' as const) : facts.status,
      };
      this.addVersion(row, moved, { ...change, act: 'reassigned' }, facts.patient);
    }
    return rows.length;
  }

  /** Adds a version that a person asks for. Throws CodedError<'observation-unknown' | 'version-conflict'>. */
  revise(
    id: string,
    change: Change,
    revision: (facts: ObservationFacts) => ObservationFacts,
    expectedVersion?: number,
  ): ObservationVersion {
    const row = this.current(id);
    if (!row) throw new CodedError('observation-unknown', 'There is no such observation.');
    if (expectedVersion !== undefined && expectedVersion !== row.version) {
      throw new CodedError('version-conflict', `The observation is at version ${row.version} by now.`, {
        hint: 'Read it again and decide on what it says now.',
      });
    }
    const facts = revision(this.factsOf(row));
    this.addVersion(row, facts, change);
    return { id, version: row.version + 1, ...change, facts };
  }

  get(id: string): ObservationVersion | null {
    const row = this.sql.get<VersionRow>(
      `${VERSION} FROM observations o JOIN observation_versions v ON v.observation = o.seq AND v.version = o.version WHERE o.id = ?`,
      id,
    );
    return row ? fromRow(row) : null;
  }

  getVersion(id: string, version: number): ObservationVersion | null {
    const row = this.sql.get<VersionRow>(
      `${VERSION} FROM observations o JOIN observation_versions v ON v.observation = o.seq WHERE o.id = ? AND v.version = ?`,
      ...[id, version],
    );
    return row ? fromRow(row) : null;
  }

  /** Every version, newest first. */
  history(id: string): ObservationVersion[] {
    return this.sql
      .all<VersionRow>(
        `${VERSION} FROM observations o JOIN observation_versions v ON v.observation = o.seq WHERE o.id = ? ORDER BY v.version DESC`,
        id,
      )
      .map(fromRow);
  }

  idOf(row: number): string | null {
    return this.sql.get<{ id: string }>('SELECT id FROM observations WHERE seq = ?', row)?.id ?? null;
  }

  /** By event time, newest first unless asked otherwise. Throws CodedError<'bad-cursor'>. */
  list(filter: ObservationFilter = {}): Page<ObservationVersion> {
    const where = whereOf(filter);
    const [compare, order] = filter.oldestFirst ? ['>', 'ASC'] : ['<', 'DESC'];
    if (filter.cursor !== undefined) {
      const { at, seq } = decodeCursor(filter.cursor);
      where.and(`(o.effective, o.seq) ${compare} (?, ?)`, at, seq);
    }
    const limit = limitOf(filter.limit);
    const rows = this.sql.all<VersionRow & { effective: number; seq: number }>(
      `${VERSION}, o.effective, o.seq FROM observations o
       JOIN observation_versions v ON v.observation = o.seq AND v.version = o.version
       ${where.sql} ORDER BY o.effective ${order}, o.seq ${order} LIMIT ?`,
      ...where.values,
      limit + 1,
    );
    return pageOf(
      rows.map((row) => ({ at: row.effective, seq: row.seq, row })),
      limit,
      ({ row }) => fromRow(row),
    );
  }

  /** How many match, or null where they are more than `most`: counting them all would hold up everything else. */
  count(filter: ObservationFilter, most: number): number | null {
    const where = whereOf(filter);
    const counted =
      this.sql.get<{ n: number }>(
        `SELECT count(*) AS n FROM (SELECT 1 FROM observations o ${where.sql} LIMIT ?)`,
        ...where.values,
        most + 1,
      )?.n ?? 0;
    return counted > most ? null : counted;
  }

  /** Versions that took an observation away from a patient: the trace that stays in her chart. */
  takenFrom(patient: string): ObservationVersion[] {
    return this.sql
      .all<VersionRow>(
        `${VERSION} FROM observation_versions v JOIN observations o ON o.seq = v.observation WHERE v.moved_from = ? ORDER BY v.seq DESC`,
        patient,
      )
      .map(fromRow);
  }

  /** Versions in the order in which they were made, for whoever forwards them; `after` is the last one taken. */
  changes(after: number, limit: number): { readonly seq: number; readonly version: ObservationVersion }[] {
    return this.sql
      .all<VersionRow & { seq: number }>(
        `${VERSION}, v.seq FROM observation_versions v JOIN observations o ON o.seq = v.observation WHERE v.seq > ? ORDER BY v.seq LIMIT ?`,
        ...[after, limit],
      )
      .map((row) => ({ seq: row.seq, version: fromRow(row) }));
  }

  /** Which groups each device has filed. */
  observed(device?: string): { readonly device: string; readonly group: string }[] {
    const where = new Where().equal('device', device);
    return this.sql.all(
      `SELECT device, grp AS "group" FROM observed ${where.sql} ORDER BY device, grp`,
      ...where.values,
    );
  }

  private current(id: string): CurrentRow | null {
    return (
      this.sql.get<CurrentRow>(
        'SELECT seq, id, version, effective, patient, place, fingerprint FROM observations WHERE id = ?',
        id,
      ) ?? null
    );
  }

  private factsOf(row: CurrentRow): ObservationFacts {
    const found = this.sql.get<{ facts: string }>(
      'SELECT facts FROM observation_versions WHERE observation = ? AND version = ?',
      ...[row.seq, row.version],
    );
    if (!found) throw new Error('an observation without its version');
    return JSON.parse(found.facts) as ObservationFacts;
  }

  private insert(id: string, facts: ObservationFacts, change: Change): number {
    const own = fingerprintOf(facts);
    const before = Object.keys(own).length > 0 ? this.lastFiled(facts.device, facts.group, facts.takenAt) : null;
    const seq = this.sql.insert(
      `INSERT INTO observations (id, version, device, grp, variant, category, status, effective, patient, place,
         assignable, fingerprint) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      facts.device,
      facts.group,
      variantOf(facts),
      findGroup(facts.group)?.category ?? 'device',
      facts.status,
      facts.takenAt,
      facts.patient,
      facts.place,
      mayBelong(facts) ? 1 : 0,
      JSON.stringify({ ...before?.fingerprint, ...own }),
    );
    this.insertVersion(seq, 1, facts, change, null);
    this.sql.run('INSERT INTO observed (device, grp) VALUES (?, ?) ON CONFLICT DO NOTHING', facts.device, facts.group);
    return seq;
  }

  private addVersion(row: CurrentRow, facts: ObservationFacts, change: Change, movedFrom: string | null = null): void {
    const version = row.version + 1;
    this.insertVersion(row.seq, version, facts, change, movedFrom === facts.patient ? null : movedFrom);
    this.sql.run(
      'UPDATE observations SET version = ?, variant = ?, status = ?, patient = ?, place = ?, assignable = ?, fingerprint = ? WHERE seq = ?',
      version,
      variantOf(facts),
      facts.status,
      facts.patient,
      facts.place,
      mayBelong(facts) ? 1 : 0,
      JSON.stringify({ ...(JSON.parse(row.fingerprint) as object), ...fingerprintOf(facts) }),
      row.seq,
    );
  }

  private insertVersion(
    seq: number,
    version: number,
    facts: ObservationFacts,
    change: Change,
    movedFrom: string | null,
  ): void {
    this.sql.run(
      'INSERT INTO observation_versions (observation, version, at, by, act, reason, moved_from, facts) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      ...[seq, version, change.at, change.by, change.act, change.reason, movedFrom, JSON.stringify(facts)],
    );
  }
}
