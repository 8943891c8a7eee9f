/** A value that changes at set times: what a scenario scripts. Times are ms. */
export class Timeline<T> {
  private readonly steps: { readonly at: number; readonly value: T }[];

  constructor(first: T) {
    this.steps = [{ at: Number.NEGATIVE_INFINITY, value: first }];
  }

  /** From `at` on it is `value`; what was planned later is forgotten. */
  set(at: number, value: T): void {
    while (this.steps.length > 1 && (this.steps.at(-1)?.at ?? at) >= at) this.steps.pop();
    this.steps.push({ at, value });
  }

  at(ms: number): T {
    return this.stepAt(ms).value;
  }

  /** Since when the value of that moment holds. */
  since(ms: number): number {
    return this.stepAt(ms).at;
  }

  /** When it changes next after that moment, or null. */
  nextChange(ms: number): number | null {
    return this.steps.find((step) => step.at > ms)?.at ?? null;
  }

  private stepAt(ms: number) {
    const step = this.steps.findLast((candidate) => candidate.at <= ms) ?? this.steps[0];
    if (!step) throw new Error('a timeline has a first value');
    return step;
  }
}
