import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Subject, subjectKey, subjectKinds } from '../../model/alert.ts';
import { CodedError, messageOf } from '../../model/errors.ts';
import type { Rule } from '../../rules/kit/contract.ts';
import { nearest } from '../config/nearest.ts';
import { formatProblem, type Problem } from '../config/problem.ts';
import { parseYaml, readYaml } from '../config/yaml-document.ts';

const rulesByName = z.record(z.string(), z.record(z.string(), z.unknown()));

const overrideSchema = z.strictObject({
  subject: z.strictObject({ kind: z.enum(subjectKinds), id: z.string().min(1) }),
  reason: z.string().min(1),
  by: z.string().min(1),
  rules: rulesByName,
});

const fileSchema = z.strictObject({
  version: z.number().int().min(1),
  approvedBy: z.string().nullable().default(null),
  lateAfterSeconds: z.number().positive().default(900).describe('s; standards.md 7.1'),
  rules: rulesByName,
  overrides: z.array(overrideSchema).default([]),
});

/** The parameters of one rule for one subject, parsed by its schema. */
export interface RuleSettings {
  readonly version: number;
  readonly lateAfterMs: number;
  /** Rules that are in force, with the rule's own version. A rule that the file does not name is off. */
  readonly rules: readonly Rule[];
  /** Ids of all rules there are, in force or not. */
  readonly known: ReadonlySet<string>;
  /** The site's, under those of the place, under those of the subject. The same object each time. */
  parameters(rule: Rule, subject: Subject, place?: string | null): unknown;
}

/** Objects are merged, anything else is replaced. */
const merge = (base: unknown, over: unknown): unknown => {
  const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isRecord(base) || !isRecord(over)) return over === undefined ? base : over;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = merge(base[key], value);
  return merged;
};

const rank = ({ kind }: Subject): number => (kind === 'place' ? 0 : 1);

/** Parameters by rule, place and subject, each combination parsed once. */
const createLookup = (
  general: ReadonlyMap<string, unknown>,
  special: ReadonlyMap<string, unknown>,
  combine: (rule: Rule, layers: readonly unknown[]) => unknown,
): RuleSettings['parameters'] => {
  const combined = new Map<string, unknown>();
  return (rule, subject, place = null) => {
    const keys = [...(place === null ? [] : [`place:${place}`]), subjectKey(subject)].map(
      (key) => `${rule.id}\n${key}`,
    );
    const layers = [...new Set(keys)].filter((key) => special.has(key));
    if (layers.length === 0) return general.get(rule.id);
    const key = layers.join('\n');
    if (!combined.has(key)) {
      combined.set(
        key,
        combine(
          rule,
          layers.map((layer) => special.get(layer)),
        ),
      );
    }
    return combined.get(key);
  };
};

export interface LoadedRules {
  readonly settings: RuleSettings | null;
  readonly problems: readonly Problem[];
}

/**
 * Reads a rules file. `place profiles` of the site and other facts of its configuration come in as `site`: parameters by
 * rule that are merged under the file's. `over` is merged over them: the demo's shorter delays.
 */
export const loadRules = (
  file: string,
  catalogue: readonly Rule[],
  site: Readonly<Record<string, unknown>> = {},
  over: Readonly<Record<string, unknown>> = {},
): LoadedRules => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CodedError('config-unreadable', `cannot read ${file}: ${messageOf(error)}`, {
      hint: 'name the rules file as `rules` in the site’s configuration, or leave it out for the built-in one',
      cause: error,
    });
  }
  const document = readYaml(text, file);
  const { value, problems: found } = parseYaml(document, fileSchema);
  if (!value) return { settings: null, problems: found };
  const problems: Problem[] = [];
  const names = catalogue.map((rule) => rule.id);

  const parse = (rule: Rule, raw: unknown, path: readonly (string | number)[]): unknown => {
    const parsed = rule.parameters.safeParse(merge(site[rule.id], raw));
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) {
      const inside = issue.path.filter((part) => typeof part !== 'symbol');
      const what = issue.code === 'unrecognized_keys' ? `unknown key ${issue.keys.join(', ')}` : issue.message;
      problems.push(document.problem([...path, ...inside], what));
    }
    return null;
  };

  const checkName = (name: string, path: readonly (string | number)[]): void => {
    if (names.includes(name)) return;
    const like = nearest(name, names);
    problems.push(
      document.problem(path, `there is no rule "${name}"${like === null ? '' : `; did you mean "${like}"?`}`, {
        hint: `the rules: ${names.join(', ')}`,
      }),
    );
  };

  const written = (name: string): unknown => merge(value.rules[name], over[name]);
  const general = new Map<string, unknown>();
  for (const name of Object.keys(value.rules)) checkName(name, ['rules', name]);
  const active = catalogue.filter((rule) => Object.hasOwn(value.rules, rule.id));
  for (const rule of active) general.set(rule.id, parse(rule, written(rule.id), ['rules', rule.id]));

  const special = new Map<string, unknown>();
  const ordered = [...value.overrides.entries()].sort(([, a], [, b]) => rank(a.subject) - rank(b.subject));
  for (const [index, override] of ordered) {
    for (const [name, raw] of Object.entries(override.rules)) {
      const path = ['overrides', index, 'rules', name];
      checkName(name, path);
      const rule = active.find(({ id }) => id === name);
      const key = `${name}\n${subjectKey(override.subject)}`;
      if (!rule) continue;
      if (special.has(key)) {
        problems.push(
          document.problem(path, `there is an override of "${name}" for this ${override.subject.kind} above`),
        );
      }
      parse(rule, merge(written(name), raw), path);
      // Somebody with numbers of their own can lie in a place with numbers of its own: they must fit together.
      for (const [other, under] of special) {
        if (other.startsWith(`${name}\nplace:`) && override.subject.kind !== 'place') {
          parse(rule, [written(name), under, raw].reduce(merge), path);
        }
      }
      special.set(key, raw);
    }
  }
  if (problems.length > 0) return { settings: null, problems };
  return {
    problems,
    settings: {
      version: value.version,
      lateAfterMs: value.lateAfterSeconds * 1000,
      rules: active,
      known: new Set(names),
      parameters: createLookup(general, special, (rule, layers) =>
        rule.parameters.parse([site[rule.id], written(rule.id), ...layers].reduce(merge)),
      ),
    },
  };
};

/** The same, for those who cannot go on without. */
export const requireRules = (...given: Parameters<typeof loadRules>): RuleSettings => {
  const { settings, problems } = loadRules(...given);
  if (settings) return settings;
  throw new CodedError('config-invalid', problems.map(formatProblem).join('\n'));
};
