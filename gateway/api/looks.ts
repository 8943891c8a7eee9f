import type { Clock } from '../../model/clock.ts';
import type { AuditEntry } from '../../model/journal.ts';
import type { Actor } from '../access/actor.ts';
import { viewerOf } from './lens.ts';

/** Writes down who looked at whom, and who did what (promise 10). Never a value. */
export class Looks {
  private readonly clock: Clock;
  private readonly audit: (entry: AuditEntry) => void;

  constructor(clock: Clock, audit: (entry: AuditEntry) => void) {
    this.clock = clock;
    this.audit = audit;
  }

  /** One entry for each patient that an answer told of. */
  patients(actor: Actor, action: string, patients: Iterable<string | null>, address: string): void {
    const reason = viewerOf(actor) === 'pseudonymous' ? 'pseudonymised' : null;
    for (const patient of new Set(patients)) {
      if (patient !== null) this.write(actor, action, `patient:${patient}`, address, reason);
    }
  }

  write(actor: Actor, action: string, target: string | null, address: string, reason: string | null = null): void {
    this.audit({
      type: 'audit',
      at: this.clock.now(),
      who: actor.name,
      role: actor.role,
      action,
      target,
      outcome: 'ok',
      reason,
      address,
    });
  }
}
