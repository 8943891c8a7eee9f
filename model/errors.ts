/**
 * An error with a machine-readable code and a hint that says what to do.
 * Each room declares its own union of codes; messages never carry patient data.
 */
export class CodedError<Code extends string> extends Error {
  override readonly name = 'CodedError';
  readonly code: Code;
  readonly hint: string | null;

  constructor(code: Code, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? null;
  }
}

/** Narrows an unknown value to a coded error with one of the given codes. */
export const hasCode = <Code extends string>(error: unknown, ...codes: readonly Code[]): error is CodedError<Code> =>
  error instanceof CodedError && (codes.length === 0 || codes.includes(error.code as Code));

/** The text of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
