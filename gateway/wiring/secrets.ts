import { readFileSync } from 'node:fs';
import { CodedError, messageOf } from '../../model/errors.ts';

/** Secrets never stand in a site's file: it names the environment variables and files that hold them. */
export interface Secrets {
  /** Throws `config-secret-missing` where the variable is named but not set. */
  variable(name: string | undefined): string | null;
  file(path: string | undefined): string | null;
}

export const createSecrets = (environment: Readonly<Record<string, string | undefined>>): Secrets => ({
  variable(name) {
    if (name === undefined) return null;
    const value = environment[name];
    if (value === undefined) {
      throw new CodedError('config-secret-missing', `the environment variable ${name} is not set`, {
        hint: `the configuration names it: export ${name}=… before the start`,
      });
    }
    return value;
  },
  file(path) {
    if (path === undefined) return null;
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      throw new CodedError('config-secret-missing', `cannot read ${path}: ${messageOf(error)}`, {
        hint: 'the configuration names it: correct the path, or allow the gateway to read it',
        cause: error,
      });
    }
  },
});
