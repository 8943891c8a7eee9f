import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CodedError, messageOf } from '../../model/errors.ts';
import { type DriverCatalogue, loadDrivers } from './driver-catalogue.ts';
import type { Problem } from './problem.ts';
import { type SiteConfig, siteSchema } from './schema.ts';
import { senseProblems } from './sense.ts';
import { parseYaml, readYaml } from './yaml-document.ts';

export interface LoadedSite {
  /** null where there are errors. */
  readonly site: SiteConfig | null;
  readonly drivers: DriverCatalogue;
  readonly problems: readonly Problem[];
}

/** Reads and checks a site's configuration. Throws `config-unreadable` where there is no such file. */
export const loadSite = (file: string): LoadedSite => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CodedError('config-unreadable', `cannot read ${file}: ${messageOf(error)}`, {
      hint: 'name the site’s file with --config; config/wardwire.yaml in the package is an example to copy',
      cause: error,
    });
  }
  const document = readYaml(text, file);
  const { value: site, problems } = parseYaml(document, siteSchema);
  const drivers = loadDrivers(site?.profiles.map((path) => resolve(dirname(file), path)) ?? []);
  const all = [...problems, ...drivers.problems];
  if (site) {
    const ids = drivers.drivers.map((driver) => driver.id);
    all.push(...senseProblems(site, document, drivers.find, ids));
  }
  const failed = all.some((problem) => problem.severity === 'error');
  return { site: failed ? null : site, drivers, problems: all };
};
