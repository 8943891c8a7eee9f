import type { Database, Statement } from '../store/types.ts';

/** How far each sink is known to have come: what lies before needs never be sent to it again. */
export class SinkCursors {
  private readonly select: Statement;
  private readonly upsert: Statement;
  private readonly save: (sink: string, position: number) => void;

  constructor(database: Database) {
    this.select = database.prepare('SELECT position FROM sink_cursors WHERE sink = ?');
    this.upsert = database.prepare(
      'INSERT INTO sink_cursors (sink, position) VALUES (?, ?) ON CONFLICT (sink) DO UPDATE SET position = excluded.position',
    );
    // An older cursor than the true one costs a re-send, which changes nothing: no reason to wait for the disk.
    this.save = (sink, position) =>
      database.transaction(() => void this.upsert.run(sink, position), { durable: false })();
  }

  get(sink: string): number {
    return (this.select.get(sink) as { position: number } | undefined)?.position ?? 0;
  }

  set(sink: string, position: number): void {
    this.save(sink, position);
  }
}
