import { readFileSync } from 'node:fs';
import { requireRules } from '../gateway/rules/rule-settings.ts';
import { rules } from '../rules/catalogue.ts';
import type { Rule } from '../rules/kit/contract.ts';

/** A rule's numbers as they ship. */
export interface ShippedRule {
  /** The lines of the rules file with their comments, which name the sources. */
  readonly written: string;
  readonly parameters: unknown;
}

/** The lines under `  <id>:`, up to the next key of the same depth, moved to the margin. */
const linesOf = (text: string, id: string): string => {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`  ${id}:`));
  if (start < 0) return '';
  const rest = lines.slice(start + 1);
  const length = rest.findIndex((line) => line !== '' && !line.startsWith('   '));
  return [lines[start] ?? '', ...rest.slice(0, length < 0 ? rest.length : length)]
    .map((line) => line.slice(2))
    .join('\n')
    .trimEnd();
};

/** Reads a rules file that names every rule. */
export const readShippedRules = (file: string): ((rule: Rule) => ShippedRule) => {
  const text = readFileSync(file, 'utf8');
  const settings = requireRules(file, rules);
  return (rule) => {
    const written = linesOf(text, rule.id);
    if (written === '' || !settings.rules.includes(rule)) throw new Error(`${file} has no numbers for ${rule.id}`);
    return { written, parameters: settings.parameters(rule, { kind: rule.scope, id: 'any' }) };
  };
};
