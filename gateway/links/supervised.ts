import { after, type Clock } from '../../model/clock.ts';
import type { LinkReport, LinkState } from '../../model/device.ts';
import type { Random } from '../../model/random.ts';
import { type BackoffLimits, createBackoff, defaultBackoff } from './backoff.ts';
import { createListeners } from './listeners.ts';
import { type Problem, problemOf } from './problem.ts';

/** One standing connection. */
export interface Connection {
  /** Shown while the link is up, e.g. that the port has a better name; null: nothing to say. */
  readonly advice: string | null;
  close(): Promise<void>;
}

export interface AttemptContext {
  /** Aborted when the link is closed while it connects. */
  readonly signal: AbortSignal;
  /** Called once when the connection is lost, whatever the reason. */
  lost(problem: Problem): void;
}

export interface SupervisedOptions<C extends Connection> {
  readonly id: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly backoff?: BackoffLimits;
  /** Resolves once the connection stands; rejects with `connectError`. */
  connect(context: AttemptContext): Promise<C>;
}

export interface Supervised<C extends Connection> {
  readonly id: string;
  report(): LinkReport;
  onReport(listener: (report: LinkReport) => void): () => void;
  open(): void;
  close(): Promise<void>;
  /** The standing connection, or null. */
  connection(): C | null;
  /** Why there is none. */
  problem(): Problem;
  /** Gives the connection up and connects anew. */
  reset(problem: Problem): void;
  counters(): { readonly connects: number; readonly failures: number; readonly losses: number };
}

const notOpened: Problem = { reason: 'not opened', hint: null };

/**
 * Keeps one connection standing: every way it can end leads to back-off and another attempt, until it is closed. While
 * attempts fail the report stays `down` with the last reason, so that a screen does not flicker.
 */
export const supervise = <C extends Connection>(options: SupervisedOptions<C>): Supervised<C> => {
  const { id, clock } = options;
  const backoff = createBackoff(clock, options.random, options.backoff ?? defaultBackoff);
  const listeners = createListeners<[LinkReport]>();
  const counted = { connects: 0, failures: 0, losses: 0 };
  let report: LinkReport = { link: id, state: 'down', since: clock.now(), reason: null, hint: null, attempts: 0 };
  let problem = notOpened;
  let wanted = false;
  let connection: C | null = null;
  /** Counts attempts; what an older attempt still says is ignored. */
  let attempt = 0;
  let abort = new AbortController();
  let cancelRetry = () => {};

  const tell = (state: LinkState, reason: string | null, hint: string | null, attempts: number): void => {
    const since = state === report.state ? report.since : clock.now();
    const { state: oldState, reason: oldReason, hint: oldHint, attempts: oldAttempts } = report;
    if (oldState === state && oldReason === reason && oldHint === hint && oldAttempts === attempts) return;
    report = { link: id, state, since, reason, hint, attempts };
    listeners.emit(report);
  };

  const retry = (why: Problem): void => {
    problem = why;
    cancelRetry = after(clock, backoff.next(), () => void connect());
    tell('down', why.reason, why.hint, report.attempts + 1);
  };

  const lose = (why: Problem): void => {
    const old = connection;
    connection = null;
    attempt++;
    counted.losses++;
    // It is lost already: how its end goes changes nothing.
    old?.close().catch(() => {});
    retry(why);
  };

  const connect = async (): Promise<void> => {
    const mine = ++attempt;
    abort = new AbortController();
    let lostEarly: Problem | null = null;
    const lost = (why: Problem): void => {
      if (mine !== attempt) return;
      if (connection) lose(why);
      else lostEarly ??= why;
    };
    if (report.state !== 'down' || report.attempts === 0) tell('connecting', null, null, report.attempts);
    try {
      const made = await options.connect({ signal: abort.signal, lost });
      if (mine !== attempt) {
        await made.close();
        return;
      }
      connection = made;
      counted.connects++;
      backoff.connected();
      if (lostEarly) lose(lostEarly);
      else tell('up', null, made.advice, 0);
    } catch (error) {
      if (mine !== attempt) return;
      counted.failures++;
      retry(problemOf(error));
    }
  };

  return {
    id,
    report: () => report,
    onReport: listeners.add,
    open() {
      if (wanted) return;
      wanted = true;
      void connect();
    },
    async close() {
      wanted = false;
      attempt++;
      cancelRetry();
      abort.abort(new Error('closed'));
      const old = connection;
      connection = null;
      problem = { reason: 'closed', hint: null };
      tell('down', problem.reason, null, 0);
      await old?.close();
    },
    connection: () => connection,
    problem: () => problem,
    reset(why) {
      if (connection) lose(why);
    },
    counters: () => counted,
  };
};
