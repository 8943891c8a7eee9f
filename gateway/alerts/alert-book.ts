import { type Alert, comparePriority, isActive, type Priority, subjectKey } from '../../model/alert.ts';
import type { AlertEntry } from '../../model/journal.ts';
import { alertKey, silenceKey } from './alert-key.ts';
import { atRest, debtAfter, type Standing } from './alert-machine.ts';

/** One alert, with what follows from its entries but is not shown. */
export interface AlertRecord {
  readonly alert: Alert;
  readonly standing: Standing;
  /** From when the next reminder is counted; null while it is not acknowledged. */
  readonly remindFrom: number | null;
  /** Pauses since it was last raised. */
  readonly pauses: number;
  readonly history: AlertEntry[];
}

export interface Silence {
  readonly subject: string;
  readonly until: number;
  readonly by: string | null;
  readonly priority: Priority;
}

/** Steps kept of one alert in memory; the journal has them all. */
const LONGEST_HISTORY = 500;

const standingOf = (alert: Alert, before: Standing): Standing => {
  const next = { state: alert.state, condition: alert.condition, latching: alert.latching };
  return { ...next, debt: debtAfter(before, next) };
};

const remindFromOf = (entry: AlertEntry, before: AlertRecord | undefined): number | null => {
  if (entry.alert.state !== 'acknowledged') return null;
  const isNew = entry.verb === 'acknowledged' || entry.verb === 'reminded';
  return isNew ? entry.at : (before?.remindFrom ?? entry.at);
};

const pausesOf = ({ verb }: AlertEntry, before: AlertRecord | undefined): number => {
  if (verb === 'raised') return 0;
  return (before?.pauses ?? 0) + (verb === 'audio-paused' ? 1 : 0);
};

/** True where this step calls people anew: a raise, or a priority that rose. */
const calls = ({ verb, alert }: AlertEntry, before: AlertRecord | undefined): boolean =>
  alert.state === 'unacknowledged' &&
  (verb === 'raised' ||
    (verb === 'updated' && before !== undefined && comparePriority(alert.priority, before.alert.priority) < 0));

/**
 * All alerts, as a fold of their journal entries and of nothing else. What the engine knows it knows from here, so that
 * reading the journal again after a restart gives the same alerts, silences and timers.
 */
export const createAlertBook = (keepEnded: number) => {
  const byId = new Map<string, AlertRecord>();
  const latest = new Map<string, string>();
  /** Ids of active alerts, in the order in which they were raised. */
  const open = new Set<string>();
  /** Ids of those that ended, oldest first. */
  const ended = new Set<string>();
  const silences = new Map<string, Silence>();

  const forget = (id: string): void => {
    const record = byId.get(id);
    ended.delete(id);
    byId.delete(id);
    if (record && latest.get(alertKey(record.alert)) === id) latest.delete(alertKey(record.alert));
  };

  /** Pauses, and what breaks them: a call of a higher priority for the same subject. */
  const hear = (entry: AlertEntry, before: AlertRecord | undefined): void => {
    const { verb, alert } = entry;
    const subject = subjectKey(alert.subject);
    if (verb === 'audio-resumed') silences.delete(silenceKey(alert));
    if (verb === 'audio-paused' && alert.audioPausedUntil !== null) {
      const { audioPausedUntil: until, pausedBy: by, priority } = alert;
      silences.set(silenceKey(alert), { subject, until, by, priority });
    }
    if (!calls(entry, before)) return;
    for (const [key, silence] of silences) {
      if (silence.subject === subject && comparePriority(alert.priority, silence.priority) < 0) silences.delete(key);
    }
  };

  return {
    add(entry: AlertEntry): void {
      const { alert } = entry;
      const before = byId.get(alert.id);
      const history = before?.history ?? [];
      history.push(entry);
      if (history.length > LONGEST_HISTORY) history.shift();
      byId.set(alert.id, {
        alert,
        standing: standingOf(alert, before?.standing ?? atRest),
        remindFrom: remindFromOf(entry, before),
        pauses: pausesOf(entry, before),
        history,
      });
      latest.set(alertKey(alert), alert.id);
      hear(entry, before);
      if (isActive(alert.state)) {
        open.add(alert.id);
        ended.delete(alert.id);
        return;
      }
      open.delete(alert.id);
      ended.delete(alert.id);
      ended.add(alert.id);
      const [oldest] = ended;
      if (ended.size > keepEnded && oldest !== undefined) forget(oldest);
    },
    get: (id: string): AlertRecord | null => byId.get(id) ?? null,
    /** The newest alert of one alarm, active or ended. */
    latest: (key: string): AlertRecord | null => byId.get(latest.get(key) ?? '') ?? null,
    /** Active alerts, in the order in which they were raised. */
    open: (): AlertRecord[] => [...open].flatMap((id) => byId.get(id) ?? []),
    silence(of: Pick<Alert, 'subject' | 'code'>, now: number): Silence | null {
      const key = silenceKey(of);
      const silence = silences.get(key);
      if (silence && silence.until <= now) silences.delete(key);
      return silence && silence.until > now ? silence : null;
    },
    get hasSilences(): boolean {
      return silences.size > 0;
    },
  };
};

export type AlertBook = ReturnType<typeof createAlertBook>;
