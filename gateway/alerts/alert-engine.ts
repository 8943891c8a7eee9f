import { type Alert, type Condition, comparePriority, isActive, subjectKey } from '../../model/alert.ts';
import type { Clock } from '../../model/clock.ts';
import type { AlertEntry } from '../../model/journal.ts';
import { createAlertBook } from './alert-book.ts';
import { alertId, alertKey } from './alert-key.ts';
import { atRest, type Standing, step } from './alert-machine.ts';
import { type AlertPolicy, defaultAlertPolicy } from './alert-policy.ts';
import { type AlertCommands, createCommands } from './commands.ts';
import type { Change, EngineCore } from './engine-core.ts';
import { inhibitorsOf, isOutranked } from './inhibition.ts';
import { seconds } from './wording.ts';

export interface AlertEngineOptions {
  readonly clock: Clock;
  /** Called with each step, in order; alerts never wait for the disk. */
  journalAppend(entry: AlertEntry): void;
  readonly policy?: Partial<AlertPolicy>;
}

const MOST_REVIEWS = 4;

const isLater = (a: number | null | undefined, now: number): boolean => a !== null && a !== undefined && a > now;

/**
 * Conditions in, alerts out (design 7). The engine decides; every decision is an entry, and its whole state is the fold
 * of the entries (alert-book.ts). So `restore` is all it takes to go on after a restart.
 */
