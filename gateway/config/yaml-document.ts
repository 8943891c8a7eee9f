import { isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { messageOf } from '../../model/errors.ts';
import type { Problem } from './problem.ts';

type Path = readonly (string | number)[];

const pathText = (path: Path): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );

export interface YamlDocument {
  readonly file: string;
  readonly value: unknown;
  readonly problems: readonly Problem[];
  problem(path: Path, message: string, options?: { hint?: string; severity?: Problem['severity'] }): Problem;
}

/** A YAML text that knows where each of its values stands. */
export const readYaml = (text: string, file: string): YamlDocument => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });

  /** The position of the value, or of the nearest value around it that exists. */
  const position = (path: Path): { line: number; column: number } => {
    for (let length = path.length; length >= 0; length--) {
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) {
        const { line, col } = lines.linePos(node.range[0]);
        return { line, column: col };
      }
    }
    return { line: 1, column: 1 };
  };

  const problem: YamlDocument['problem'] = (path, message, { hint, severity = 'error' } = {}) => ({
    severity,
    file,
    ...position(path),
    path: pathText(path),
    message,
    hint: hint ?? null,
  });

  const problems = document.errors.map((error): Problem => {
    const { line, col } = lines.linePos(error.pos[0]);
    const hint = /tab/i.test(error.message) ? 'indent with spaces, not tabs' : null;
    return { severity: 'error', file, line, column: col, path: '', message: error.message, hint };
  });
  if (problems.length > 0) return { file, value: undefined, problems, problem };
  try {
    // maxAliasCount bounds what a document of nested aliases can expand to.
    return { file, value: document.toJS({ maxAliasCount: 100 }), problems, problem };
  } catch (error) {
    return { file, value: undefined, problems: [problem([], messageOf(error))], problem };
  }
};

/** Parses the document with a schema; what does not fit becomes problems at their lines. */
export const parseYaml = <T>(
  document: YamlDocument,
  schema: z.ZodType<T>,
): { readonly value: T | null; readonly problems: readonly Problem[] } => {
  if (document.problems.length > 0) return { value: null, problems: document.problems };
  const parsed = schema.safeParse(document.value ?? {});
  if (parsed.success) return { value: parsed.data, problems: [] };
  const problems = parsed.error.issues.flatMap((issue): Problem[] => {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => document.problem([...path, key], 'this key is not known here'));
    }
    return [document.problem(path, issue.message)];
  });
  return { value: null, problems };
};
