import { readFileSync, writeFileSync } from 'node:fs';
import { loadDrivers } from '../gateway/config/driver-catalogue.ts';
import { packageFile } from '../gateway/config/package-file.ts';
import { siteSchema } from '../gateway/config/schema.ts';
import { metrics } from '../model/metrics.ts';
import { rules } from '../rules/catalogue.ts';
import { configurationPage } from './configuration-page.ts';
import { driversPage } from './drivers-page.ts';
import { metricsPage } from './metrics-page.ts';
import { rulesPage } from './rules-page.ts';
import { jsonSchemaOf } from './schema-rows.ts';
import { readShippedRules } from './shipped-rules.ts';

/** What is made from the code: file and text. */
export const generatedFiles = (): readonly (readonly [file: string, text: string])[] => [
  ['docs/drivers.md', driversPage(loadDrivers().drivers)],
  ['docs/rules.md', rulesPage(rules, readShippedRules(packageFile('config/rules/default.yaml')))],
  ['docs/metrics.md', metricsPage(metrics)],
  ['docs/configuration.md', configurationPage(siteSchema)],
  ['docs/wardwire.schema.json', `${JSON.stringify(jsonSchemaOf(siteSchema), null, 2)}\n`],
];

const read = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

/** `npm run docs` writes the pages; with `--check` it only says which are out of date. */
if (process.argv[1]?.endsWith('docs/generate.ts')) {
  const stale = generatedFiles().filter(([file, text]) => read(file) !== text);
  if (process.argv.includes('--check')) {
    for (const [file] of stale) console.error(`${file} is out of date: npm run docs`);
    process.exitCode = stale.length === 0 ? 0 : 1;
  } else for (const [file, text] of stale) writeFileSync(file, text);
}
