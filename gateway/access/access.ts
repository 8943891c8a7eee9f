import { type Clock, every } from '../../model/clock.ts';
import { CodedError } from '../../model/errors.ts';
import type { AuditEntry } from '../../model/journal.ts';
import type { Role } from '../../model/person.ts';
import type { AccessStore, UserRecord } from './access-store.ts';
import type { Actor, Credential } from './actor.ts';
import { defaultCost, hashPassword, isOutdated, type PasswordCost, verifyPassword } from './password.ts';
import { type PermissionPolicy, permissionsOf } from './permissions.ts';
import { Refusals } from './refusals.ts';
import { defaultSessionLimits, type SessionLimits, Sessions } from './sessions.ts';
import { Throttle } from './throttle.ts';
import { Tokens } from './tokens.ts';
import { Users } from './users.ts';

export interface AccessOptions {
  readonly store: AccessStore;
  readonly clock: Clock;
  readonly audit: (entry: AuditEntry) => void;
  readonly policy?: PermissionPolicy;
  readonly sessions?: Partial<SessionLimits>;
  readonly passwordCost?: PasswordCost;
}

export type SignInErrorCode = 'credentials-wrong' | 'sign-in-throttled' | 'sign-in-busy';

/** A sign-in that must wait says for how long. */
export class ThrottledError extends CodedError<SignInErrorCode> {
  readonly retryAfterMs: number;

  constructor(code: SignInErrorCode, message: string, retryAfterMs: number, hint: string) {
    super(code, message, { hint });
    this.retryAfterMs = retryAfterMs;
  }
}

/** Hashing holds a core and 32 MiB: more at once than this are refused. */
const CONCURRENT_SIGN_INS = 4;
const REFUSALS_EVERY_MS = 60_000;

/** Wrong names and passwords: five are free, then 1 s, 2 s, 4 s … up to 15 minutes. */
const perName = { free: 5, firstWaitMs: 1000, longestWaitMs: 15 * 60_000, forgetMs: 3_600_000, keys: 10_000 };
/** One address that tries many names. A ward's stations may share one behind a proxy, so it is wider. */
const perAddress = { ...perName, free: 50, longestWaitMs: 60_000 };

/** Who may come in, as whom, and with which rights (promise 10). */
export class Access {
  readonly users: Users;
  readonly tokens: Tokens;
  readonly sessions: Sessions;
  readonly refusals: Refusals;
  readonly policy: PermissionPolicy;
  private readonly options: AccessOptions;
  private readonly cost: PasswordCost;
  private readonly byName: Throttle;
  private readonly byAddress: Throttle;
  private readonly stopFlushing: () => void;
  private decoy: Promise<string> | null = null;
  private hashing = 0;

  constructor(options: AccessOptions) {
    const { store, clock, audit } = options;
    this.options = options;
    this.cost = options.passwordCost ?? defaultCost;
    this.policy = options.policy ?? {};
    this.users = new Users(store, clock, this.cost);
    this.tokens = new Tokens(store, clock);
    this.sessions = new Sessions(store, clock, { ...defaultSessionLimits, ...options.sessions });
    this.refusals = new Refusals(clock, audit);
    this.byName = new Throttle(clock, perName);
    this.byAddress = new Throttle(clock, perAddress);
    this.stopFlushing = every(clock, REFUSALS_EVERY_MS, () => this.refusals.flush());
  }

  /** Who a credential belongs to; null where it proves nothing. */
  authenticate(credential: Credential): Actor | null {
    if (credential.kind === 'token') {
      const token = this.tokens.find(credential.secret);
      return token ? this.actor(`token:${token.name}`, token.role, 'token') : null;
    }
    const user = this.sessions.find(credential.secret);
    return user ? this.actor(user.name, user.role, 'session') : null;
  }

  /** Rejects with CodedError<SignInErrorCode>. Says the same of an unknown name as of a wrong password, as slowly. */
  async signIn(
    name: string,
    password: string,
    address: string,
    previous: string | null = null,
  ): Promise<{ readonly actor: Actor; readonly secret: string }> {
    if (this.hashing >= CONCURRENT_SIGN_INS) {
      throw new ThrottledError('sign-in-busy', 'Too many sign-ins at once.', 1000, 'Try again in a second.');
    }
    const key = `${name.toLowerCase()}\n${address}`;
    const wait = Math.max(this.byAddress.begin(address), this.byName.begin(key));
    if (wait > 0) {
      this.note(name, null, 'refused', 'throttled', address);
      throw new ThrottledError(
        'sign-in-throttled',
        'Too many failed attempts.',
        wait,
        `Wait ${Math.ceil(wait / 1000)} s, then try again. An administrator can set a new password.`,
      );
    }
    const user = await this.verify(name, password);
    if (!user) {
      this.note(name, null, 'refused', 'credentials-wrong', address);
      throw new CodedError<SignInErrorCode>('credentials-wrong', 'Name or password is wrong.', {
        hint: 'Check both; capital letters matter in the password.',
      });
    }
    this.byName.succeed(key);
    this.byAddress.succeed(address);
    const secret = this.sessions.begin(user.name, previous);
    this.note(user.name, user.role, 'ok', null, address);
    return { actor: this.actor(user.name, user.role, 'session'), secret };
  }

  signOut(secret: string, actor: Actor, address: string): void {
    this.sessions.end(secret);
    this.record(actor.name, actor.role, 'sign-out', 'ok', null, address);
  }

  /** Key for pseudonyms: stable over restarts, different at every site. */
  pseudonymKey(): Uint8Array {
    return this.options.store.key('pseudonym');
  }

  close(): void {
    this.stopFlushing();
    this.refusals.flush();
  }

  private async verify(name: string, password: string): Promise<UserRecord | null> {
    this.hashing++;
    try {
      const { store } = this.options;
      this.decoy ??= hashPassword('no one has this password', this.cost);
      const stored = store.user(name)?.password ?? null;
      const isRight = await verifyPassword(password, stored ?? (await this.decoy));
      if (stored === null || !isRight) return null;
      if (isOutdated(stored, this.cost)) {
        store.replacePassword(name, stored, await hashPassword(password, this.cost));
      }
      // Read again: hashing takes time, and the account may have been disabled meanwhile.
      const user = store.user(name);
      return user && !user.disabled ? user : null;
    } finally {
      this.hashing--;
    }
  }

  private actor(name: string, role: Role, via: Actor['via']): Actor {
    return { name, role, via, permissions: permissionsOf(role, this.policy) };
  }

  private note(
    name: string,
    role: Role | null,
    outcome: AuditEntry['outcome'],
    reason: string | null,
    address: string,
  ): void {
    // What was typed as a name may be a password: only names that exist are written down.
    const who = this.options.store.user(name) ? name : 'unknown';
    if (outcome === 'ok') this.record(who, role, 'sign-in', outcome, reason, address);
    else this.refusals.write({ who, role, target: 'sign-in', reason, address });
  }

  private record(
    who: string,
    role: Role | null,
    action: string,
    outcome: AuditEntry['outcome'],
    reason: string | null,
    address: string,
  ): void {
    const at = this.options.clock.now();
    this.options.audit({ type: 'audit', at, who, role, action, target: null, outcome, reason, address });
  }
}
