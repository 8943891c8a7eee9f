/** Tables of users, sessions and API tokens. Secrets are kept only as hashes. */
export const accessMigrations: readonly { readonly id: string; readonly sql: string }[] = [
  {
    id: 'access-001',
    sql: `
CREATE TABLE access_users (
  name TEXT PRIMARY KEY,
  role TEXT NOT NULL,
  password TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  disabled INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE access_sessions (
  hash TEXT PRIMARY KEY,
  user TEXT NOT NULL REFERENCES access_users (name),
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX access_sessions_user ON access_sessions (user);
CREATE TABLE access_tokens (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  used_at INTEGER,
  revoked_at INTEGER
) WITHOUT ROWID;
CREATE TABLE access_keys (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
`,
  },
];
