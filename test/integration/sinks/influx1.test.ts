import { join } from 'node:path';
import { InfluxDB } from 'influx';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal, type SqliteJournal } from '../../../gateway/journal/journal.ts';
import { DeadLetters } from '../../../gateway/sinks/dead-letters.ts';
import { Follower } from '../../../gateway/sinks/follower.ts';
import { influx1Sink } from '../../../gateway/sinks/influx1.ts';
import { seededRandom } from '../../../model/random.ts';
import { frameNamed, frameOf, numericOf } from '../../support/journal-entries.ts';
import {
  eventually,
  freePort,
  programMissing,
  type RunningProgram,
  startProgram,
  temporaryDirectory,
} from '../../support/programs.ts';
import { realClock } from '../../support/real-time.ts';
import { StoreFile } from '../../support/store-file.ts';

describe.skipIf(programMissing('influxd'))('InfluxDB 1.x', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let port: number;
  let server: RunningProgram;
  let file: StoreFile;
  let journal: SqliteJournal;
  let follower: Follower;
  let client: InfluxDB;

  const startServer = async () => {
    const path = (name: string) => join(directory.path, name);
    const answers = async () => (await fetch(`http://127.0.0.1:${port}/ping`).catch(() => null))?.status === 204;
    server = await startProgram('influxd', ['-config', '/dev/null'], {
      ready: answers,
      env: {
        INFLUXDB_HTTP_BIND_ADDRESS: `127.0.0.1:${port}`,
        INFLUXDB_BIND_ADDRESS: '127.0.0.1:0',
        INFLUXDB_META_DIR: path('meta'),
        INFLUXDB_DATA_DIR: path('data'),
        INFLUXDB_DATA_WAL_DIR: path('wal'),
        INFLUXDB_REPORTING_DISABLED: 'true',
        INFLUXDB_MONITOR_STORE_ENABLED: 'false',
      },
    });
  };

  const follow = (database = 'ward') => {
    follower = new Follower({
      sink: influx1Sink({ url: `http://127.0.0.1:${port}`, database, batchSize: 500, timeoutMs: 3000 }),
      journal,
      database: file.database,
      clock: realClock,
      random: seededRandom('integration'),
      backoff: { firstMs: 50, mostMs: 300 },
    });
    follower.start();
  };

  const append = (from: number, to: number) =>
    Promise.all(
      Array.from({ length: to - from }, (_, n) =>
        journal.append(frameNamed(`n${from + n}`, { takenAt: 1_700_000_000_000 + ((from + n) % 50), value: from + n })),
      ),
    );

  const stored = async (): Promise<number> => {
    const rows = await client.query<{ count: number }>('SELECT count(value) FROM vital');
    return rows[0]?.count ?? 0;
  };

  beforeEach(async () => {
    directory = temporaryDirectory('influxd');
    port = await freePort();
    await startServer();
    file = new StoreFile();
    journal = openJournal({ database: file.database, clock: realClock });
    client = new InfluxDB({ host: '127.0.0.1', port, database: 'ward' });
    await client.createDatabase('ward');
  });

  afterEach(async () => {
    await follower.stop();
    file.remove();
    await server.stop();
    directory.remove();
  });

  it('has every reading once, though many share a millisecond', async () => {
    await append(0, 2000);
    follow();
    await eventually(() => follower.position === 2000, 'all sent');
    expect(await stored()).toBe(2000);
  });

  it('that is down for a while is drained when it is back, and what is sent twice is there once', async () => {
    await append(0, 1000);
    follow();
    await eventually(() => follower.position === 1000, 'first part');
    await server.stop('SIGKILL');
    await append(1000, 3000);
    await eventually(() => follower.report().state === 'failing', 'failure noticed');
    expect(follower.report().behind).toBe(2000);
    await startServer();
    await eventually(() => follower.position === 3000, 'drained', 20_000);
    expect(await stored()).toBe(3000);
    expect(follower.report()).toMatchObject({ state: 'waiting', reason: null, rejected: 0 });
    await follower.stop();
    file.database.exec('DELETE FROM sink_cursors');
    follow();
    await eventually(() => follower.position === 3000, 'sent again');
    expect(await stored()).toBe(3000);
  });

  it('refuses one point of many: that one is found and set aside with the reason', async () => {
    // Types belong to a shard, so the text must be of the same time.
    await client.writePoints([{ measurement: 'pump', fields: { value: 'text' }, timestamp: '1700000000000000000' }]);
    const pump = frameOf([numericOf('pump', { metric: 'infusion-rate', unit: 'mL/h', takenAt: 1_700_000_000_000 })]);
    await append(0, 40);
    await journal.append(pump);
    await append(40, 80);
    follow();
    await eventually(() => follower.position === 81, 'all sent');
    expect(await stored()).toBe(80);
    const letters = new DeadLetters(file.database).list('influx1');
    expect(letters).toMatchObject([{ position: 41, code: 'refused', detail: expect.stringContaining('conflict') }]);
  });

  it('without its database is asked again, with a hint, and nothing is lost', async () => {
    await append(0, 10);
    follow('night');
    await eventually(() => follower.report().state === 'failing', 'failure noticed');
    expect(follower.report().reason).toMatch(/404.*Create the database/s);
    await client.createDatabase('night');
    await eventually(() => follower.position === 10, 'drained');
  });
});
