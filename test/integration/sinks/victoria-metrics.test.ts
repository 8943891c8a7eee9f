import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal, type SqliteJournal } from '../../../gateway/journal/journal.ts';
import { Follower } from '../../../gateway/sinks/follower.ts';
import { influx2Sink } from '../../../gateway/sinks/influx2.ts';
import { seededRandom } from '../../../model/random.ts';
import { frameNamed } from '../../support/journal-entries.ts';
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

describe.skipIf(programMissing('victoria-metrics'))('VictoriaMetrics', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let url: string;
  let port: number;
  let server: RunningProgram;
  let file: StoreFile;
  let journal: SqliteJournal;
  let follower: Follower;
  const base = Date.now() - 3_600_000;

  const startServer = async () => {
    const args = [
      `-storageDataPath=${directory.path}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      '-dedup.minScrapeInterval=1ms',
      '-retentionPeriod=100y',
    ];
    const ready = async () => (await fetch(`${url}/health`).catch(() => null))?.ok === true;
    server = await startProgram('victoria-metrics', args, { ready });
  };

  const follow = (holdMs: number) => {
    follower = new Follower({
      sink: influx2Sink({ url, holdMs, batchSize: 500, timeoutMs: 3000 }),
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
        journal.append(frameNamed(`n${from + n}`, { takenAt: base + (from + n) * 10, value: from + n })),
      ),
    );

  /** Values as stored, in order of time. */
  const stored = async (): Promise<number[]> => {
    await fetch(`${url}/internal/force_flush`);
    const response = await fetch(`${url}/api/v1/export?match[]=vital_value&start=0`);
    const text = (await response.text()).trim();
    if (text === '') return [];
    const points = text.split('\n').flatMap((line) => {
      const { values, timestamps } = JSON.parse(line) as { values: number[]; timestamps: number[] };
      return values.map((value, index): [number, number] => [timestamps[index] ?? 0, value]);
    });
    return points.sort((a, b) => a[0] - b[0]).map(([, value]) => value);
  };

  const range = (to: number) => Array.from({ length: to }, (_, n) => n);

  beforeEach(async () => {
    directory = temporaryDirectory('victoria-metrics');
    port = await freePort();
    url = `http://127.0.0.1:${port}`;
    await startServer();
    file = new StoreFile();
    journal = openJournal({ database: file.database, clock: realClock });
  });

  afterEach(async () => {
    await follower.stop();
    file.remove();
    await server.stop();
    directory.remove();
  });

  it('has every reading, with its value and time', async () => {
    await append(0, 1200);
    follow(0);
    await eventually(() => follower.position === 1200, 'all sent');
    expect(await stored()).toEqual(range(1200));
  });

  it('that is killed right after it said yes is sent again what it lost', async () => {
    await append(0, 1200);
    // Long enough to die within it, short enough to wait for.
    follow(6000);
    await eventually(() => follower.report().behind === 0, 'all accepted');
    expect(follower.position).toBe(0);
    await server.stop('SIGKILL');
    await startServer();
    const afterDeath = await stored();
    expect(afterDeath.length, 'it did lose something').toBeLessThan(1200);
    await append(1200, 1300);
    await eventually(() => follower.position === 1300, 'held and let go', 40_000);
    expect(await stored()).toEqual(range(1300));
  });

  it('that is killed while the gateway is down too is sent again what it lost', async () => {
    await append(0, 600);
    follow(6000);
    await eventually(() => follower.report().behind === 0, 'all accepted');
    await follower.stop();
    await server.stop('SIGKILL');
    await startServer();
    expect((await stored()).length, 'it did lose something').toBeLessThan(600);
    follow(6000);
    await eventually(() => follower.report().behind === 0, 'all accepted again');
    await eventually(async () => (await stored()).length === 600, 'all there');
    expect(await stored()).toEqual(range(600));
  });
});
