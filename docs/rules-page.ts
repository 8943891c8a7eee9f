import { z } from 'zod';
import type { Rule } from '../rules/kit/contract.ts';
import { generated, table } from './tables.ts';

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
}

const rowsOf = (schema: JsonSchema, path: string): string[][] => {
  const inner = schema.anyOf?.find((one) => one.properties !== undefined) ?? schema;
  const nested = Object.entries(inner.properties ?? {}).flatMap(([name, property]) =>
    rowsOf(property, path === '' ? name : `${path}.${name}`),
  );
  if (nested.length > 0) return nested;
  if (typeof inner.additionalProperties === 'object') {
    const below = rowsOf(inner.additionalProperties, `${path}.<name>`);
    if (below.length > 1) return below;
  }
  const standard = schema.default === undefined ? '' : JSON.stringify(schema.default);
  return [[`\`${path}\``, standard, schema.description ?? '']];
};

const section = (rule: Rule): string => {
  const schema = z.toJSONSchema(rule.parameters, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return [
    `## ${rule.title}`,
    `\`${rule.id}\` version ${rule.version} · ${rule.kind} · up to ${rule.priority} priority · one instance per ${rule.scope}`,
    table(['parameter', 'default', 'meaning'], rowsOf(schema, '')),
    table(
      ['fact', 'source'],
      rule.sources.map(({ fact, source }) => [fact, source]),
    ),
  ].join('\n\n');
};

/** Every rule with its parameters and sources. */
export const rulesPage = (rules: readonly Rule[]): string =>
  generated(
    'Rules',
    [
      'The numbers as they ship, each with its source, are in [config/rules/default.yaml](../config/rules/default.yaml). A site copies that file, decides, and says who approved it.',
      table(
        ['id', 'what it raises', 'kind', 'highest priority'],
        rules.map((rule) => [`\`${rule.id}\``, rule.title, rule.kind, rule.priority]),
      ),
      ...rules.map(section),
    ].join('\n\n'),
  );