export const createAlertEngine = (options: AlertEngineOptions) => {
  const { clock } = options;
  const policy: AlertPolicy = { ...defaultAlertPolicy, ...options.policy };
  const book = createAlertBook(policy.keepEnded);
  let planned: { readonly at: number; readonly cancel: () => void } | null = null;

  const standingOf = (alert: Alert): Standing => book.get(alert.id)?.standing ?? atRest;

  /** When something of this alert is due by itself; Infinity: never. */
  const dueOf = (id: string): number => {
    const record = book.get(id);
    if (!record) return Number.POSITIVE_INFINITY;
    const { alert, remindFrom } = record;
    const remindAt = remindFrom !== null && policy.remindMs !== null ? remindFrom + policy.remindMs : null;
    const shelf = alert.state === 'shelved' ? alert.shelvedUntil : null;
    return Math.min(...[alert.audioPausedUntil, shelf, remindAt].map((at) => at ?? Number.POSITIVE_INFINITY));
  };

  const plan = (due: number): void => {
    if (due === Number.POSITIVE_INFINITY || (planned && planned.at <= due)) return;
    planned?.cancel();
    planned = { at: due, cancel: clock.at(due, fire) };
  };

  const core: EngineCore = {
    policy,
    book,
    now: () => clock.now(),
    record(verb, alert, change, reason, by = null) {
      const next: Alert = { ...alert, ...change };
      const silent: Alert = isActive(next.state)
        ? next
        : { ...next, audioPausedUntil: null, pausedBy: null, inhibitedBy: [] };
      const entry: AlertEntry = { type: 'alert', at: clock.now(), verb, by, reason, alert: silent };
      book.add(entry);
      options.journalAppend(entry);
      plan(dueOf(silent.id));
      return silent;
    },
    move(alert, event, latching = alert.latching) {
      const next = step({ ...standingOf(alert), latching }, event);
      if (!next) return null;
      const endsByItself = next.state === 'returned-unacknowledged' && !policy.mustBeSeen.includes(alert.priority);
      return { state: endsByItself ? 'normal' : next.state, condition: next.condition };
    },
    review: () => reviewInhibition(),
  };

  /** The sound of everything less urgent about this subject comes back. */
  const breakSilences = (alert: Alert): void => {
    for (const { alert: other } of book.open()) {
      if (subjectKey(other.subject) !== subjectKey(alert.subject)) continue;
      if (!isLater(other.audioPausedUntil, clock.now()) || comparePriority(alert.priority, other.priority) >= 0)
        continue;
      core.record('audio-resumed', other, { audioPausedUntil: null, pausedBy: null }, `broken by ${alert.code}`);
    }
  };

  const hasInhibits = (alert: Alert): boolean => (alert.inhibits?.length ?? 0) > 0;

  /** Raised: for the first time, again within the flap window, or again while still open. */
  const raise = (condition: Condition, joined: Alert | null, onset: string): void => {
    const { rule, ruleVersion, code, subject, device, kind, priority, message, metric, value, limit } = condition;
    const latching = condition.latching || (joined !== null && isActive(joined.state) && joined.latching);
    const silence = book.silence(condition, clock.now());
    const isSilenced = silence !== null && comparePriority(priority, silence.priority) >= 0;
    const fresh: Alert = {
      id: joined?.id ?? alertId(condition, condition.at),
      rule,
      ruleVersion,
      code,
      subject,
      device,
      kind,
      priority,
      latching,
      state: 'normal',
      condition: 'off',
      message,
      metric,
      value,
      limit,
      raisedAt: joined?.raisedAt ?? condition.at,
      endedAt: null,
      acknowledgedBy: null,
      acknowledgedAt: null,
      note: null,
      audioPausedUntil: isSilenced ? silence.until : null,
      pausedBy: isSilenced ? silence.by : null,
      occurrences: (joined?.occurrences ?? 0) + 1,
      inhibitedBy: [],
      inhibits: condition.inhibits,
      shelvedUntil: joined?.shelvedUntil ?? null,
      samples: condition.samples,
      simulated: condition.simulated,
    };
    const inhibitedBy = inhibitorsOf(fresh, book.open());
    // What is shelved or out of service stays so.
    const moved = (inhibitedBy.length > 0 ? core.move(fresh, 'raise-inhibited') : null) ?? core.move(fresh, 'raise');
    if (!moved) return;
    const isHiddenByLogic = moved.state === 'suppressed';
    const reason = isHiddenByLogic ? `${onset}; inhibited by ${inhibitedBy.join(', ')}` : onset;
    const change = { ...moved, inhibitedBy: isHiddenByLogic ? inhibitedBy : [] };
    const alert = core.record('raised', fresh, change, reason);
    if (alert.state === 'unacknowledged') breakSilences(alert);
    if (hasInhibits(alert)) reviewInhibition();
  };

  /** The condition still holds: what changed about it, if anything. */
  const persist = (condition: Condition, alert: Alert): void => {
    const { message, value, limit, samples } = condition;
    const rises = comparePriority(condition.priority, alert.priority) < 0;
    const isOwed = alert.state === 'unacknowledged' || standingOf(alert).debt === 'unacknowledged';
    // What nobody has acknowledged yet keeps the highest priority it reached.
    const priority = rises || !isOwed ? condition.priority : alert.priority;
    const latching = alert.latching || condition.latching;
    const moved = (rises ? core.move(alert, 're-alarm') : null) ?? core.move(alert, 'raise');
    const isSame = message === alert.message && value === alert.value && priority === alert.priority;
    if (!moved && isSame && latching === alert.latching && limit === alert.limit) return;
    const change: Change = { message, value, limit, priority, latching, ...moved, inhibits: condition.inhibits };
    const silence = book.silence(alert, clock.now());
    const breaksOwn = rises && silence !== null;
    const called = rises && alert.state === 'acknowledged';
    const reason = rises
      ? `priority rose to ${priority}`
      : alert.condition === 'unknown'
        ? 'known again: it still holds'
        : 'it still holds, with other values';
    const updated = core.record(
      'updated',
      alert,
      {
        ...change,
        samples,
        condition: 'on',
        ...(called ? { acknowledgedBy: null, acknowledgedAt: null, note: null } : {}),
        ...(breaksOwn ? { audioPausedUntil: null, pausedBy: null } : {}),
      },
      reason,
    );
    if (rises && updated.state === 'unacknowledged') breakSilences(updated);
    if (hasInhibits(updated) && alert.condition !== 'on') reviewInhibition();
  };

  const end = (condition: Condition, alert: Alert): void => {
    const moved = core.move(alert, 'clear');
    if (!moved) return;
    const change = { ...moved, endedAt: condition.at, inhibitedBy: [] };
    core.record('cleared', alert, change, condition.message === alert.message ? 'it has ended' : condition.message);
    if (hasInhibits(alert)) reviewInhibition();
  };

  const lose = (alert: Alert): void => {
    const moved = core.move(alert, 'lose');
    if (!moved) return;
    core.record('unknown', alert, moved, 'it can no longer be told; last known: it holds');
    if (hasInhibits(alert)) reviewInhibition();
  };

  const inhibit = (alert: Alert, inhibitedBy: readonly string[], isOutrankedByAll: boolean): void => {
    const names = inhibitedBy.join(', ');
    const moved = core.move(alert, 'suppress');
    if (alert.inhibitedBy.length > 0 || !moved) {
      core.record('inhibited', alert, { inhibitedBy }, `inhibited by ${names}`);
    } else if (alert.state === 'unacknowledged' && !isOutrankedByAll) {
      // Somebody is being called for something more urgent than what would silence it: it stays until acknowledged.
      const change = { inhibitedBy, condition: 'unknown' } as const;
      core.record('inhibited', alert, change, `no longer known because of ${names}; stays until acknowledged`);
    } else core.record('inhibited', alert, { ...moved, inhibitedBy }, `inhibited by ${names}`);
  };

  const release = (alert: Alert): void => {
    const moved = core.move(alert, 'unsuppress');
    const change = moved?.state === 'unacknowledged' ? { acknowledgedBy: null, acknowledgedAt: null, note: null } : {};
    const released = core.record(
      'uninhibited',
      alert,
      { ...moved, ...change, inhibitedBy: [] },
      'nothing inhibits it any more',
    );
    if (released.state === 'unacknowledged' && moved) breakSilences(released);
  };

  /** One look at every active alert; true where something changed. */
  const reviewOnce = (): boolean => {
    let hasChanged = false;
    for (const { alert: listed } of book.open()) {
      const alert = book.get(listed.id)?.alert ?? listed;
      if (alert.condition === 'off' || alert.state === 'shelved' || alert.state === 'out-of-service') continue;
      const inhibitors = inhibitorsOf(alert, book.open());
      if (inhibitors.join('\n') === alert.inhibitedBy.join('\n')) continue;
      hasChanged = true;
      if (inhibitors.length === 0) release(alert);
      else inhibit(alert, inhibitors, isOutranked(alert, book.open()));
    }
    return hasChanged;
  };

  /** What is suppressed inhibits nothing, so one change can lead to the next; a ring of rules must not lead on for ever. */
  const reviewInhibition = (): void => {
    for (let pass = 0; pass < MOST_REVIEWS && reviewOnce(); pass++);
  };

  const runDue = (id: string, now: number): void => {
    const due = book.get(id);
    if (!due) return;
    if (due.alert.audioPausedUntil !== null && due.alert.audioPausedUntil <= now) {
      core.record('audio-resumed', due.alert, { audioPausedUntil: null, pausedBy: null }, 'the pause has ended');
    }
    const { alert, remindFrom } = book.get(id) ?? due;
    if (alert.state === 'shelved' && !isLater(alert.shelvedUntil, now)) unshelve(alert, null, 'its time has ended');
    else if (remindFrom !== null && policy.remindMs !== null && remindFrom + policy.remindMs <= now) {
      core.record('reminded', alert, {}, 'acknowledged, and it still holds');
    }
  };

  const unshelve = (alert: Alert, by: string | null, reason: string): Alert => {
    const moved = core.move(alert, 'unshelve');
    const change = moved?.state === 'unacknowledged' ? { acknowledgedBy: null, acknowledgedAt: null, note: null } : {};
    const back = core.record('unshelved', alert, { ...moved, ...change, shelvedUntil: null }, reason, by);
    if (back.state === 'unacknowledged') breakSilences(back);
    reviewInhibition();
    return book.get(alert.id)?.alert ?? back;
  };

  const fire = (): void => {
    planned = null;
    const now = clock.now();
    const due = book.open().map(({ alert }) => ({ id: alert.id, at: dueOf(alert.id) }));
    due.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
    for (const { id, at } of due) if (at <= now) runDue(id, now);
    replan();
  };

  const replan = (): void => {
    plan(Math.min(...book.open().map(({ alert }) => dueOf(alert.id)), Number.POSITIVE_INFINITY));
  };

  const commands: AlertCommands = createCommands(core, unshelve);

  return {
    /** What a rule says: raises, changes, ends or loses an alert. */
    apply(condition: Condition): void {
      const before = book.latest(alertKey(condition))?.alert ?? null;
      const isOpen = before !== null && isActive(before.state);
      if (condition.state === 'on') {
        if (isOpen && before.condition !== 'off') persist(condition, before);
        else if (isOpen) raise(condition, before, 'again, before it was closed');
        else if (before?.endedAt != null && condition.at - before.endedAt <= policy.flapMs) {
          raise(condition, before, `again within ${seconds(policy.flapMs)} of its end`);
        } else raise(condition, null, 'onset');
      } else if (isOpen && condition.state === 'off') end(condition, before);
      else if (isOpen) lose(before);
    },
    ...commands,
    /** Everything that is on somebody's screen, in the order in which it was raised. */
    active: (): Alert[] => book.open().map(({ alert }) => alert),
    get: (id: string): Alert | null => book.get(id)?.alert ?? null,
    /** The steps of one alert, oldest first; empty where it is no longer in memory. */
    history: (id: string): readonly AlertEntry[] => [...(book.get(id)?.history ?? [])],
    /** Takes in what the journal holds, oldest first, before anything else happens. Journals nothing. */
    restore(entries: Iterable<AlertEntry>): void {
      for (const entry of entries) book.add(entry);
      replan();
    },
    /** Ends its timer; what is due is done after the next `restore`. */
    stop(): void {
      planned?.cancel();
      planned = null;
    },
  };
};

export type AlertEngine = ReturnType<typeof createAlertEngine>;
