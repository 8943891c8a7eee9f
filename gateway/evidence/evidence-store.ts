import type { AlertEntry, FrameEntry, Stored } from '../../model/journal.ts';
import type { Journal } from '../journal/contract.ts';
import type { Sink, SinkAnswer } from '../sinks/contract.ts';
import type { Database, Migration } from '../store/types.ts';

/**
 * The frames behind each alert, and its history: kept by themselves, so that an alert can be explained down to the byte
 * (promise 6) long after the journal has let the frame go.
 */
export const evidenceMigrations: readonly Migration[] = [
  {
    id: 'evidence-001',
    sql: `
CREATE TABLE alert_history (position INTEGER PRIMARY KEY, alert TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX alert_history_alert ON alert_history (alert, position);
CREATE TABLE alert_frames (
  alert TEXT NOT NULL,
  position INTEGER NOT NULL,
  frame BLOB NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (alert, position)
) WITHOUT ROWID;`,
  },
];

/** How far back a sample is looked for: what decides an alert has come shortly before it. */
const LOOK_BACK = 20_000;
const CHUNK = 500;
/** Positions of the newest samples, so that hardly anything has to be looked for. */
const REMEMBERED = 20_000;

export interface Evidence {
  readonly history: readonly AlertEntry[];
  readonly frames: readonly FrameEntry[];
}

export const createEvidenceStore = (database: Database, journal: Journal) => {
  const addHistory = database.prepare(
    'INSERT INTO alert_history (position, alert, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const addFrame = database.prepare(
    'INSERT INTO alert_frames (alert, position, frame, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const positions = new Map<string, number>();

  const remember = ({ position, entry }: Stored): void => {
    if (entry.type !== 'frame') return;
    for (const { id, kind } of entry.samples) if (kind !== 'waveform') positions.set(id, position);
    for (const id of positions.keys()) {
      if (positions.size <= REMEMBERED) break;
      positions.delete(id);
    }
  };

  const holds = (stored: Stored | null, id: string): stored is Stored<FrameEntry> =>
    stored?.entry.type === 'frame' && stored.entry.samples.some((sample) => sample.id === id);

  const findFrame = (id: string, before: number): Stored<FrameEntry> | null => {
    const known = positions.get(id);
    const stored = known === undefined ? null : journal.at(known);
    if (holds(stored, id)) return stored;
    for (let end = before; end > Math.max(0, before - LOOK_BACK); end -= CHUNK) {
      const found = journal.read(Math.max(0, end - CHUNK), CHUNK, ['frame']).find((entry) => holds(entry, id));
      if (found && holds(found, id)) return found;
    }
    return null;
  };

  const write = (batch: readonly Stored[]): void => {
    for (const stored of batch) {
      const { position, entry } = stored;
      if (entry.type === 'frame') remember(stored);
      if (entry.type !== 'alert') continue;
      addHistory.run(position, entry.alert.id, JSON.stringify(entry));
      if (entry.verb !== 'raised' && entry.verb !== 'updated') continue;
      for (const id of entry.alert.samples) {
        const found = findFrame(id, position);
        if (!found) continue;
        const { frame, ...rest } = found.entry;
        // Waves would multiply what is kept; the raw frame holds them.
        const samples = rest.samples.filter(({ kind }) => kind !== 'waveform');
        addFrame.run(entry.alert.id, found.position, frame, JSON.stringify({ ...rest, samples }));
      }
    }
  };

  const sink: Sink = {
    id: 'evidence',
    types: ['frame', 'alert'],
    batchSize: 500,
    holdMs: 0,
    async write(batch): Promise<SinkAnswer> {
      database.transaction(() => write(batch), { durable: false })();
      return { rejected: [] };
    },
    close: async () => {},
  };

  return {
    sink,
    of(alert: string): Evidence {
      const history = database
        .prepare('SELECT body FROM alert_history WHERE alert = ? ORDER BY position')
        .all(alert) as { body: string }[];
      const frames = database
        .prepare('SELECT frame, body FROM alert_frames WHERE alert = ? ORDER BY position')
        .all(alert) as {
        frame: Uint8Array;
        body: string;
      }[];
      return {
        history: history.map(({ body }) => JSON.parse(body) as AlertEntry),
        frames: frames.map(({ frame, body }) => ({
          ...(JSON.parse(body) as Omit<FrameEntry, 'frame'>),
          frame: new Uint8Array(frame),
        })),
      };
    },
    /** Every entry of the alerts that are not over, or ended after `since`: what the engine needs after a restart. */
    restorable(since: number): readonly AlertEntry[] {
      const newest = 'SELECT max(position) FROM alert_history GROUP BY alert';
      const open = `SELECT alert FROM alert_history WHERE position IN (${newest})
        AND (json_extract(body, '$.alert.state') <> 'normal' OR json_extract(body, '$.at') >= ?)`;
      const rows = database
        .prepare(`SELECT body FROM alert_history WHERE alert IN (${open}) ORDER BY position`)
        .all(since) as { body: string }[];
      return rows.map(({ body }) => JSON.parse(body) as AlertEntry);
    },
  };
};

export type EvidenceStore = ReturnType<typeof createEvidenceStore>;
