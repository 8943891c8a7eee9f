import type { Clock } from '../../model/clock.ts';
import { CodedError } from '../../model/errors.ts';
import type { Role } from '../../model/person.ts';
import type { AccessStore, TokenRecord } from './access-store.ts';
import { newId, newTokenSecret, secretHash, TOKEN_PREFIX } from './secret.ts';

export type TokenErrorCode = 'token-unknown' | 'token-weak';

export interface Token {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly usedAt: number | null;
  readonly revokedAt: number | null;
}

const TOUCH_EVERY_MS = 60_000;
const LEAST_LENGTH = TOKEN_PREFIX.length + 20;

const asToken = ({ hash: _, ...token }: TokenRecord): Token => token;

/** API tokens for programs. The secret is shown once and kept as a hash. */
export class Tokens {
  private readonly store: AccessStore;
  private readonly clock: Clock;

  constructor(store: AccessStore, clock: Clock) {
    this.store = store;
    this.clock = clock;
  }

  list(): Token[] {
    return this.store.tokens().map(asToken);
  }

  create(name: string, role: Role, by: string): { readonly token: Token; readonly secret: string } {
    const secret = newTokenSecret();
    return { token: this.keep(secret, name, role, by), secret };
  }

  /** Takes a secret made elsewhere, e.g. the one the demo is given. The same secret twice is one token. */
  adopt(secret: string, name: string, role: Role, by: string): Token {
    if (!secret.startsWith(TOKEN_PREFIX) || secret.length < LEAST_LENGTH) {
      throw new CodedError<TokenErrorCode>('token-weak', 'That cannot be an API token.', {
        hint: `A token starts with ${TOKEN_PREFIX} and has at least ${LEAST_LENGTH} characters.`,
      });
    }
    const known = this.store.token(secretHash(secret));
    return known ? asToken(known) : this.keep(secret, name, role, by);
  }

  find(secret: string): Token | null {
    if (!secret.startsWith(TOKEN_PREFIX)) return null;
    const token = this.store.token(secretHash(secret));
    if (!token || token.revokedAt !== null) return null;
    const now = this.clock.now();
    if (token.usedAt === null || now - token.usedAt >= TOUCH_EVERY_MS) this.store.touchToken(token.id, now);
    return asToken(token);
  }

  /** Throws CodedError<'token-unknown'>. */
  revoke(id: string): void {
    if (this.store.revokeToken(id, this.clock.now())) return;
    throw new CodedError<TokenErrorCode>('token-unknown', 'There is no such token, or it is revoked already.');
  }

  private keep(secret: string, name: string, role: Role, by: string): Token {
    const record: TokenRecord = {
      id: newId(),
      hash: secretHash(secret),
      name,
      role,
      createdAt: this.clock.now(),
      createdBy: by,
      usedAt: null,
      revokedAt: null,
    };
    this.store.addToken(record);
    return asToken(record);
  }
}
