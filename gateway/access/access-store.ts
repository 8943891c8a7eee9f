import { randomBytes } from 'node:crypto';
import type { Role } from '../../model/person.ts';

/** The part of the database that is used here; `gateway/store` offers it. */
export interface AccessDatabase {
  prepare(sql: string): AccessStatement;
}

export interface AccessStatement {
  run(...values: (string | number | Uint8Array | null)[]): { readonly changes: number | bigint };
  get(...values: (string | number | Uint8Array | null)[]): unknown;
  all(...values: (string | number | Uint8Array | null)[]): unknown[];
}

export interface UserRecord {
  readonly name: string;
  readonly role: Role;
  readonly password: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly disabled: boolean;
}

export interface SessionRecord {
  readonly hash: string;
  readonly user: string;
  readonly createdAt: number;
  readonly seenAt: number;
}

export interface TokenRecord {
  readonly id: string;
  readonly hash: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly usedAt: number | null;
  readonly revokedAt: number | null;
}

const userColumns = 'name, role, password, created_at AS createdAt, created_by AS createdBy, disabled';
const sessionColumns = 'hash, user, created_at AS createdAt, seen_at AS seenAt';
const tokenColumns =
  'id, hash, name, role, created_at AS createdAt, created_by AS createdBy, used_at AS usedAt, revoked_at AS revokedAt';

const toUser = (row: unknown): UserRecord | null => {
  if (!row) return null;
  const user = row as Omit<UserRecord, 'disabled'> & { disabled: number };
  return { ...user, disabled: user.disabled === 1 };
};

/** Users, sessions and tokens on disk. */
export class AccessStore {
  private readonly statements = new Map<string, AccessStatement>();
  private readonly database: AccessDatabase;

  constructor(database: AccessDatabase) {
    this.database = database;
  }

  users(): UserRecord[] {
    return this.sql(`SELECT ${userColumns} FROM access_users ORDER BY name`)
      .all()
      .flatMap((row) => toUser(row) ?? []);
  }

  user(name: string): UserRecord | null {
    return toUser(this.sql(`SELECT ${userColumns} FROM access_users WHERE name = ?`).get(name));
  }

  /** False where the name is taken. */
  addUser(user: UserRecord): boolean {
    const { changes } = this.sql(
      `INSERT INTO access_users (name, role, password, created_at, created_by, disabled) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (name) DO NOTHING`,
    ).run(user.name, user.role, user.password, user.createdAt, user.createdBy, user.disabled ? 1 : 0);
    return Number(changes) === 1;
  }

  updateUser(user: Pick<UserRecord, 'name' | 'role' | 'password' | 'disabled'>): void {
    this.sql('UPDATE access_users SET role = ?, password = ?, disabled = ? WHERE name = ?').run(
      user.role,
      user.password,
      user.disabled ? 1 : 0,
      user.name,
    );
  }

  /** Only where the password is still the one that was read. */
  replacePassword(name: string, before: string, after: string): void {
    this.sql('UPDATE access_users SET password = ? WHERE name = ? AND password = ?').run(after, name, before);
  }

  session(hash: string): SessionRecord | null {
    const row = this.sql(`SELECT ${sessionColumns} FROM access_sessions WHERE hash = ?`).get(hash);
    return row ? (row as SessionRecord) : null;
  }

  addSession(session: SessionRecord): void {
    this.sql('INSERT INTO access_sessions (hash, user, created_at, seen_at) VALUES (?, ?, ?, ?)').run(
      session.hash,
      session.user,
      session.createdAt,
      session.seenAt,
    );
  }

  touchSession(hash: string, seenAt: number): void {
    this.sql('UPDATE access_sessions SET seen_at = ? WHERE hash = ?').run(seenAt, hash);
  }

  removeSession(hash: string): void {
    this.sql('DELETE FROM access_sessions WHERE hash = ?').run(hash);
  }

  removeSessionsOf(user: string): void {
    this.sql('DELETE FROM access_sessions WHERE user = ?').run(user);
  }

  removeSessionsBefore(createdBefore: number, seenBefore: number): void {
    this.sql('DELETE FROM access_sessions WHERE created_at <= ? OR seen_at <= ?').run(createdBefore, seenBefore);
  }

  tokens(): TokenRecord[] {
    return this.sql(`SELECT ${tokenColumns} FROM access_tokens ORDER BY created_at, id`).all() as TokenRecord[];
  }

  token(hash: string): TokenRecord | null {
    const row = this.sql(`SELECT ${tokenColumns} FROM access_tokens WHERE hash = ?`).get(hash);
    return row ? (row as TokenRecord) : null;
  }

  addToken(token: TokenRecord): void {
    this.sql(
      `INSERT INTO access_tokens (id, hash, name, role, created_at, created_by, used_at, revoked_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      token.id,
      token.hash,
      token.name,
      token.role,
      token.createdAt,
      token.createdBy,
      token.usedAt,
      token.revokedAt,
    );
  }

  touchToken(id: string, usedAt: number): void {
    this.sql('UPDATE access_tokens SET used_at = ? WHERE id = ?').run(usedAt, id);
  }

  /** False where there is no such token, or it is revoked already. */
  revokeToken(id: string, revokedAt: number): boolean {
    const { changes } = this.sql('UPDATE access_tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL').run(
      revokedAt,
      id,
    );
    return Number(changes) === 1;
  }

  /** A random key of this gateway, made once. */
  key(name: string): Uint8Array {
    this.sql('INSERT INTO access_keys (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING').run(
      name,
      randomBytes(32),
    );
    return (this.sql('SELECT value FROM access_keys WHERE name = ?').get(name) as { value: Uint8Array }).value;
  }

  private sql(text: string): AccessStatement {
    let statement = this.statements.get(text);
    if (!statement) {
      statement = this.database.prepare(text);
      this.statements.set(text, statement);
    }
    return statement;
  }
}
