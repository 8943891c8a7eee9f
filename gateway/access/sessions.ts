import type { Clock } from '../../model/clock.ts';
import type { AccessStore, UserRecord } from './access-store.ts';
import { newSessionSecret, secretHash } from './secret.ts';

export interface SessionLimits {
  /** A session that nothing uses ends after this. An open live screen uses it: a ward's wall must not go dark. */
  readonly idleMs: number;
  /** However it is used, it ends after this: about a shift. */
  readonly absoluteMs: number;
}

/** Idle: standards.md 6.3, automatic log-off 5 to 15 min on a ward. */
export const defaultSessionLimits: SessionLimits = { idleMs: 15 * 60_000, absoluteMs: 12 * 3_600_000 };

/** `seen` is written at most this often: a request must not cost a write. */
const TOUCH_EVERY_MS = 30_000;

/** Who is signed in. The secret is in the browser's cookie only. */
export class Sessions {
  private readonly store: AccessStore;
  private readonly clock: Clock;
  readonly limits: SessionLimits;

  constructor(store: AccessStore, clock: Clock, limits: SessionLimits) {
    this.store = store;
    this.clock = clock;
    this.limits = limits;
  }

  /** Always a new secret, so that one planted before sign-in is worth nothing. */
  begin(user: string, previous: string | null): string {
    const now = this.clock.now();
    if (previous !== null) this.end(previous);
    this.store.removeSessionsBefore(now - this.limits.absoluteMs, now - this.limits.idleMs);
    const secret = newSessionSecret();
    this.store.addSession({ hash: secretHash(secret), user, createdAt: now, seenAt: now });
    return secret;
  }

  /** The user of a running session; null where there is none. */
  find(secret: string): UserRecord | null {
    const hash = secretHash(secret);
    const session = this.store.session(hash);
    if (!session) return null;
    const now = this.clock.now();
    const user = this.store.user(session.user);
    const isOver = now - session.createdAt >= this.limits.absoluteMs || now - session.seenAt >= this.limits.idleMs;
    if (!user || user.disabled || isOver) {
      this.store.removeSession(hash);
      return null;
    }
    if (now - session.seenAt >= Math.min(TOUCH_EVERY_MS, this.limits.idleMs / 4)) this.store.touchSession(hash, now);
    return user;
  }

  end(secret: string): void {
    this.store.removeSession(secretHash(secret));
  }
}
