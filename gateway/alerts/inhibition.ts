import { type Alert, comparePriority, subjectKey } from '../../model/alert.ts';
import type { AlertRecord } from './alert-book.ts';
import { matchesCode } from './alert-key.ts';

/** Inhibition reaches the same device, the same subject, and a device that is the subject of the inhibitor. */
const concerns = (inhibitor: Alert, target: Alert): boolean => {
  if (subjectKey(inhibitor.subject) === subjectKey(target.subject)) return true;
  const device = inhibitor.device ?? (inhibitor.subject.kind === 'device' ? inhibitor.subject.id : null);
  return device !== null && target.device === device;
};

const inhibiting = (target: Alert, open: readonly AlertRecord[]): readonly Alert[] =>
  open.flatMap(({ alert }) => {
    if (alert.id === target.id || alert.condition !== 'on' || !alert.inhibits?.length) return [];
    // What is itself inhibited or out of service says nothing about others.
    if (alert.state === 'suppressed' || alert.state === 'out-of-service') return [];
    const applies = concerns(alert, target) && alert.inhibits.some((pattern) => matchesCode(pattern, target.code));
    return applies ? [alert] : [];
  });

/** Codes of the alerts that inhibit this one now: what logic declares meaningless (design 7). */
export const inhibitorsOf = (target: Alert, open: readonly AlertRecord[]): readonly string[] =>
  [...new Set(inhibiting(target, open).map(({ code }) => code))].sort();

/** True where something at least as urgent inhibits it. */
export const isOutranked = (target: Alert, open: readonly AlertRecord[]): boolean =>
  inhibiting(target, open).some((inhibitor) => comparePriority(inhibitor.priority, target.priority) <= 0);
