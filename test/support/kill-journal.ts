import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { decodeRow, type JournalRow } from '../../gateway/journal/encoding.ts';
import { openDatabase } from '../../gateway/store/database.ts';
import { storeMigrations } from '../../gateway/store/migrations/store-migrations.ts';
import { integer, type Random } from '../../model/random.ts';
import { uuidOf } from './journal-entries.ts';

const writer = join(import.meta.dirname, 'journal-writer.ts');

/** Starts a writer, kills it at a random moment after its first acknowledgement, and returns what it acknowledged. */
const runAndKill = (file: string, run: number, again: readonly string[], random: Random): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const args = ['--import', 'tsx', writer, file, String(run), ...again];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let errors = '';
    let timer: NodeJS.Timeout | undefined;
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString('latin1');
      timer ??= setTimeout(() => child.kill('SIGKILL'), integer(random, 0, 60));
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (signal !== 'SIGKILL') reject(new Error(`the writer ended by itself with ${code}: ${errors}`));
      // The last line may be cut off: then it was not fully acknowledged.
      else resolve(out.split('\n').slice(0, -1));
    });
  });

export interface KillReport {
  readonly kills: number;
  readonly acknowledged: number;
  readonly stored: number;
  readonly lost: readonly string[];
  readonly doubled: number;
  readonly gaps: number;
}

/** Kills writers on one file again and again, then counts what the journal holds against what was acknowledged. */
export const killAgainAndAgain = async (file: string, kills: number, random: Random): Promise<KillReport> => {
  const acknowledged = new Set<string>();
  let again: string[] = [];
  for (let run = 0; run < kills; run++) {
    const names = await runAndKill(file, run, again, random);
    for (const name of names) acknowledged.add(name);
    // What came last is sent again: the sender cannot know whether its acknowledgement was lost.
    const last = Math.max(...names.map((name) => Number(name.split('-')[1])), 0);
    again = Array.from({ length: 40 }, (_, n) => `${run}-${Math.max(0, last - 20) + n}`);
  }
  const database = openDatabase({ file, migrations: storeMigrations });
  const seen = new Map<string, number>();
  let previous = 0;
  let gaps = 0;
  try {
    for (const row of database.prepare('SELECT * FROM journal ORDER BY position').iterate()) {
      const { position, entry } = decodeRow(row as JournalRow);
      if (position !== previous + 1) gaps++;
      previous = position;
      if (entry.type === 'frame') for (const { id } of entry.samples) seen.set(id, (seen.get(id) ?? 0) + 1);
    }
  } finally {
    database.close();
  }
  return {
    kills,
    acknowledged: acknowledged.size,
    stored: seen.size,
    lost: [...acknowledged].filter((name) => !seen.has(uuidOf(name))),
    doubled: [...seen.values()].filter((count) => count > 1).length,
    gaps,
  };
};
