import { CodedError, messageOf } from '../../model/errors.ts';

export type StoreErrorCode =
  | 'cannot-open'
  | 'in-use'
  | 'wrong-key'
  | 'key-required'
  | 'not-encrypted'
  | 'damaged'
  | 'newer-file'
  | 'changed-migration'
  | 'disk-full'
  | 'busy'
  | 'disk-failed'
  | 'backup-exists'
  | 'backup-failed';

export type StoreError = CodedError<StoreErrorCode>;

const sqliteCode = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('SQLITE_')
    ? error.code
    : null;

/** Trouble with the file, as opposed to trouble with a statement, which is passed on as SQLite says it. */
const troubles: readonly { readonly code: RegExp; readonly is: StoreErrorCode; readonly hint: string }[] = [
  {
    code: /^SQLITE_FULL/,
    is: 'disk-full',
    hint: 'Free space on the disk of the database, or shorten the retention. Nothing that was stored is lost.',
  },
  {
    code: /^SQLITE_(CORRUPT|NOTADB)/,
    is: 'damaged',
    hint: 'Stop the gateway, keep the file for recovery and restore the latest backup.',
  },
  { code: /^SQLITE_(BUSY|LOCKED)/, is: 'busy', hint: 'Another program holds the database: close it.' },
  {
    code: /^SQLITE_(IOERR|READONLY|CANTOPEN|PERM)/,
    is: 'disk-failed',
    hint: 'Check the disk and the permissions of the directory of the database.',
  },
];

/** What a caller gets to see of an error of SQLite. */
export const translated = (error: unknown): unknown => {
  const code = sqliteCode(error);
  if (code === null) return error;
  const trouble = troubles.find((each) => each.code.test(code));
  if (!trouble) return error;
  return new CodedError<StoreErrorCode>(trouble.is, `${messageOf(error)} (${code})`, {
    hint: trouble.hint,
    cause: error,
  });
};

export const isNotADatabase = (error: unknown): boolean => sqliteCode(error) === 'SQLITE_NOTADB';
export const isBusy = (error: unknown): boolean => sqliteCode(error)?.startsWith('SQLITE_BUSY') === true;
