import type { Alert } from '../../model/alert.ts';
import type { AlertEntry } from '../../model/journal.ts';
import type { AlertBook } from './alert-book.ts';
import type { MachineEvent } from './alert-machine.ts';
import type { AlertPolicy } from './alert-policy.ts';

export type Change = Partial<Omit<Alert, 'id'>>;

/** What the parts of the engine share: the book, and the one way to change it. */
export interface EngineCore {
  readonly policy: AlertPolicy;
  readonly book: AlertBook;
  now(): number;
  /** Journals one step. Each has a reason that a person can read. */
  record(verb: AlertEntry['verb'], alert: Alert, change: Change, reason: string, by?: string | null): Alert;
  /** The alert's new state fields, or null where the event is no arrow of its state. */
  move(alert: Alert, event: MachineEvent, latching?: boolean): Pick<Alert, 'state' | 'condition'> | null;
  /** Looks again at who inhibits whom. */
  review(): void;
}
