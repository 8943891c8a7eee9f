import { existsSync } from 'node:fs';
import { packageFile } from '../config/package-file.ts';

/** The built dashboard; null where it has not been built. */
export const dashboardDir = (): string | null => {
  const folder = packageFile('dist/dashboard');
  return existsSync(folder) ? folder : null;
};
