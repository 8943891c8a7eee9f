import { closeSync, openSync, readSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3-multiple-ciphers';
import { CodedError } from '../../model/errors.ts';
import { isBusy, type StoreErrorCode } from './faults.ts';

/**
 * Paths held by this very process. POSIX locks belong to the process and are dropped when any descriptor of the file
 * is closed, so a held lock file must not even be read here.
 */
const heldHere = new Set<string>();

/** Where SQLite keeps the user version in a file's header (sqlite.org/fileformat.html 1.3). */
const USER_VERSION_OFFSET = 60;

const ownerOf = (path: string): number | null => {
  const bytes = Buffer.alloc(4);
  const descriptor = openSync(path, 'r');
  try {
    return readSync(descriptor, bytes, 0, 4, USER_VERSION_OFFSET) === 4 ? bytes.readUInt32BE() || null : null;
  } finally {
    closeSync(descriptor);
  }
};

const inUse = (file: string, owner: number | null): CodedError<StoreErrorCode> =>
  new CodedError('in-use', `${file} is in use by ${owner === null ? 'another gateway' : `process ${owner}`}`, {
    hint: 'One gateway per database: stop the other one, or give this one a data directory of its own.',
  });

/**
 * Makes this process the only gateway on a database. The lock is an SQLite transaction on a file beside it, since Node
 * has no file locks of its own; the system drops it when the process dies, however it dies, so none is ever left over.
 */
export const lockFile = (file: string): { release(): void } => {
  const path = join(realpathSync(dirname(file)), `${basename(file)}.lock`);
  if (heldHere.has(path)) throw inUse(file, process.pid);
  const lock = new Sqlite(path, { timeout: 0 });
  try {
    lock.pragma('journal_mode = MEMORY');
    lock.pragma(`user_version = ${process.pid}`);
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw isBusy(error) ? inUse(file, ownerOf(path)) : error;
  }
  heldHere.add(path);
  return {
    release() {
      lock.close();
      heldHere.delete(path);
    },
  };
};
