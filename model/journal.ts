import type { Alert } from './alert.ts';
import type { Association } from './association.ts';
import type { LinkReport } from './device.ts';
import type { Patient, Place } from './person.ts';
import type { Sample } from './sample.ts';

/** Bytes as they came, and what was read from them. */
export interface FrameEntry {
  readonly type: 'frame';
  readonly device: string;
  readonly link: string;
  readonly receivedAt: number;
  /** Raw bytes; a Modbus poll holds its replies one after the other. Empty for what the gateway itself observed. */
  readonly frame: Uint8Array;
  /** MQTT topic, Modbus unit and blocks, or null. */
  readonly address: string | null;
  readonly digest: string;
  readonly samples: readonly Sample[];
}

/** Input that could not be read: kept for evidence, acknowledged so that it blocks nothing. */
export interface QuarantineEntry {
  readonly type: 'quarantine';
  readonly device: string | null;
  readonly link: string;
  readonly receivedAt: number;
  readonly frame: Uint8Array;
  readonly address: string | null;
  readonly code: string;
  readonly detail: string;
}

export const alertVerbs = [
  'raised',
  'updated',
  'cleared',
  'unknown',
  'acknowledged',
  'audio-paused',
  'audio-resumed',
  'reset',
  'inhibited',
  'uninhibited',
  'shelved',
  'unshelved',
  'out-of-service',
  'back-in-service',
  'reminded',
] as const;

/** One step in the life of an alert, with the state it led to. */
export interface AlertEntry {
  readonly type: 'alert';
  readonly at: number;
  readonly verb: (typeof alertVerbs)[number];
  readonly by: string | null;
  readonly reason: string;
  readonly alert: Alert;
}

export interface AssociationEntry {
  readonly type: 'association';
  readonly at: number;
  readonly by: string;
  readonly reason: string | null;
  readonly association: Association;
}

export interface PatientEntry {
  readonly type: 'patient';
  readonly at: number;
  readonly by: string;
  readonly patient: Patient;
}

export interface PlaceEntry {
  readonly type: 'place';
  readonly at: number;
  readonly place: Place;
}

export interface LinkEntry {
  readonly type: 'link';
  readonly at: number;
  readonly report: LinkReport;
}

/** Who did or saw what, or was refused. */
export interface AuditEntry {
  readonly type: 'audit';
  readonly at: number;
  readonly who: string;
  readonly role: string | null;
  /** e.g. `sign-in`, `read`, `search`, `acknowledge`, `refused`. */
  readonly action: string;
  /** e.g. `patient:p1`, `alert:…`, a route; never a value. */
  readonly target: string | null;
  readonly outcome: 'ok' | 'refused' | 'failed';
  readonly reason: string | null;
  readonly address: string | null;
}

export type JournalEntry =
  | FrameEntry
  | QuarantineEntry
  | AlertEntry
  | AssociationEntry
  | PatientEntry
  | PlaceEntry
  | LinkEntry
  | AuditEntry;

export interface Stored<Entry extends JournalEntry = JournalEntry> {
  /** Position in the journal, from 1, without gaps at commit. */
  readonly position: number;
  readonly committedAt: number;
  readonly entry: Entry;
}
