import type { Clock } from '../../model/clock.ts';
import { CodedError } from '../../model/errors.ts';
import type { Role } from '../../model/person.ts';
import type { AccessStore, UserRecord } from './access-store.ts';
import { hashPassword, type PasswordCost } from './password.ts';

export type UserErrorCode = 'user-exists' | 'user-unknown' | 'last-admin' | 'password-weak' | 'name-invalid';

export interface User {
  readonly name: string;
  readonly role: Role;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly disabled: boolean;
}

export interface UserChange {
  readonly role?: Role;
  readonly password?: string;
  readonly disabled?: boolean;
}

export const passwordLength = { least: 10, most: 256 } as const;
/** Starts with a letter or digit; no colon or slash, since names stand in audit targets and in addresses. */
export const userNamePattern = /^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$/u;

const asUser = ({ name, role, createdAt, createdBy, disabled }: UserRecord): User => ({
  name,
  role,
  createdAt,
  createdBy,
  disabled,
});

const requireGoodPassword = (name: string, password: string): void => {
  const isLongEnough = password.length >= passwordLength.least && password.length <= passwordLength.most;
  const holdsName = name.length > 2 && password.toLowerCase().includes(name.toLowerCase());
  if (isLongEnough && !holdsName) return;
  throw new CodedError<UserErrorCode>('password-weak', 'The password is too easy to guess.', {
    hint: `Use ${passwordLength.least} to ${passwordLength.most} characters without the user's name, e.g. a few unrelated words.`,
  });
};

/** The people who may sign in. */
export class Users {
  private readonly store: AccessStore;
  private readonly clock: Clock;
  private readonly cost: PasswordCost;

  constructor(store: AccessStore, clock: Clock, cost: PasswordCost) {
    this.store = store;
    this.clock = clock;
    this.cost = cost;
  }

  list(): User[] {
    return this.store.users().map(asUser);
  }

  /** Rejects with CodedError<UserErrorCode>. */
  async create(user: { name: string; role: Role; password: string }, by: string): Promise<User> {
    const { name, role, password } = user;
    if (!userNamePattern.test(name)) {
      throw new CodedError<UserErrorCode>('name-invalid', 'That cannot be a user name.', {
        hint: 'Use up to 64 letters, digits, dots, dashes, underscores or @.',
      });
    }
    requireGoodPassword(name, password);
    const record: UserRecord = {
      name,
      role,
      password: await hashPassword(password, this.cost),
      createdAt: this.clock.now(),
      createdBy: by,
      disabled: false,
    };
    if (!this.store.addUser(record)) {
      throw new CodedError<UserErrorCode>('user-exists', `There is a user ${name} already.`, {
        hint: 'Choose another name, or change that user.',
      });
    }
    return asUser(record);
  }

  /** Whatever is changed, the person's sessions end: an old screen must not keep old rights. */
  async change(name: string, change: UserChange): Promise<User> {
    if (change.password !== undefined) requireGoodPassword(name, change.password);
    const password = change.password === undefined ? null : await hashPassword(change.password, this.cost);
    const before = this.store.user(name);
    if (!before) throw new CodedError<UserErrorCode>('user-unknown', `There is no user ${name}.`);
    const after: UserRecord = {
      ...before,
      role: change.role ?? before.role,
      password: password ?? before.password,
      disabled: change.disabled ?? before.disabled,
    };
    this.requireAnAdmin(before, after);
    this.store.updateUser(after);
    this.store.removeSessionsOf(name);
    return asUser(after);
  }

  private requireAnAdmin(before: UserRecord, after: UserRecord): void {
    const isAdmin = (user: UserRecord) => user.role === 'admin' && !user.disabled;
    if (!isAdmin(before) || isAdmin(after)) return;
    if (this.store.users().some((user) => user.name !== before.name && isAdmin(user))) return;
    throw new CodedError<UserErrorCode>('last-admin', 'The last administrator must stay one.', {
      hint: 'Make another user an administrator first.',
    });
  }
}
