import { dirname, isAbsolute, resolve } from 'node:path';
import { rules } from '../../rules/catalogue.ts';
import type { DriverCatalogue } from '../config/driver-catalogue.ts';
import { loadSite } from '../config/load-site.ts';
import { packageFile } from '../config/package-file.ts';
import { formatProblem } from '../config/problem.ts';
import type { SiteConfig } from '../config/schema.ts';
import { loadRules, type RuleSettings } from '../rules/rule-settings.ts';
import { readKey } from '../store/key.ts';
import { ruleFactsOf } from '../wiring/site-facts.ts';

export interface OpenedSite {
  readonly site: SiteConfig;
  readonly drivers: DriverCatalogue;
  readonly rules: RuleSettings;
  readonly key: string | undefined;
}

/** Paths in a site's file are meant from where the file is. */
const beside = (file: string, path: string): string => (isAbsolute(path) ? path : resolve(dirname(file), path));

/** Loads a site and its rules; what is wrong is printed. null: there are errors. Throws where a file cannot be read. */
export const openSite = (file: string): OpenedSite | null => {
  const { site, drivers, problems } = loadSite(file);
  for (const problem of problems) console.error(formatProblem(problem));
  if (!site) return null;
  const rulesFile = site.rules === undefined ? packageFile('config/rules/default.yaml') : beside(file, site.rules);
  const loaded = loadRules(rulesFile, rules, ruleFactsOf(site));
  for (const problem of loaded.problems) console.error(formatProblem(problem));
  if (!loaded.settings) return null;
  const keyFile = site.keyFile === undefined ? undefined : beside(file, site.keyFile);
  const key = readKey({ keyFile, environment: process.env });
  return { site: { ...site, data: beside(file, site.data) }, drivers, rules: loaded.settings, key };
};
