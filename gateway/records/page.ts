import { CodedError } from '../../model/errors.ts';

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Opaque; null on the last page. */
  readonly next: string | null;
}

/** Where a page ended: the sort key and, among equals, the row. */
export interface PageKey {
  readonly at: number;
  readonly seq: number;
}

export const defaultLimit = 100;
export const maximumLimit = 1000;

export const limitOf = (asked: number | undefined): number =>
  Math.min(maximumLimit, Math.max(1, Math.trunc(asked ?? defaultLimit)));

export const encodeCursor = (key: PageKey): string =>
  Buffer.from(`${key.at.toString(36)}.${key.seq.toString(36)}`).toString('base64url');

/** Throws CodedError<'bad-cursor'>. */
export const decodeCursor = (cursor: string): PageKey => {
  const match = /^(-?[0-9a-z]+)\.([0-9a-z]+)$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  const at = Number.parseInt(match?.[1] ?? '', 36);
  const seq = Number.parseInt(match?.[2] ?? '', 36);
  if (!Number.isSafeInteger(at) || !Number.isSafeInteger(seq)) {
    throw new CodedError('bad-cursor', 'The cursor is not one that was given out.', {
      hint: 'Start again without a cursor and follow `next`.',
    });
  }
  return { at, seq };
};

/** One more row than the page was asked for tells that there is a next one. */
export const pageOf = <Row extends PageKey, Item>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
): Page<Item> => {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { items: rows.slice(0, limit).map(item), next: last ? encodeCursor(last) : null };
};
