import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../gateway/store/database.ts';
import { storeMigrations } from '../../../gateway/store/migrations/store-migrations.ts';
import { seededRandom } from '../../../model/random.ts';
import { killAgainAndAgain } from '../../support/kill-journal.ts';
import { StoreFile } from '../../support/store-file.ts';

let file: StoreFile;

beforeEach(() => {
  file = new StoreFile();
});

afterEach(() => file.remove());

describe('a gateway that is killed', () => {
  it('25 times at random moments has lost nothing that it acknowledged and stored nothing twice', async () => {
    const report = await killAgainAndAgain(file.file, 25, seededRandom('kill'));
    expect(report).toMatchObject({ lost: [], doubled: 0, gaps: 0 });
    expect(report.acknowledged).toBeGreaterThan(100);
    expect(report.stored).toBeGreaterThanOrEqual(report.acknowledged);
  });

  it('keeps another from its database while it lives, and no longer', async () => {
    const writer = join(import.meta.dirname, '..', '..', 'support', 'journal-writer.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', writer, file.file, '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.stdout.resume();
    const open = () => openDatabase({ file: file.file, migrations: storeMigrations });
    expect(open).toThrow(expect.objectContaining({ code: 'in-use', message: expect.stringContaining(`${child.pid}`) }));
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
    const database = open();
    expect(database.prepare('SELECT count(*) > 0 AS some FROM journal').get()).toEqual({ some: 1 });
    database.close();
  });
});
