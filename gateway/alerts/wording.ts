/** A length of time for a reason: `120 s`, `30 min`. */
export const seconds = (ms: number): string =>
  ms >= 600_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 1000)} s`;
