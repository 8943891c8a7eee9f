import { createHash } from 'node:crypto';
import { type Condition, type Subject, subjectKey } from '../../model/alert.ts';

type Identity = Pick<Condition, 'rule' | 'code' | 'subject' | 'device'>;

/** One alarm: what one rule says under one code of one subject, from one device. */
export const alertKey = ({ rule, code, subject, device }: Identity): string =>
  `${rule}\n${subjectKey(subject)}\n${code}\n${device ?? ''}`;

/** The same onset always gets the same id, in replay too. */
export const alertId = (identity: Identity, onset: number): string =>
  createHash('sha256')
    .update(`${alertKey(identity)}\n${onset}`)
    .digest('hex')
    .slice(0, 32);

/** Silence is keyed to subject and code, whichever device or instance it is (screens-and-alarms.md 0.3). */
export const silenceKey = (of: { readonly subject: Subject; readonly code: string }): string =>
  `${subjectKey(of.subject)}\n${of.code}`;

/** `heart-rate-*` matches every code that begins so; `*` matches all. */
export const matchesCode = (pattern: string, code: string): boolean =>
  pattern.endsWith('*') ? code.startsWith(pattern.slice(0, -1)) : pattern === code;
