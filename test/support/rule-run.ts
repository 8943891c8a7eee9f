import { Subject as Input } from 'rxjs';
import type { Subject } from '../../model/alert.ts';
import type { Sample } from '../../model/sample.ts';
import { VirtualClock } from '../../model/virtual-clock.ts';
import type { Rule, RuleCondition, RuleDevice } from '../../rules/kit/contract.ts';
import { START } from './samples.ts';

export interface RuleRun {
  /** Gives a sample at its time of arrival; what is due before runs before. */
  give(...samples: readonly Sample[]): void;
  /** Lets time pass, up to so many seconds after the start. */
  until(seconds: number): void;
  /** Everything said so far. */
  readonly said: RuleCondition[];
  /** `12.5 heart-rate-high on`: what was said, with the seconds after the start at which it was said. */
  lines(): string[];
  readonly clock: VirtualClock;
}

/** Runs one rule on virtual time. `raw` are its parameters as a file would give them. */
export const runRule = <P>(
  rule: Rule<P>,
  raw: unknown,
  context: { readonly subject?: Subject; readonly device?: RuleDevice } = {},
): RuleRun => {
  const clock = new VirtualClock(START);
  const input = new Input<Sample>();
  const said: RuleCondition[] = [];
  const lines: string[] = [];
  const operator = rule.build(rule.parameters.parse(raw), {
    clock,
    subject: context.subject ?? { kind: 'patient', id: 'p1' },
    device: context.device ?? null,
  });
  input.pipe(operator).subscribe((condition) => {
    said.push(condition);
    lines.push(`${(clock.now() - START) / 1000} ${condition.code} ${condition.state}`);
  });
  return {
    clock,
    said,
    lines: () => lines,
    give(...samples) {
      for (const sample of samples) {
        clock.advanceTo(sample.receivedAt);
        input.next(sample);
      }
    },
    until: (seconds) => clock.advanceTo(START + seconds * 1000),
  };
};
