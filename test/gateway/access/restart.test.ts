import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AccessStore } from '../../../gateway/access/access-store.ts';
import { accessMigrations } from '../../../gateway/access/schema.ts';
import { openDatabase } from '../../../gateway/store/database.ts';
import { accessBench } from '../../support/api-bench.ts';

it('users, sessions, tokens and the key for pseudonyms outlive a restart; no secret is in the file', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'wardwire-access-'));
  const file = join(directory, 'ward.db');
  const open = () => openDatabase({ file, migrations: accessMigrations });
  const password = 'seven quiet herons';

  let database = open();
  const before = accessBench({ store: new AccessStore(database) }).access;
  await before.users.create({ name: 'nora', role: 'nurse', password }, 'setup');
  const { secret } = await before.signIn('nora', password, '127.0.0.1');
  const { secret: token } = before.tokens.create('node-red', 'engineer', 'setup');
  const key = Buffer.from(before.pseudonymKey());
  before.close();
  database.close();

  database = open();
  const after = accessBench({ store: new AccessStore(database) }).access;
  expect(after.authenticate({ kind: 'session', secret })).toMatchObject({ name: 'nora', role: 'nurse' });
  expect(after.authenticate({ kind: 'token', secret: token })).toMatchObject({ role: 'engineer' });
  expect(Buffer.from(after.pseudonymKey())).toEqual(key);
  after.close();
  database.close();

  const bytes = readFileSync(file, 'latin1');
  for (const hidden of [password, secret, token]) expect(bytes).not.toContain(hidden);
  rmSync(directory, { recursive: true, force: true });
});
