import type { Rule } from '../rules/kit/contract.ts';
import { groupsOf, jsonSchemaOf } from './schema-rows.ts';
import type { ShippedRule } from './shipped-rules.ts';
import { generated, table } from './tables.ts';

const code = (text: string): string => `\`${text}\``;

const list = (names: readonly string[], kind: string): string => {
  if (names.length === 0) return '';
  return names.includes('*') ? `every ${kind}` : names.map(code).join(', ');
};

/** What a rule reads under the numbers that ship. */
const readsOf = (rule: Rule, parameters: unknown): string => {
  const { metrics, statuses, classes } = rule.inputs(parameters);
  const all = [list(metrics, 'numeric metric'), list(statuses, 'status')].filter((part) => part !== '').join('; ');
  return `${all}${classes === undefined ? '' : ` of ${classes.join(', ')} devices`}`;
};

const section = (rule: Rule, { written, parameters }: ShippedRule): string =>
  [
    `## ${rule.title}`,
    `${code(rule.id)} version ${rule.version} · ${rule.kind} · up to ${rule.priority} priority · ${rule.latching ? 'latching' : 'latching only where its numbers say so'} · one instance per ${rule.scope}`,
    `Reads ${readsOf(rule, parameters)}.`,
    table(
      ['parameter', 'type', 'default', 'meaning'],
      groupsOf(jsonSchemaOf(rule.parameters)).flatMap(({ rows }) =>
        rows.map((row) => [code(row.path), row.type, row.required ? '**required**' : row.standard, row.description]),
      ),
    ),
    `As it ships:\n\n\`\`\`yaml\n${written.trimEnd()}\n\`\`\``,
    table(
      ['fact', 'source'],
      rule.sources.map(({ fact, source }) => [fact, source]),
    ),
  ].join('\n\n');

/** Every rule with its parameters and sources. */
export const rulesPage = (rules: readonly Rule[], shipped: (rule: Rule) => ShippedRule): string =>
  generated(
    'Rules',
    [
      'The numbers as they ship, each with its source, are in [config/rules/default.yaml](../config/rules/default.yaml). A site copies that file, decides, and says who approved it.',
      table(
        ['id', 'what it raises', 'kind', 'highest priority'],
        rules.map((rule) => [`\`${rule.id}\``, rule.title, rule.kind, rule.priority]),
      ),
      ...rules.map((rule) => section(rule, shipped(rule))),
    ].join('\n\n'),
  );
