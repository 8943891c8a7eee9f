import type { Clock } from '../../model/clock.ts';
import type { AuditEntry } from '../../model/journal.ts';

const WINDOW_MS = 60_000;
const PER_WINDOW = 60;
const ADDRESSES = 1000;

interface Window {
  startedAt: number;
  written: number;
  withheld: number;
}

/**
 * Writes refusals to the audit, each one until an address has too many in a minute, then how many more there were:
 * whoever knocks a million times must not fill the disk.
 */
export class Refusals {
  private readonly windows = new Map<string, Window>();
  private readonly clock: Clock;
  private readonly audit: (entry: AuditEntry) => void;

  constructor(clock: Clock, audit: (entry: AuditEntry) => void) {
    this.clock = clock;
    this.audit = audit;
  }

  write(refusal: Pick<AuditEntry, 'who' | 'role' | 'target' | 'reason' | 'address'>): void {
    const now = this.clock.now();
    const key = refusal.address ?? '';
    let window = this.windows.get(key);
    if (!window || now - window.startedAt >= WINDOW_MS) {
      if (window) this.close(key, window);
      window = { startedAt: now, written: 0, withheld: 0 };
      this.windows.set(key, window);
      this.makeRoom();
    }
    if (window.written >= PER_WINDOW) {
      window.withheld++;
      return;
    }
    window.written++;
    this.audit({ at: now, type: 'audit', action: 'refused', outcome: 'refused', ...refusal });
  }

  /** Writes what is still only counted. */
  flush(): void {
    for (const [address, window] of this.windows) this.close(address, window);
  }

  private makeRoom(): void {
    if (this.windows.size <= ADDRESSES) return;
    for (const [address, window] of this.windows) {
      this.close(address, window);
      break;
    }
  }

  private close(address: string, window: Window): void {
    this.windows.delete(address);
    if (window.withheld === 0) return;
    this.audit({
      type: 'audit',
      at: this.clock.now(),
      who: 'unknown',
      role: null,
      action: 'refused',
      target: null,
      outcome: 'refused',
      reason: `${window.withheld} more within a minute`,
      address,
    });
  }
}
