import { CodedError, hasCode } from '../../model/errors.ts';
import type { ViewErrorCode } from '../api/ports.ts';

/** The rooms' own refusals in the words of the API; anything else is a fault and stays one. */
const meaning: Readonly<Record<string, ViewErrorCode>> = {
  'association-conflict': 'conflict',
  'association-ended': 'conflict',
  'association-invalid': 'invalid',
  'association-unknown': 'not-found',
  'alert-not-found': 'not-found',
  'alert-not-active': 'conflict',
  'alert-wrong-state': 'conflict',
  'alert-bad-duration': 'invalid',
  'alert-pause-limit': 'conflict',
  'alert-reason-missing': 'invalid',
  'bad-cursor': 'bad-cursor',
  'journal-full': 'unavailable',
  'journal-failed': 'unavailable',
  'journal-closed': 'unavailable',
};

const translate = (error: unknown): unknown => {
  if (!hasCode(error)) return error;
  const code = meaning[error.code];
  if (code === undefined) return error;
  return new CodedError<ViewErrorCode>(code, error.message, {
    cause: error,
    ...(error.hint === null ? {} : { hint: error.hint }),
  });
};

/** Runs what may be refused by another room. */
export const asView = <T>(task: () => T): T => {
  try {
    const result = task();
    return result instanceof Promise
      ? (result.catch((error: unknown) => Promise.reject(translate(error))) as T)
      : result;
  } catch (error) {
    throw translate(error);
  }
};
