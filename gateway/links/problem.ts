import { CodedError, messageOf } from '../../model/errors.ts';

/** Why a link is not up, and a sentence a biomedical engineer can act on. */
export interface Problem {
  readonly reason: string;
  readonly hint: string | null;
}

/** What a connection attempt rejects with. */
export const connectError = (problem: Problem, cause?: unknown): CodedError<'cannot-connect'> =>
  new CodedError('cannot-connect', problem.reason, {
    ...(problem.hint === null ? {} : { hint: problem.hint }),
    ...(cause === undefined ? {} : { cause }),
  });

export const problemOf = (error: unknown): Problem => ({
  reason: messageOf(error),
  hint: error instanceof CodedError ? error.hint : null,
});

export const linkDown = (problem: Problem): CodedError<'link-down'> =>
  new CodedError('link-down', `the link is down: ${problem.reason}`, {
    ...(problem.hint === null ? {} : { hint: problem.hint }),
  });

/** The `code` of a system error (`ECONNREFUSED`), or null. */
export const systemCode = (error: unknown): string | null => {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
};
