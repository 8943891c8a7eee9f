/** One thing wrong in a file: where, what, and what to do. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Dotted path within the file, e.g. `devices[2].link`. */
  readonly path: string;
  readonly message: string;
  readonly hint: string | null;
}

/** `file:line:column: error: path: message` and the hint below it. */
export const formatProblem = (problem: Problem): string => {
  const where = `${problem.file}:${problem.line}:${problem.column}`;
  const path = problem.path === '' ? '' : `${problem.path}: `;
  const hint = problem.hint === null ? '' : `\n    ${problem.hint}`;
  return `${where}: ${problem.severity}: ${path}${problem.message}${hint}`;
};
