import type { Alert } from '../../model/alert.ts';
import type { Segment } from './associations.ts';
import { decodeCursor, limitOf, type Page, pageOf } from './page.ts';
import { type SqlDatabase, Statements, Where } from './sql.ts';

/** An alert as the record keeps it: its newest state and the observations that are its evidence. */
export interface AlertRecord {
  readonly alert: Alert;
  readonly version: number;
  readonly at: number;
  /** Whom it was about, or who was on the device it was about. */
  readonly patient: string | null;
  readonly observations: readonly string[];
}

export interface AlertRecordFilter {
  readonly ids?: readonly string[];
  readonly patients?: readonly string[];
  readonly from?: number;
  readonly to?: number;
  readonly limit?: number;
  readonly cursor?: string;
}

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly version: number;
  readonly at: number;
  readonly patient: string | null;
  readonly raised_at: number;
  readonly observations: string;
  readonly body: string;
}

const fromRow = (row: Row): AlertRecord => ({
  alert: JSON.parse(row.body) as Alert,
  version: row.version,
  at: row.at,
  patient: row.patient,
  observations: JSON.parse(row.observations) as string[],
});

/** Alerts in the record. Their whole life is in the journal; here is where each stands. */
export class AlertRecords {
  private readonly sql: Statements;

  constructor(database: SqlDatabase) {
    this.sql = new Statements(database);
  }

  put(alert: Alert, at: number, patient: string | null, observations: readonly string[]): void {
    const present = this.get(alert.id);
    const evidence = [...new Set([...(present?.observations ?? []), ...observations])];
    this.sql.run(
      `INSERT INTO record_alerts (id, version, at, patient, device, raised_at, observations, body)
       VALUES (?, 1, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET version = version + 1, at = excluded.at, patient = excluded.patient,
         device = excluded.device, raised_at = excluded.raised_at, observations = excluded.observations, body = excluded.body`,
      alert.id,
      at,
      patient,
      alert.subject.kind === 'device' ? alert.subject.id : null,
      alert.raisedAt,
      JSON.stringify(evidence),
      JSON.stringify(alert),
    );
  }

  /** Files the alerts about a device in a stretch under whom the associations now name. */
  assign(device: string, stretch: Segment, at: number): number {
    return this.sql.run(
      `UPDATE record_alerts SET patient = ?, version = version + 1, at = ?
       WHERE device = ? AND raised_at >= ? AND raised_at < ? AND patient IS NOT ?`,
      ...[stretch.patient, at, device, stretch.from, stretch.to, stretch.patient],
    );
  }

  get(id: string): AlertRecord | null {
    const row = this.sql.get<Row>('SELECT * FROM record_alerts WHERE id = ?', id);
    return row ? fromRow(row) : null;
  }

  /** Newest first. Throws CodedError<'bad-cursor'>. */
  list(filter: AlertRecordFilter = {}): Page<AlertRecord> {
    const where = new Where().oneOf('id', filter.ids).oneOf('patient', filter.patients);
    if (filter.from !== undefined) where.and('raised_at >= ?', filter.from);
    if (filter.to !== undefined) where.and('raised_at < ?', filter.to);
    if (filter.cursor !== undefined) {
      const { at, seq } = decodeCursor(filter.cursor);
      where.and('(raised_at, seq) < (?, ?)', at, seq);
    }
    const limit = limitOf(filter.limit);
    const rows = this.sql.all<Row>(
      `SELECT * FROM record_alerts ${where.sql} ORDER BY raised_at DESC, seq DESC LIMIT ?`,
      ...where.values,
      limit + 1,
    );
    return pageOf(
      rows.map((row) => ({ at: row.raised_at, seq: row.seq, row })),
      limit,
      ({ row }) => fromRow(row),
    );
  }
}
