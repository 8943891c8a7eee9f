import { readFileSync } from 'node:fs';
import { CodedError, messageOf } from '../../model/errors.ts';

export const KEY_VARIABLE = 'WARDWIRE_DATABASE_KEY';

const tooShort = (source: string): CodedError<'bad-key'> =>
  new CodedError('bad-key', `the database key in ${source} is too short`, {
    hint: 'Use at least 16 characters, e.g. the output of `openssl rand -base64 32`.',
  });

export interface KeySources {
  /** A file that holds nothing but the key; white space at its ends does not count. */
  readonly keyFile?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The key of the database from its file or the environment; undefined: the database is not encrypted. */
export const readKey = ({ keyFile, environment }: KeySources): string | undefined => {
  let key = environment[KEY_VARIABLE];
  let source: string = KEY_VARIABLE;
  if (keyFile !== undefined) {
    source = keyFile;
    try {
      key = readFileSync(keyFile, 'utf8').trim();
    } catch (error) {
      throw new CodedError('bad-key', `cannot read the key file: ${messageOf(error)}`, {
        hint: 'Name a file that the gateway may read, or remove the option.',
        cause: error,
      });
    }
  }
  if (key === undefined) return undefined;
  // Not a measure of its strength: catches an empty file and a placeholder.
  if (key.length < 16) throw tooShort(source);
  return key;
};
