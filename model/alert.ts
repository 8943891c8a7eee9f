/** IEC 60601-1-8 priorities, highest first. */
export const priorities = ['high', 'medium', 'low', 'information'] as const;
export type Priority = (typeof priorities)[number];

/** Negative where `a` is more urgent than `b`. */
export const comparePriority = (a: Priority, b: Priority): number => priorities.indexOf(a) - priorities.indexOf(b);

export const alertKinds = ['physiological', 'technical'] as const;
export type AlertKind = (typeof alertKinds)[number];

/** ISA-18.2 states (standards.md 1.4). */
export const alertStates = [
  'normal',
  'unacknowledged',
  'acknowledged',
  'returned-unacknowledged',
  'latched-unacknowledged',
  'latched-acknowledged',
  'shelved',
  'suppressed',
  'out-of-service',
] as const;
export type AlertState = (typeof alertStates)[number];

export const subjectKinds = ['patient', 'place', 'device'] as const;

/** Whom or what a condition is about. */
export interface Subject {
  readonly kind: (typeof subjectKinds)[number];
  readonly id: string;
}

export const subjectKey = (subject: Subject): string => `${subject.kind}:${subject.id}`;

/** What a rule says about one thing it watches: the input of the alert engine. */
export interface Condition {
  readonly rule: string;
  readonly ruleVersion: number;
  /** Within the rule and the subject, e.g. `heart-rate-high`. */
  readonly code: string;
  readonly subject: Subject;
  /** The device whose samples decided; null where several or none. */
  readonly device: string | null;
  readonly state: 'on' | 'off' | 'unknown';
  readonly kind: AlertKind;
  readonly priority: Priority;
  readonly latching: boolean;
  /** Event time at which it became so. */
  readonly at: number;
  /** For people, without patient data, e.g. `HR 148 > 120 /min`. */
  readonly message: string;
  readonly metric: string | null;
  readonly value: number | null;
  readonly limit: number | null;
  /** Ids of the samples that decided. */
  readonly samples: readonly string[];
  /** Codes that this condition inhibits while it is on, for the same device or subject (`*` at the end is a prefix). */
  readonly inhibits: readonly string[];
  readonly simulated: boolean;
}

/** The alert as stored and shown: five separate fields, never one "snoozed" flag (screens-and-alarms.md 1.5). */
export interface Alert {
  readonly id: string;
  readonly rule: string;
  readonly ruleVersion: number;
  readonly code: string;
  readonly subject: Subject;
  readonly device: string | null;
  readonly kind: AlertKind;
  readonly priority: Priority;
  readonly latching: boolean;
  readonly state: AlertState;
  readonly condition: 'on' | 'off' | 'unknown';
  readonly message: string;
  readonly metric: string | null;
  readonly value: number | null;
  readonly limit: number | null;
  readonly raisedAt: number;
  /** When the condition ended; null while it holds. */
  readonly endedAt: number | null;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAt: number | null;
  readonly note: string | null;
  /** Sound is paused until then; null: not paused. */
  readonly audioPausedUntil: number | null;
  readonly pausedBy: string | null;
  /** How often it was raised within the flap window. */
  readonly occurrences: number;
  /** Codes of the alerts that inhibit this one now. */
  readonly inhibitedBy: readonly string[];
  /** Codes that this alert inhibits while its condition is on (`*` at the end is a prefix). */
  readonly inhibits?: readonly string[];
  /** While it is shelved: when it comes back. */
  readonly shelvedUntil?: number | null;
  readonly samples: readonly string[];
  readonly simulated: boolean;
}

/** True while the alert is on somebody's screen as needing attention. */
export const isActive = (state: AlertState): boolean => state !== 'normal';
