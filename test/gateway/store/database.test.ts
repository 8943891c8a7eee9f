import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../gateway/store/database.ts';
import { KEY_VARIABLE, readKey } from '../../../gateway/store/key.ts';
import type { Database, Migration } from '../../../gateway/store/types.ts';

const notes: Migration = { id: 'notes-001', sql: 'CREATE TABLE notes (text TEXT NOT NULL)' };
const KEY = 'correct horse battery staple';

let directory: string;
let file: string;
const opened: Database[] = [];

const open = (options: Partial<Parameters<typeof openDatabase>[0]> = {}): Database => {
  const database = openDatabase({ file, migrations: [notes], ...options });
  opened.push(database);
  return database;
};

const write = (database: Database, text: string) => database.prepare('INSERT INTO notes VALUES (?)').run(text);
const read = (database: Database) =>
  (database.prepare('SELECT text FROM notes ORDER BY rowid').all() as { text: string }[]).map((row) => row.text);
const coded = (code: string) => expect.objectContaining({ code, hint: expect.any(String) });

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wardwire-store-'));
  file = join(directory, 'data', 'ward.db');
});

afterEach(() => {
  for (const database of opened.splice(0)) if (database.open) database.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('the database', () => {
  it('keeps what was written, in a file that only its owner may read', () => {
    const first = open();
    write(first, 'a');
    expect(first.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
    expect(first.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(statSync(file).mode & 0o077).toBe(0);
    first.close();
    expect(read(open())).toEqual(['a']);
  });

  it('takes a transaction whole or not at all, and a nested one by itself', () => {
    const database = open();
    const failing = database.transaction(() => {
      write(database, 'lost');
      throw new Error('no');
    });
    database.transaction(() => {
      write(database, 'kept');
      expect(failing).toThrow('no');
    })();
    expect(read(database)).toEqual(['kept']);
  });

  it('returns to full durability after a relaxed transaction', () => {
    const database = open();
    database.transaction(() => write(database, 'a'), { durable: false })();
    expect(read(database)).toEqual(['a']);
    expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
  });

  it('is for one process at a time, and says so', () => {
    const database = open();
    expect(() => openDatabase({ file, migrations: [notes] })).toThrow(coded('in-use'));
    write(database, 'still works');
    database.close();
    expect(read(open())).toEqual(['still works']);
  });

  it('can be read beside a running gateway', () => {
    const database = open();
    write(database, 'a');
    const beside = open({ readOnly: true });
    expect(read(beside)).toEqual(['a']);
    expect(() => write(beside, 'b')).toThrow(coded('disk-failed'));
    write(database, 'c');
    expect(read(beside)).toEqual(['a', 'c']);
  });

  it('says when the disk is full, keeps what is there and goes on when there is room again', () => {
    const database = open();
    write(database, 'before');
    database.exec('PRAGMA max_page_count = 20');
    const fill = database.transaction(() => {
      for (let row = 0; row < 1000; row++) write(database, 'x'.repeat(1000));
    });
    expect(fill).toThrow(coded('disk-full'));
    expect(read(database)).toEqual(['before']);
    database.exec('PRAGMA max_page_count = 100000');
    write(database, 'after');
    expect(read(database)).toEqual(['before', 'after']);
  });

  it('says that a directory cannot be made', () => {
    writeFileSync(join(directory, 'data'), '');
    expect(() => open()).toThrow(coded('cannot-open'));
  });
});

describe('migrations', () => {
  const more: Migration = { id: 'notes-002', sql: 'ALTER TABLE notes ADD COLUMN author TEXT' };

  it('run once each, in order', () => {
    write(open(), 'a');
    opened[0]?.close();
    const database = open({ migrations: [notes, more] });
    expect(database.prepare('SELECT * FROM notes').all()).toEqual([{ text: 'a', author: null }]);
    database.close();
    expect(() => open({ migrations: [notes, more] })).not.toThrow();
  });

  it('refuse a file of a newer gateway', () => {
    open({ migrations: [notes, more] }).close();
    expect(() => open()).toThrow(coded('newer-file'));
  });

  it('refuse a step that was edited after it was applied', () => {
    open().close();
    expect(() => open({ migrations: [{ ...notes, sql: 'CREATE TABLE other (a)' }] })).toThrow(
      coded('changed-migration'),
    );
  });

  it('leave nothing of a step that fails', () => {
    const broken: Migration = { id: 'broken-001', sql: 'CREATE TABLE half (a); CREATE TABLE half (a)' };
    expect(() => open({ migrations: [notes, broken] })).toThrow('half');
    const database = open();
    expect(database.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'half'").get()).toEqual({ n: 0 });
  });
});

describe('encryption at rest', () => {
  it('leaves nothing readable in the file or its log', () => {
    const database = open({ key: KEY });
    write(database, 'Adalovelace');
    for (const path of [file, `${file}-wal`]) {
      const bytes = readFileSync(path).toString('latin1');
      expect(bytes).not.toContain('Adalovelace');
      expect(bytes).not.toContain('CREATE TABLE');
    }
    database.close();
    expect(read(open({ key: KEY }))).toEqual(['Adalovelace']);
  });

  it('tells a wrong key, a missing key and a key too many apart, and never shows a key', () => {
    open({ key: KEY }).close();
    for (const [key, code] of [
      ['another key of some length', 'wrong-key'],
      [undefined, 'key-required'],
    ] as const) {
      expect(() => open({ key })).toThrow(coded(code));
      expect(() => open({ key })).not.toThrow(/another key/);
    }
    rmSync(join(directory, 'data'), { recursive: true });
    open().close();
    expect(() => open({ key: KEY })).toThrow(coded('not-encrypted'));
    expect(read(open())).toEqual([]);
  });

  it('reads its key from a file or the environment', () => {
    const keyFile = join(directory, 'key');
    writeFileSync(keyFile, `${KEY}\n`);
    expect(readKey({ keyFile, environment: { [KEY_VARIABLE]: 'not this one at all' } })).toBe(KEY);
    expect(readKey({ environment: { [KEY_VARIABLE]: KEY } })).toBe(KEY);
    expect(readKey({ environment: {} })).toBeUndefined();
    expect(() => readKey({ keyFile: join(directory, 'none'), environment: {} })).toThrow(coded('bad-key'));
    expect(() => readKey({ environment: { [KEY_VARIABLE]: '' } })).toThrow(coded('bad-key'));
  });
});

describe('damage', () => {
  it('of a page is found before the file is used', () => {
    const database = open();
    for (let row = 0; row < 500; row++) write(database, `row ${row}`.repeat(20));
    database.close();
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 3 * 4096, 5 * 4096);
    writeFileSync(file, bytes);
    expect(() => open()).toThrow(coded('damaged'));
  });

  it('at the end of the log costs nothing that was committed before it', () => {
    const database = open();
    for (const text of ['a', 'b', 'c']) write(database, text);
    const log = readFileSync(`${file}-wal`);
    const main = readFileSync(file);
    database.close();
    writeFileSync(file, main);
    writeFileSync(`${file}-wal`, Buffer.concat([log, Buffer.alloc(4120 * 2 + 77, 0x5a)]));
    expect(read(open())).toEqual(['a', 'b', 'c']);
  });

  it('is looked for on request, in another thread', async () => {
    const database = open({ key: KEY });
    write(database, 'a');
    expect(await database.verify()).toEqual([]);
  });
});

describe('a backup', () => {
  it.each([undefined, KEY])('holds everything, is encrypted alike and replaces nothing (key: %s)', async (key) => {
    const database = open({ key });
    write(database, 'a');
    const copy = join(directory, 'copy.db');
    await database.backup(copy);
    write(database, 'later');
    await expect(database.backup(copy)).rejects.toThrow(coded('backup-exists'));
    expect(readFileSync(copy).toString('latin1').startsWith('SQLite format 3')).toBe(key === undefined);
    expect(read(open({ file: copy, key }))).toEqual(['a']);
  });

  it('that cannot be made says so and leaves nothing behind', async () => {
    const database = open();
    await expect(database.backup(join(directory, 'none', 'copy.db'))).rejects.toThrow(coded('backup-failed'));
  });
});
