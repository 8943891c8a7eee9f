import { CodedError } from '../../model/errors.ts';
import type { SinkAnswer } from './contract.ts';

/** What a time-series store said, as far as the client shows it. `status` null: there was no answer. */
export interface StoreTrouble {
  readonly status: number | null;
  /** System code of a network error, e.g. `ECONNREFUSED`. */
  readonly code: string | null;
  readonly message: string;
}

/** The connection was never made, so nothing was written. */
const NOT_REACHED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

const MAX_DETAIL = 300;

const retry = (kind: 'transient' | 'ambiguous', detail: string): SinkAnswer => ({
  rejected: [],
  retry: { from: 0, kind, detail },
});

/** Answers that only someone at the keyboard can change: kept trying, with what to do. */
const hints: Readonly<Record<number, string>> = {
  401: 'Check the user and password, or the token, of this sink.',
  403: 'Its user or token may not write there: check what it is allowed.',
  404: 'Create the database or bucket, and check the URL; InfluxDB before 1.8 needs the sink for 1.x.',
};

/**
 * Transient, ambiguous or permanent (design 8). A 400 says that something in the batch is wrong but not what, and that
 * the rest may have been written: the batch is halved until it is found. 413: halved until it is small enough.
 */
export const answerFor = ({ status, code, message }: StoreTrouble): SinkAnswer => {
  const detail = message.slice(0, MAX_DETAIL);
  if (status === null) return retry(code !== null && NOT_REACHED.has(code) ? 'transient' : 'ambiguous', detail);
  if (status === 400 || status === 413 || status === 422) throw new CodedError('batch-refused', `${status}: ${detail}`);
  const hint = hints[status];
  if (hint) return retry('transient', `${status}: ${detail}. ${hint}`);
  return retry(status === 429 || status === 503 ? 'transient' : 'ambiguous', `${status}: ${detail}`);
};
