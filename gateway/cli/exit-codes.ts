/** Exit codes of every verb (design 9). */
export const exitCodes = { ok: 0, findings: 1, usage: 2, badConfiguration: 3, cannotReach: 4 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
