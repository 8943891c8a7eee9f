import { type Quality, type QualityReason, qualityReasons } from '../../model/quality.ts';
import type { TimeSource } from '../../model/time.ts';
import type { Unit } from '../../model/unit.ts';
import type { Segment } from './associations.ts';
import { decodeCursor, limitOf, type Page, pageOf } from './page.ts';
import { isAssignable, type Reading } from './reading.ts';
import { type SqlDatabase, Statements, Where } from './sql.ts';

export interface ReadingFilter {
  readonly device?: string;
  readonly patient?: string;
  readonly place?: string;
  readonly metric?: string;
  /** Event time: from <= takenAt < to. */
  readonly from?: number;
  readonly to?: number;
  /** Only those that belong to nobody. */
  readonly unassigned?: boolean;
  readonly limit?: number;
  readonly cursor?: string;
}

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly measurement: string;
  readonly device: string;
  readonly metric: string;
  readonly taken_at: number;
  readonly received_at: number;
  readonly value: number | null;
  readonly unit: Unit;
  readonly comparator: '<' | '>' | null;
  readonly original_value: number | null;
  readonly original_unit: Unit | null;
  readonly quality: Quality;
  readonly reasons: string;
  readonly device_time: string | null;
  readonly time_source: TimeSource;
  readonly clock_offset: number | null;
  readonly patient: string | null;
  readonly place: string | null;
  readonly context: string;
  readonly digest: string;
  readonly observation: number | null;
}

const isReason = (text: string): text is QualityReason => (qualityReasons as readonly string[]).includes(text);

const fromRow = (row: Row): Reading => ({
  id: row.id,
  measurement: row.measurement,
  device: row.device,
  metric: row.metric,
  takenAt: row.taken_at,
  receivedAt: row.received_at,
  value: row.value,
  unit: row.unit,
  comparator: row.comparator,
  original:
    row.original_value === null || row.original_unit === null
      ? null
      : { value: row.original_value, unit: row.original_unit },
  quality: row.quality,
  reasons: row.reasons.split(' ').filter(isReason),
  deviceTime: row.device_time,
  timeSource: row.time_source,
  clockOffsetMs: row.clock_offset,
  patient: row.patient,
  place: row.place,
  context: JSON.parse(row.context) as Record<string, string>,
  digest: row.digest,
});

/** Not INSERT OR IGNORE: that would drop a reading that breaks a rule of the table without a word. */
const INSERT = `INSERT INTO readings (id, measurement, device, metric, taken_at, received_at, value, unit,
  comparator, original_value, original_unit, quality, reasons, device_time, time_source, clock_offset, patient, place,
  assignable, context, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO NOTHING`;

/** The readings table: one row per numeric sample, whether it belongs to somebody or not. */
export class Readings {
  private readonly sql: Statements;

  constructor(database: SqlDatabase) {
    this.sql = new Statements(database);
  }

  /** False where a reading with this id is already kept: then nothing is changed. */
  add(reading: Reading): boolean {
    return (
      this.sql.run(
        INSERT,
        reading.id,
        reading.measurement,
        reading.device,
        reading.metric,
        reading.takenAt,
        reading.receivedAt,
        reading.value,
        reading.unit,
        reading.comparator,
        reading.original?.value ?? null,
        reading.original?.unit ?? null,
        reading.quality,
        reading.reasons.join(' '),
        reading.deviceTime,
        reading.timeSource,
        reading.clockOffsetMs,
        reading.patient,
        reading.place,
        isAssignable(reading) ? 1 : 0,
        JSON.stringify(reading.context),
        reading.digest,
      ) > 0
    );
  }

  get(id: string): Reading | null {
    const row = this.sql.get<Row>('SELECT * FROM readings WHERE id = ?', id);
    return row ? fromRow(row) : null;
  }

  /** Row of the observation a reading was filed in; null where it was not. */
  observationOf(id: string): number | null {
    return (
      this.sql.get<{ observation: number | null }>('SELECT observation FROM readings WHERE id = ?', id)?.observation ??
      null
    );
  }

  /** The readings that were taken together with this one. */
  takenWith({ device, takenAt, measurement }: Reading): Reading[] {
    return this.sql
      .all<Row>(
        'SELECT * FROM readings WHERE device = ? AND taken_at = ? AND measurement = ? ORDER BY seq',
        ...[device, takenAt, measurement],
      )
      .map(fromRow);
  }

  filedIn(id: string, observation: number): void {
    this.sql.run('UPDATE readings SET observation = ? WHERE id = ?', observation, id);
  }

  /** Newest first. Throws CodedError<'bad-cursor'>. */
  list(filter: ReadingFilter = {}): Page<Reading> {
    const where = new Where()
      .equal('device', filter.device)
      .equal('patient', filter.patient)
      .equal('place', filter.place)
      .equal('metric', filter.metric);
    if (filter.unassigned) where.and('patient IS NULL AND assignable = 1');
    if (filter.from !== undefined) where.and('taken_at >= ?', filter.from);
    if (filter.to !== undefined) where.and('taken_at < ?', filter.to);
    if (filter.cursor !== undefined) {
      const { at, seq } = decodeCursor(filter.cursor);
      where.and('(taken_at, seq) < (?, ?)', at, seq);
    }
    const limit = limitOf(filter.limit);
    const rows = this.sql.all<Row>(
      `SELECT * FROM readings ${where.sql} ORDER BY taken_at DESC, seq DESC LIMIT ?`,
      ...where.values,
      limit + 1,
    );
    return pageOf(
      rows.map((row) => ({ at: row.taken_at, seq: row.seq, row })),
      limit,
      ({ row }) => fromRow(row),
    );
  }

  /** Files the readings of a stretch under whom the associations now name, and returns how many changed. */
  assign(device: string, stretch: Segment): number {
    const { patient, place, from, to } = stretch;
    const inStretch = 'WHERE device = ? AND taken_at >= ? AND taken_at < ?';
    return (
      this.sql.run(
        `UPDATE readings SET patient = ? ${inStretch} AND assignable = 1 AND patient IS NOT ?`,
        ...[patient, device, from, to, patient],
      ) +
      this.sql.run(`UPDATE readings SET place = ? ${inStretch} AND place IS NOT ?`, ...[place, device, from, to, place])
    );
  }

  /** Drops readings older than a site keeps them; observations stay. Returns how many went. */
  prune(before: number): number {
    return this.sql.run('DELETE FROM readings WHERE taken_at < ?', before);
  }
}
