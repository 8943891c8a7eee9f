import { Subject as Input, type Subscription } from 'rxjs';
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
}

/** Samples kept to bring an instance back to where it was; enough for the windows of the limits. */
const RING = 64;
const FIRST_RESTART_MS = 1000;
const LONGEST_RESTART_MS = 300_000;

/**
 * One rule for one subject. What it throws, in a sample or in a timer, stops it alone; it is built again after a while
 * and warmed with recent samples, muted, since their conditions have been said.
 */
export class RuleInstance {
  readonly rule: Rule;
  readonly subject: Subject;
  /** Conditions that are on, by code and device. */
  readonly on = new Map<string, RuleCondition>();
  /** Devices that feed it. */
  readonly feeders = new Set<string>();
  private readonly parameters: unknown;
  private readonly device: RuleDevice | null;
  private readonly ports: InstancePorts;
  private readonly ring: Sample[] = [];
  private input = new Input<Sample>();
  private subscription: Subscription | null = null;
  private muted = false;
  private faults = 0;
  private isFaulted = false;
  private cancelRestart = () => {};

  constructor(rule: Rule, subject: Subject, parameters: unknown, device: RuleDevice | null, ports: InstancePorts) {
    this.rule = rule;
    this.subject = subject;
    this.parameters = parameters;
    this.device = device;
    this.ports = ports;
    this.begin();
  }

  next(sample: Sample): void {
    this.ring.push(sample);
    if (this.ring.length > 2 * RING) this.ring.splice(0, RING);
    if (this.subscription) this.input.next(sample);
  }

  stop(): void {
    this.cancelRestart();
    this.subscription?.unsubscribe();
    this.subscription = null;
  }

  private begin(): void {
    const { clock } = this.ports;
    const guarded: Clock = {
      now: () => clock.now(),
      at: (time, task) =>
        clock.at(time, () => {
          try {
            task();
          } catch (error) {
            this.fault(error);
          }
        }),
    };
    this.input = new Input<Sample>();
    this.isFaulted = false;
    try {
      const operator = this.rule.build(this.parameters, { clock: guarded, subject: this.subject, device: this.device });
      const subscription = this.input.pipe(operator).subscribe({
        next: (condition) => this.say(condition),
        error: (error: unknown) => this.fault(error),
      });
      // A fault during the subscription has already been noted.
      if (!this.isFaulted) this.subscription = subscription;
    } catch (error) {
      this.fault(error);
    }
  }

  private say(condition: RuleCondition): void {
    const key = `${condition.code}\n${condition.device}`;
    if (condition.state === 'on') this.on.set(key, condition);
    else if (condition.state === 'off') this.on.delete(key);
    if (!this.muted) this.ports.onCondition(this, condition);
  }

  private fault(error: unknown): void {
    if (this.isFaulted) return;
    this.isFaulted = true;
    this.subscription?.unsubscribe();
    this.subscription = null;
    // Warming with the sample that broke it would break it again.
    this.ring.pop();
    this.faults++;
    this.ports.onFault(this, messageOf(error));
    const wait = Math.min(LONGEST_RESTART_MS, FIRST_RESTART_MS * 2 ** (this.faults - 1));
    this.cancelRestart = after(this.ports.clock, wait, () => this.restart());
  }

  private restart(): void {
    this.muted = true;
    this.begin();
    for (const sample of this.ring.slice(-RING)) {
      if (this.subscription) this.input.next(sample);
    }
    this.muted = false;
    if (this.subscription) this.ports.onRecovered(this);
  }
}
