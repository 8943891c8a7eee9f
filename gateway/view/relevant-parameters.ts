const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The first object below `value` that stands under the metric's name. */
const find = (value: unknown, metric: string): Readonly<Record<string, unknown>> | null => {
  if (!isRecord(value)) return null;
  const own = value[metric];
  if (isRecord(own)) return own;
  for (const inner of Object.values(value)) {
    const found = find(inner, metric);
    if (found) return found;
  }
  return null;
};

/**
 * What of a rule's parameters decided: those of the alert's metric, and what holds for all metrics. The numbers of
 * others would only hide them.
 */
export const relevantParameters = (parameters: unknown, metric: string | null): Record<string, unknown> => {
  if (!isRecord(parameters)) return {};
  const own = metric === null ? null : find(parameters, metric);
  const plain = Object.entries(parameters).filter(([, value]) => own === null || !isRecord(value));
  const set = Object.entries(own ?? {}).filter(([, value]) => value !== null);
  return Object.fromEntries([...set, ...plain]);
};
