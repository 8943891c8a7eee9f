import type { Clock } from '../../model/clock.ts';
import { CodedError } from '../../model/errors.ts';
import type { Role } from '../../model/person.ts';
import type { AccessStore, TokenRecord } from './access-store.ts';
import { newId, newTokenSecret, secretHash } from './secret.ts';

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

  /**
   * Takes a secret made elsewhere: only the demo does, with the one it is given. The same secret twice is one token.
   * How strong it is lies with whoever chose it, but a header cannot carry blanks.
   */
  adopt(secret: string, name: string, role: Role, by: string): Token {
    if (!/^[\x21-\x7e]+$/.test(secret)) {
      throw new CodedError<TokenErrorCode>('token-weak', 'That cannot be an API token.', {
        hint: 'Use printable ASCII characters without blanks.',
      });
    }
    const known = this.store.token(secretHash(secret));
    return known ? asToken(known) : this.keep(secret, name, role, by);
  }

  find(secret: string): Token | null {
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
