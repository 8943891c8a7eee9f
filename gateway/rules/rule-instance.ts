import { Observable, type Subscriber, type Subscription } from 'rxjs';
import type { Subject } from '../../model/alert.ts';
import { after, type Clock } from '../../model/clock.ts';
import { messageOf } from '../../model/errors.ts';
import type { Sample } from '../../model/sample.ts';
import type { Rule, RuleCondition, RuleDevice } from '../../rules/kit/contract.ts';

export interface InstancePorts {
  readonly clock: Clock;
  onCondition(instance: RuleInstance, condition: RuleCondition): void;
  /** It stopped: `reason` is for the log; what it watched is no longer watched. */
  onFault(instance: RuleInstance, reason: string): void;
  onRecovered(instance: RuleInstance): void;
  /** Recent samples it would have been given, oldest first. */
  recent(instance: RuleInstance): Iterable<Sample>;
  /** The sample that is being dispatched; null: time passes. */
  current(): Sample | null;
}

const FIRST_RESTART_MS = 1000;
const LONGEST_RESTART_MS = 300_000;
/** Samples that broke it, left out when it is warmed. */
const MOST_SKIPPED = 16;

const keyOf = ({ code, device }: RuleCondition): string => `${code}\n${device}`;

/**
 * One rule for one subject. What it throws, in a sample or in a timer, stops it alone; it is built again after a while
 * and warmed with recent samples. What it says meanwhile is not passed on; where it stands at the end of it is.
 */
export class RuleInstance {
  readonly rule: Rule;
  readonly subject: Subject;
  /** Conditions that are on, or were when they became unknown. */
  readonly held = new Map<string, RuleCondition>();
  /** Devices that feed it. */
  readonly feeders = new Set<string>();
  /** In force. */
  parameters: unknown;
  private readonly device: RuleDevice | null;
  private readonly ports: InstancePorts;
  private readonly skipped = new Set<string>();
  private input: Subscriber<Sample> | null = null;
  private subscription: Subscription | null = null;
  /** The sample it is being warmed with. */
  private warmedWith: Sample | null = null;
  /** While it is warmed: the last word under each key. */
  private warming: Map<string, RuleCondition> | null = null;
  /** Counts the times it was built: a timer of an earlier build does nothing. */
  private build = 0;
  private faults = 0;
  private faultedAt = 0;
  private cancelRestart = () => {};

  constructor(rule: Rule, subject: Subject, parameters: unknown, device: RuleDevice | null, ports: InstancePorts) {
    this.rule = rule;
    this.subject = subject;
    this.parameters = parameters;
    this.device = device;
    this.ports = ports;
    this.begin();
  }

  /** False while it is faulted. */
  get isWatching(): boolean {
    return this.subscription !== null;
  }

  next(sample: Sample): void {
    this.input?.next(sample);
  }

  stop(): void {
    this.build++;
    this.cancelRestart();
    this.subscription?.unsubscribe();
    this.subscription = null;
    this.input = null;
  }

  /** Built anew from recent samples, as if what is no longer among them had never been. */
  rebuild(): void {
    if (!this.isWatching) return;
    this.stop();
    this.warm();
  }

  /** Other parameters from now on; what it says is judged by them at once. */
  configure(parameters: unknown): void {
    if (parameters === this.parameters) return;
    this.parameters = parameters;
    this.rebuild();
  }

  private begin(): void {
    const build = ++this.build;
    const { clock } = this.ports;
    const guarded: Clock = {
      now: () => clock.now(),
      at: (time, task) =>
        clock.at(time, () => {
          if (this.build !== build) return;
          try {
            task();
          } catch (error) {
            this.fault(error, build);
          }
        }),
    };
    const source = new Observable<Sample>((subscriber) => {
      this.input = subscriber;
    });
    try {
      const operator = this.rule.build(this.parameters, { clock: guarded, subject: this.subject, device: this.device });
      const subscription = source.pipe(operator).subscribe({
        next: (condition) => this.say(condition),
        error: (error: unknown) => this.fault(error, build),
        complete: () => this.fault('it ended by itself', build),
      });
      // A fault during the subscription has already been noted.
      if (this.build === build) this.subscription = subscription;
      else subscription.unsubscribe();
    } catch (error) {
      this.fault(error, build);
    }
  }

  private say(condition: RuleCondition): void {
    const key = keyOf(condition);
    if (this.warming) {
      this.warming.set(key, condition);
      return;
    }
    if (condition.state === 'on') this.held.set(key, condition);
    else if (condition.state === 'off') this.held.delete(key);
    this.ports.onCondition(this, condition);
  }

  private fault(error: unknown, build: number): void {
    if (this.build !== build) return;
    const { clock } = this.ports;
    this.stop();
    this.warming = null;
    const cause = this.warmedWith ?? this.ports.current();
    this.warmedWith = null;
    if (cause && this.skipped.size < MOST_SKIPPED) this.skipped.add(cause.id);
    // After a long time without, a fault is a first one again.
    if (clock.now() - this.faultedAt > 2 * LONGEST_RESTART_MS) this.faults = 0;
    this.faults++;
    this.faultedAt = clock.now();
    const wait = Math.min(LONGEST_RESTART_MS, FIRST_RESTART_MS * 2 ** (this.faults - 1));
    this.cancelRestart = after(clock, wait, () => {
      this.warm();
      if (this.isWatching) this.ports.onRecovered(this);
    });
    this.ports.onFault(this, messageOf(error));
    for (const condition of this.held.values()) {
      this.ports.onCondition(this, { ...condition, state: 'unknown', at: clock.now() });
    }
  }

  private warm(): void {
    const said = new Map<string, RuleCondition>();
    this.warming = said;
    this.begin();
    for (const sample of this.ports.recent(this)) {
      if (!this.isWatching) return;
      if (this.skipped.has(sample.id)) continue;
      this.warmedWith = sample;
      this.next(sample);
      this.warmedWith = null;
    }
    if (!this.isWatching) return;
    this.warming = null;
    for (const condition of said.values()) this.say(condition);
  }
}
