import { CodedError } from '../../model/errors.ts';
import type { Page } from '../api/ports.ts';

/** A page of a list that is held in memory, already in its order; the cursor is where the last page ended. */
export const pageOfList = <T extends { readonly id: string }>(
  items: readonly T[],
  limit: number,
  cursor: string | null,
): Page<T> => {
  const start =
    cursor === null ? 0 : items.findIndex((item) => item.id === Buffer.from(cursor, 'base64url').toString()) + 1;
  if (cursor !== null && start === 0) {
    throw new CodedError('bad-cursor', 'The cursor is not one that was given out.', {
      hint: 'Start again without a cursor.',
    });
  }
  const page = items.slice(start, start + limit);
  const last = page.at(-1);
  return {
    items: page,
    next: last && start + limit < items.length ? Buffer.from(last.id).toString('base64url') : null,
  };
};
