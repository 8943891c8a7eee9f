import { type Alert, isActive } from '../../model/alert.ts';
import { CodedError } from '../../model/errors.ts';
import { silenceKey } from './alert-key.ts';
import type { EngineCore } from './engine-core.ts';
import { seconds } from './wording.ts';

/** What a person may do. Acknowledge, pause the sound, reset and shelve are different verbs (standards.md 1.3). */
export interface AlertCommands {
  /** "I have it": ends the sound of this alert until it ends. Acknowledging again changes nothing. */
  acknowledge(id: string, request: { readonly by: string; readonly note?: string | null }): Alert;
  /** Sound only, for a while, of everything under the same subject and code. */
  pauseAudio(id: string, request: { readonly by: string; readonly seconds?: number }): Alert;
  resume(id: string, request: { readonly by: string }): Alert;
  /** Closes what is latched; it must have ended and been acknowledged. */
  reset(id: string, request: { readonly by: string }): Alert;
  shelve(id: string, request: { readonly by: string; readonly reason: string; readonly seconds: number }): Alert;
  unshelve(id: string, request: { readonly by: string }): Alert;
  takeOutOfService(id: string, request: { readonly by: string; readonly reason: string }): Alert;
  returnToService(id: string, request: { readonly by: string }): Alert;
}

export type AlertErrorCode =
  | 'alert-not-found'
  | 'alert-not-active'
  | 'alert-wrong-state'
  | 'alert-bad-duration'
  | 'alert-pause-limit'
  | 'alert-reason-missing';

const refuse = (code: AlertErrorCode, message: string, hint: string) =>
  new CodedError<AlertErrorCode>(code, message, { hint });

const duration = (ms: number, longest: number): number => {
  if (ms > 0 && ms <= longest) return ms;
  throw refuse(
    'alert-bad-duration',
    'not an allowed length of time',
    `give more than 0 s and at most ${seconds(longest)}`,
  );
};

const reasonOf = (text: string): string => {
  if (text.trim() !== '') return text;
  throw refuse('alert-reason-missing', 'a reason is required', 'say why, for those who come after you');
};

export const createCommands = (
  core: EngineCore,
  unshelve: (alert: Alert, by: string, reason: string) => Alert,
): AlertCommands => {
  const find = (id: string): Alert => {
    const alert = core.book.get(id)?.alert;
    if (!alert) throw refuse('alert-not-found', 'there is no such alert', 'ask for the active alerts again');
    if (!isActive(alert.state)) {
      throw refuse('alert-not-active', 'the alert has ended', 'nothing is left to do; see its history');
    }
    return alert;
  };

  const wrongState = (alert: Alert, hint: string) =>
    refuse('alert-wrong-state', `not possible while the alert is ${alert.state}`, hint);

  const sameSilence = (alert: Alert): Alert[] =>
    core.book.open().flatMap(({ alert: other }) => (silenceKey(other) === silenceKey(alert) ? [other] : []));

  const current = (alert: Alert): Alert => core.book.get(alert.id)?.alert ?? alert;

  return {
    acknowledge(id, { by, note = null }) {
      const alert = find(id);
      if (alert.state === 'acknowledged' || alert.state === 'latched-acknowledged') return alert;
      const moved = core.move(alert, 'acknowledge');
      if (!moved) throw wrongState(alert, 'nobody is being called for it now');
      const who = { acknowledgedBy: by, acknowledgedAt: core.now(), note };
      return core.record('acknowledged', alert, { ...moved, ...who }, note ?? 'acknowledged', by);
    },
    pauseAudio(id, { by, seconds: length }) {
      const alert = find(id);
      const ms = duration(length === undefined ? core.policy.pauseMs : length * 1000, core.policy.maxPauseMs);
      if ((core.book.get(id)?.pauses ?? 0) >= core.policy.maxPauses) {
        throw refuse('alert-pause-limit', 'the sound has been paused too often', 'acknowledge the alert instead');
      }
      const until = core.now() + ms;
      for (const other of sameSilence(alert)) {
        const change = { audioPausedUntil: until, pausedBy: by };
        core.record('audio-paused', other, change, `sound paused for ${seconds(ms)}`, by);
      }
      return current(alert);
    },
    resume(id, { by }) {
      const alert = find(id);
      for (const other of sameSilence(alert)) {
        if (other.audioPausedUntil === null) continue;
        core.record('audio-resumed', other, { audioPausedUntil: null, pausedBy: null }, 'sound resumed', by);
      }
      return current(alert);
    },
    reset(id, { by }) {
      const alert = find(id);
      const moved = core.move(alert, 'reset');
      if (!moved) throw wrongState(alert, 'a latched alert is reset after it has ended and been acknowledged');
      return core.record('reset', alert, moved, 'reset', by);
    },
    shelve(id, { by, reason, seconds: length }) {
      const alert = find(id);
      const why = reasonOf(reason);
      const ms = duration(length * 1000, core.policy.maxShelveMs);
      const moved = core.move(alert, 'shelve');
      if (!moved) throw wrongState(alert, 'it is off the screen already');
      const change = { ...moved, shelvedUntil: core.now() + ms, inhibitedBy: [] };
      const shelved = core.record('shelved', alert, change, `${why} (${seconds(ms)})`, by);
      core.review();
      return shelved;
    },
    unshelve(id, { by }) {
      const alert = find(id);
      if (alert.state !== 'shelved') throw wrongState(alert, 'only a shelved alert can be taken off the shelf');
      return unshelve(alert, by, 'taken off the shelf');
    },
    takeOutOfService(id, { by, reason }) {
      const alert = find(id);
      const why = reasonOf(reason);
      const moved = core.move(alert, 'take-out');
      if (!moved) throw wrongState(alert, 'it is out of service already');
      const out = core.record('out-of-service', alert, { ...moved, shelvedUntil: null, inhibitedBy: [] }, why, by);
      core.review();
      return out;
    },
    returnToService(id, { by }) {
      const alert = find(id);
      const moved = core.move(alert, 'put-back');
      if (!moved) throw wrongState(alert, 'it is not out of service');
      core.record('back-in-service', alert, moved, 'back in service', by);
      core.review();
      return current(alert);
    },
  };
};
