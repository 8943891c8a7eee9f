import type { z } from 'zod';
import { groupsOf, jsonSchemaOf, type SchemaGroup, type SchemaRow } from './schema-rows.ts';
import { generated, table } from './tables.ts';

const sectionOf = ({ path }: SchemaRow | SchemaGroup): string => path.split(/[.[]/)[0] ?? path;

const rowsTable = (rows: readonly SchemaRow[]): string =>
  table(
    ['key', 'type', 'default', 'meaning'],
    rows.map(({ path, type, required, standard, description }) => [
      `\`${path}\``,
      type,
      required ? '**required**' : standard,
      description,
    ]),
  );

const kindSection = ({ path, kind, rows }: SchemaGroup): string =>
  [`### \`${path}\`${kind === null ? '' : ` with \`${kind}\``}`, rowsTable(rows)].join('\n\n');

/** Every key of a site's file. */
export const configurationPage = (schema: z.ZodType): string => {
  const json = jsonSchemaOf(schema);
  const [whole, ...kinds] = groupsOf(json);
  const rows = whole?.rows ?? [];
  const names = Object.keys(json.properties ?? {});
  return generated(
    'Configuration of a site',
    [
      'A site is one YAML file. An unknown key is an error, so that a typing mistake is never silently ignored; ' +
        '`wardwire check FILE` names each problem with its line and what to do. `<name>` is a name the site chooses, `[]` an entry of a list; ' +
        'within an entry, *required* means: where there is an entry.',
      'For help while writing, put this on the first line (editors with the YAML language server read it):',
      '```yaml\n# yaml-language-server: $schema=./docs/wardwire.schema.json\n```',
      'A complete example is [config/wardwire.yaml](../config/wardwire.yaml). What each driver takes under `options` is in [drivers.md](drivers.md), ' +
        'the rules file in [rules.md](rules.md). Passwords and tokens are never written here: name an environment variable.',
      ...names.map((name) =>
        [
          `## ${name}`,
          ...[rows.filter((row) => sectionOf(row) === name)].filter((own) => own.length > 0).map(rowsTable),
          ...kinds.filter((kind) => sectionOf(kind) === name).map(kindSection),
        ].join('\n\n'),
      ),
    ].join('\n\n'),
  );
};
