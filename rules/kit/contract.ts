import type { OperatorFunction } from 'rxjs';
import type { z } from 'zod';
import type { AlertKind, Condition, Priority, Subject } from '../../model/alert.ts';
import type { Clock } from '../../model/clock.ts';
import type { DeviceClass } from '../../model/device.ts';
import type { Sample } from '../../model/sample.ts';

/*
 * The rule contract (design 6). A rule is a pure function from samples to conditions: it reads no clock but the one it
 * is handed, and the same samples give the same conditions live, in replay and in a backtest.
 */

/** Which samples an instance gets. Empty lists mean none of that kind. */
export interface RuleInputs {
  /** Numeric and waveform samples of these metrics. `*`: every numeric metric. */
  readonly metrics: readonly string[];
  /** Status samples with these codes. `*`: every status. */
  readonly statuses: readonly string[];
  /** Only devices of these classes; absent: all. */
  readonly classes?: readonly DeviceClass[];
}

/** What an instance is built for. */
export interface RuleContext {
  /** Event time; `at` plans a task on it. */
  readonly clock: Clock;
  readonly subject: Subject;
  /** The device, for device-scoped rules. */
  readonly device: RuleDevice | null;
}

export interface RuleDevice {
  readonly id: string;
  readonly class: DeviceClass;
  readonly name: string;
  /** From the driver or the site's configuration; null: speaks only now and then. */
  readonly silentAfterMs: number | null;
}

/** What an operator emits; the host adds rule, version and subject. */
export type RuleCondition = Omit<Condition, 'rule' | 'ruleVersion' | 'subject' | 'simulated'>;

export interface LimitInForce {
  readonly metric: string;
  readonly low: number | null;
  readonly high: number | null;
}

export interface RuleSource {
  readonly fact: string;
  readonly source: string;
}

export interface Rule<Parameters = unknown> {
  /** Kebab-case. */
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly kind: AlertKind;
  /** Of its most urgent condition. */
  readonly priority: Priority;
  readonly latching: boolean;
  /** One instance per patient (or device where none is associated), device, or place. */
  readonly scope: Subject['kind'];
  /** True for a rule that is about arrival, not about values: it also gets samples older than the maximum age. */
  readonly acceptsLate?: boolean;
  /** A schema with defaults; every number has its unit in its description. */
  readonly parameters: z.ZodType<Parameters>;
  readonly sources: readonly RuleSource[];
  inputs(parameters: Parameters): RuleInputs;
  /** The limits it holds a subject to, for the captions of numerals. */
  limits?(parameters: Parameters, subject: Subject): readonly LimitInForce[];
  build(parameters: Parameters, context: RuleContext): OperatorFunction<Sample, RuleCondition>;
}
