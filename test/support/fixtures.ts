import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', 'fixtures');

export interface FixtureCase {
  readonly name: string;
  read(file: string): string;
}

/** The cases of one driver under `test/fixtures/<driver>/`. */
export const fixtureCases = (driver: string): readonly FixtureCase[] => {
  const folder = join(root, driver);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, read: (file) => readFileSync(join(folder, name, file), 'utf8') }));
};

export const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replace(/\s+/g, ''), 'hex'));
