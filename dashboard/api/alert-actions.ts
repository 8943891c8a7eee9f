import { signal } from '@preact/signals';
import { messageOf, post } from './http.ts';

/** Default length of an audio pause (screens-and-alarms.md 0.2). */
export const PAUSE_SECONDS = 120;

export type ActionState = { readonly state: 'sending' } | { readonly state: 'failed'; readonly message: string };

/**
 * What this screen asked for and has not yet seen done, by alert. Nothing is shown as acknowledged before the gateway
 * says so on the live socket.
 */
export const actions = signal<ReadonlyMap<string, ActionState>>(new Map());

const set = (alert: string, state: ActionState | null): void => {
  const next = new Map(actions.value);
  if (state === null) next.delete(alert);
  else next.set(alert, state);
  actions.value = next;
};

const act = async (alert: string, path: string, body: unknown): Promise<void> => {
  set(alert, { state: 'sending' });
  try {
    await post(`/alerts/${encodeURIComponent(alert)}/${path}`, body);
    set(alert, null);
  } catch (error) {
    set(alert, { state: 'failed', message: messageOf(error) });
  }
};

export const acknowledge = (alert: string, note?: string): Promise<void> =>
  act(alert, 'acknowledge', note === undefined ? {} : { note });

export const pause = (alert: string): Promise<void> => act(alert, 'pause', { seconds: PAUSE_SECONDS });

/** Lets go of an alert that is latched though its cause is over. */
export const reset = (alert: string): Promise<void> => act(alert, 'reset', undefined);
