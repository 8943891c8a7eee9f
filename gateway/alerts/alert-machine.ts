import type { AlertState } from '../../model/alert.ts';

/*
 * The states of one alarm by ISA-18.2 and its arrows (standards.md 1.4), as a pure function. Three of the states hide
 * the alarm (shelved, suppressed, out of service); they remember what was owed when it was hidden, so that nothing is
 * lost behind them.
 */

export type ConditionState = 'on' | 'off' | 'unknown';

/** What a person still owed the alarm when it was hidden. */
export type Debt = 'none' | 'unacknowledged' | 'acknowledged';

export interface Standing {
  readonly state: AlertState;
  readonly condition: ConditionState;
  readonly latching: boolean;
  /** Only of hidden states; else `none`. */
  readonly debt: Debt;
}

export const machineEvents = [
  'raise',
  /** Raised while something inhibits it: nobody has been called. */
  'raise-inhibited',
  'clear',
  /** The condition can no longer be told. It is never taken for "cleared". */
  'lose',
  'acknowledge',
  'reset',
  /** More urgent than what was acknowledged. */
  're-alarm',
  'shelve',
  'unshelve',
  'suppress',
  'unsuppress',
  'take-out',
  'put-back',
] as const;
export type MachineEvent = (typeof machineEvents)[number];

export const atRest: Standing = { state: 'normal', condition: 'off', latching: false, debt: 'none' };

const hidden: readonly AlertState[] = ['shelved', 'suppressed', 'out-of-service'];
export const isHidden = (state: AlertState): boolean => hidden.includes(state);

const debtOf = (state: AlertState): Debt => {
  switch (state) {
    case 'unacknowledged':
    case 'returned-unacknowledged':
    case 'latched-unacknowledged':
      return 'unacknowledged';
    case 'acknowledged':
    case 'latched-acknowledged':
      return 'acknowledged';
    default:
      return 'none';
  }
};

/** The debt that a state carries after one change; the journal keeps states, not debts, so this derives them again. */
export const debtAfter = (before: Standing, next: Omit<Standing, 'debt'>): Debt => {
  if (!isHidden(next.state)) return 'none';
  if (!isHidden(before.state)) return debtOf(before.state);
  const raisedOnTheShelf = before.condition === 'off' && next.condition === 'on' && next.state !== 'suppressed';
  return raisedOnTheShelf && next.latching ? 'unacknowledged' : before.debt;
};

const to = (before: Standing, state: AlertState, condition: ConditionState = before.condition): Standing => {
  const next = { state, condition, latching: before.latching };
  return { ...next, debt: debtAfter(before, next) };
};

/** Back into the light: with the condition true always to unacknowledged, never silently to acknowledged. */
const reveal = (standing: Standing): Standing => {
  if (standing.condition !== 'off') return to(standing, 'unacknowledged');
  const { debt, latching, state } = standing;
  if (debt === 'unacknowledged' && latching) return to(standing, 'latched-unacknowledged');
  if (debt === 'acknowledged' && latching) return to(standing, 'latched-acknowledged');
  // A person shelved it, with a reason; what logic hid must still be seen by one.
  if (debt === 'unacknowledged' && state !== 'shelved') return to(standing, 'returned-unacknowledged');
  return to(standing, 'normal');
};

const raise = (standing: Standing): Standing | null => {
  const { state, condition } = standing;
  if (isHidden(state)) return condition === 'on' ? null : to(standing, state, 'on');
  if (condition === 'off') return to(standing, 'unacknowledged', 'on');
  return condition === 'unknown' ? to(standing, state, 'on') : null;
};

const clear = (standing: Standing): Standing | null => {
  const { state, condition, latching } = standing;
  if (condition === 'off') return null;
  const ended = to(standing, state, 'off');
  switch (state) {
    case 'unacknowledged':
      return to(ended, latching ? 'latched-unacknowledged' : 'returned-unacknowledged');
    case 'acknowledged':
      return to(ended, latching ? 'latched-acknowledged' : 'normal');
    case 'suppressed':
      // Nothing is left to inhibit.
      return reveal(ended);
    default:
      return ended;
  }
};

const acknowledge = (standing: Standing): Standing | null => {
  switch (standing.state) {
    case 'unacknowledged':
      return to(standing, 'acknowledged');
    case 'returned-unacknowledged':
      return to(standing, 'normal');
    case 'latched-unacknowledged':
      return to(standing, 'latched-acknowledged');
    default:
      return null;
  }
};

/** The next standing, or null where the event is no arrow of this state. */
export const step = (standing: Standing, event: MachineEvent): Standing | null => {
  const { state, condition } = standing;
  const isVisible = !isHidden(state) && state !== 'normal';
  switch (event) {
    case 'raise':
      return raise(standing);
    case 'raise-inhibited':
      return isHidden(state) || condition !== 'off' ? null : to(standing, 'suppressed', 'on');
    case 'clear':
      return clear(standing);
    case 'lose':
      return condition === 'on' ? to(standing, state, 'unknown') : null;
    case 'acknowledge':
      return acknowledge(standing);
    case 'reset':
      return state === 'latched-acknowledged' ? to(standing, 'normal') : null;
    case 're-alarm':
      return state === 'acknowledged' ? to(standing, 'unacknowledged') : null;
    case 'suppress':
      // Only what holds, or held when it was last known, can be inhibited.
      return isVisible && condition !== 'off' ? to(standing, 'suppressed', 'unknown') : null;
    case 'shelve':
      return isVisible || state === 'suppressed' ? to(standing, 'shelved') : null;
    case 'take-out':
      return state !== 'normal' && state !== 'out-of-service' ? to(standing, 'out-of-service') : null;
    case 'unshelve':
      return state === 'shelved' ? reveal(standing) : null;
    case 'unsuppress':
      return state === 'suppressed' ? reveal(standing) : null;
    case 'put-back':
      return state === 'out-of-service' ? reveal(standing) : null;
  }
};
