import { type Clock, delay } from '../../model/clock.ts';
import { hasCode } from '../../model/errors.ts';
import type { Random } from '../../model/random.ts';
import type { Dialogue } from './dialogue.ts';

export interface Supervision {
  readonly clock: Clock;
  readonly random: Random;
  /** To be aborted when the link goes down: a session that waits for its next try notices nothing else. */
  readonly signal: AbortSignal;
  readonly firstRetryMs?: number;
  readonly longestRetryMs?: number;
  /** Called with each failure and the time to the next try. */
  onFailure?(error: unknown, retryInMs: number): void;
}

/** A session that ran this long counts as having worked: the next retry starts from the short wait again. */
const STEADY_MS = 60_000;

/**
 * Runs a session again and again while its link is up. Waits double from try to try, with jitter, so that the devices of
 * a ward do not all come back in one moment. Ends when the link goes down or `signal` is aborted.
 */
export const supervise = async (dialogue: Dialogue, supervision: Supervision): Promise<void> => {
  const { clock, random, signal, firstRetryMs = 1000, longestRetryMs = 60_000 } = supervision;
  let wait = firstRetryMs;
  const stop = () => dialogue.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    while (!signal.aborted) {
      const startedAt = clock.now();
      const failure = await dialogue.run().catch((error: unknown) => error);
      if (signal.aborted || hasCode(failure, 'link-down')) return;
      if (clock.now() - startedAt >= STEADY_MS) wait = firstRetryMs;
      const retryInMs = Math.round(wait * (0.5 + random.next()));
      supervision.onFailure?.(failure, retryInMs);
      wait = Math.min(2 * wait, longestRetryMs);
      await delay(clock, retryInMs, signal).catch(() => undefined);
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
};
