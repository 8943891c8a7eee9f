import { type Condition, type Subject, subjectKey } from '../../model/alert.ts';
import type { Sample } from '../../model/sample.ts';
import { VirtualClock } from '../../model/virtual-clock.ts';
import type { LimitInForce, Rule, RuleCondition, RuleDevice } from '../../rules/kit/contract.ts';
import { RuleInstance } from './rule-instance.ts';
import type { RuleSettings } from './rule-settings.ts';

export interface RuleHostOptions {
  readonly settings: RuleSettings;
  /** Event time at the start, ms. */
  readonly start: number;
  readonly simulated: boolean;
  onCondition(condition: Condition): void;
  onFault(rule: string, subject: Subject, reason: string): void;
}

/** A device as the rules see it. */
export interface HostedDevice extends RuleDevice {
  readonly maintenance: boolean;
  readonly place: string | null;
}

/** Where the samples of one device go, while it is on one patient and in one place. */
interface Route {
  readonly patient: string | null;
  readonly place: string | null;
  readonly byInput: Map<string, readonly RuleInstance[]>;
}

const HOST_VERSION = 1;

/**
 * Runs every rule, one isolated instance per (rule, subject). Samples are dispatched through an index from (device,
 * input) to instances, built when first needed: a broadcast with filters costs five times as much (toolchain.md B6).
 *
 * Its clock is event time: it advances with each sample's arrival and with `tick`. A timer that lies between two
 * samples runs before the second, whether or not a tick came, so that live, replay and backtest say the same.
 */
