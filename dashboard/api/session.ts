import { signal } from '@preact/signals';
import type { ApiMe } from '../../model/api.ts';
import { ApiError, get, messageOf, post, remove } from './http.ts';

export type Session =
  | { readonly state: 'unknown' }
  /** The gateway did not answer: not the same as being signed out. */
  | { readonly state: 'unreachable'; readonly message: string }
  | { readonly state: 'signed-out'; readonly demo: string | null }
  | { readonly state: 'signed-in'; readonly me: ApiMe };

export const session = signal<Session>({ state: 'unknown' });

/** Asks who is signed in. A gateway that is away leaves a running screen as it is: the freshness chip tells of it. */
export const checkSession = async (): Promise<void> => {
  try {
    session.value = { state: 'signed-in', me: await get<ApiMe>('/me') };
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      session.value = { state: 'signed-out', demo: error.demo };
    } else if (session.value.state !== 'signed-in') {
      session.value = { state: 'unreachable', message: messageOf(error) };
    }
  }
};

/** Rejects with ApiError where name or password are wrong. */
export const signIn = async (name: string, password: string): Promise<void> => {
  await post('/session', { name, password });
  await checkSession();
};

export const signOut = async (): Promise<void> => {
  await remove('/session').catch(() => undefined);
  await checkSession();
};