export const createRuleHost = (options: RuleHostOptions) => {
  const { settings, simulated } = options;
  const clock = new VirtualClock(options.start);
  const devices = new Map<string, HostedDevice>();
  const routes = new Map<string, Route[]>();
  const instances = new Map<string, RuleInstance>();
  const counters = { samples: 0, late: 0, conditions: 0, faults: 0 };

  const emit = (rule: string, version: number, subject: Subject, condition: RuleCondition): void => {
    counters.conditions++;
    options.onCondition({ ...condition, rule, ruleVersion: version, subject, simulated });
  };

  const stopped = (instance: RuleInstance, isStopped: boolean): void =>
    emit('rule-host', HOST_VERSION, instance.subject, {
      code: `rule-stopped-${instance.rule.id}`,
      device: null,
      state: isStopped ? 'on' : 'off',
      kind: 'technical',
      priority: 'high',
      latching: false,
      at: clock.now(),
      message: `"${instance.rule.title}" is ${isStopped ? 'not watching' : 'watching again'}`,
      metric: null,
      value: null,
      limit: null,
      samples: [],
      inhibits: [],
    });

  const ports = {
    clock,
    onCondition: (instance: RuleInstance, condition: RuleCondition) =>
      emit(instance.rule.id, instance.rule.version, instance.subject, condition),
    onFault(instance: RuleInstance, reason: string) {
      counters.faults++;
      options.onFault(instance.rule.id, instance.subject, reason);
      stopped(instance, true);
    },
    onRecovered: (instance: RuleInstance) => stopped(instance, false),
  };

  const instanceOf = (rule: Rule, subject: Subject, device: HostedDevice | null): RuleInstance => {
    const key = `${rule.id}\n${subjectKey(subject)}`;
    let instance = instances.get(key);
    if (!instance) {
      instance = new RuleInstance(rule, subject, settings.parameters(rule, subject), device, ports);
      instances.set(key, instance);
    }
    if (device) instance.feeders.add(device.id);
    return instance;
  };

  /** Nobody associated: the rule still watches, and the alert is about the device (standards.md 0.8). */
  const subjectOf = (rule: Rule, device: HostedDevice, route: Pick<Route, 'patient' | 'place'>): Subject | null => {
    if (rule.scope === 'device') return { kind: 'device', id: device.id };
    if (rule.scope === 'place') return route.place === null ? null : { kind: 'place', id: route.place };
    return route.patient === null ? { kind: 'device', id: device.id } : { kind: 'patient', id: route.patient };
  };

  const wants = (rule: Rule, subject: Subject, device: HostedDevice, input: string, isStatus: boolean): boolean => {
    const inputs = rule.inputs(settings.parameters(rule, subject));
    if (inputs.classes && !inputs.classes.includes(device.class)) return false;
    if (device.maintenance && rule.kind === 'technical') return false;
    const list = isStatus ? inputs.statuses : inputs.metrics;
    return list.includes('*') || list.includes(input);
  };

  const compile = (device: HostedDevice, route: Route, input: string, isStatus: boolean): readonly RuleInstance[] => {
    const found: RuleInstance[] = [];
    for (const rule of settings.rules) {
      const subject = subjectOf(rule, device, route);
      if (subject && wants(rule, subject, device, input, isStatus)) found.push(instanceOf(rule, subject, device));
    }
    route.byInput.set(isStatus ? `status:${input}` : input, found);
    return found;
  };

  const routeOf = (device: string, patient: string | null, place: string | null): Route => {
    let ofDevice = routes.get(device);
    if (!ofDevice) {
      ofDevice = [];
      routes.set(device, ofDevice);
    }
    let route = ofDevice.find((known) => known.patient === patient && known.place === place);
    if (!route) {
      route = { patient, place, byInput: new Map() };
      ofDevice.unshift(route);
    }
    return route;
  };

  /** What the device said about a subject it is no longer on has ended for that subject. */
  const leave = (device: string, isStillOn: (subject: Subject) => boolean): void => {
    for (const [key, instance] of instances) {
      if (!instance.feeders.has(device) || isStillOn(instance.subject)) continue;
      instance.feeders.delete(device);
      for (const condition of [...instance.on.values()]) {
        if (condition.device !== device && instance.feeders.size > 0) continue;
        emit(instance.rule.id, instance.rule.version, instance.subject, {
          ...condition,
          state: 'off',
          at: clock.now(),
        });
      }
      if (instance.feeders.size === 0) {
        instance.stop();
        instances.delete(key);
      }
    }
  };

  return {
    /** Event time. */
    now: () => clock.now(),
    counters,
    addDevice(device: HostedDevice): void {
      devices.set(device.id, device);
      for (const rule of settings.rules) {
        // Silence and a missing sensor must be noticed of a device that never says anything.
        const subject =
          rule.scope === 'patient' ? null : subjectOf(rule, device, { patient: null, place: device.place });
        if (!subject || (device.maintenance && rule.kind === 'technical')) continue;
        const { classes } = rule.inputs(settings.parameters(rule, subject));
        if (!classes || classes.includes(device.class)) instanceOf(rule, subject, device);
      }
    },
    /** The device is now on this patient and in this place. */
    associationChanged(device: string, patient: string | null, place: string | null): void {
      const now = [patient && `patient:${patient}`, place && `place:${place}`, `device:${device}`];
      leave(device, (subject) => (subject.kind === 'device' ? true : now.includes(subjectKey(subject))));
      routes.set(
        device,
        (routes.get(device) ?? []).filter((route) => route.patient === patient && route.place === place),
      );
    },
    removeDevice(device: string): void {
      leave(device, () => false);
      devices.delete(device);
      routes.delete(device);
    },
    /** Gives a sample to the instances that asked for its kind. */
    observe(sample: Sample): void {
      clock.advanceTo(sample.receivedAt);
      const device = devices.get(sample.device);
      if (!device) return;
      counters.samples++;
      const route = routeOf(sample.device, sample.patient, sample.place);
      const isStatus = sample.kind === 'status';
      const targets = isStatus
        ? (route.byInput.get(`status:${sample.code}`) ?? compile(device, route, sample.code, true))
        : (route.byInput.get(sample.metric) ?? compile(device, route, sample.metric, false));
      const isLate = sample.receivedAt - sample.takenAt > settings.lateAfterMs;
      if (isLate) counters.late++;
      for (const instance of targets) if (!isLate || instance.rule.acceptsLate) instance.next(sample);
    },
    /** Time passes without samples. */
    tick(now: number): void {
      clock.advanceTo(now);
    },
    /** When the next timer is due, or null. */
    get nextDue(): number | null {
      return clock.nextDue;
    },
    /** The limits in force for each subject that is watched. */
    limits(): { readonly subject: Subject; readonly limit: LimitInForce }[] {
      return [...instances.values()].flatMap(({ rule, subject }) =>
        (rule.limits?.(settings.parameters(rule, subject), subject) ?? []).map((limit) => ({ subject, limit })),
      );
    },
    stop(): void {
      for (const instance of instances.values()) instance.stop();
      instances.clear();
    },
    get instances(): number {
      return instances.size;
    },
  };
};

export type RuleHost = ReturnType<typeof createRuleHost>;
