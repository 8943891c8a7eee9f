import { type Alert, type Condition, type Subject, subjectKey } from '../../model/alert.ts';
import type { Sample } from '../../model/sample.ts';
import { VirtualClock } from '../../model/virtual-clock.ts';
import type { LimitInForce, Rule, RuleCondition, RuleDevice } from '../../rules/kit/contract.ts';
import { endOf } from './end-of-alert.ts';
import { RecentSamples } from './recent-samples.ts';
import { RuleInstance } from './rule-instance.ts';
import type { RuleSettings } from './rule-settings.ts';

export interface RuleHostOptions {
  readonly settings: RuleSettings;
  /** Event time at the start, ms. */
  readonly start: number;
  readonly simulated: boolean;
  onCondition(condition: Condition): void;
  onFault(rule: string, subject: Subject, reason: string): void;
  /** Samples kept to warm a rule that starts again, of all devices together. */
  readonly recentSamples?: number;
}

export interface RuleReport {
  readonly rule: string;
  readonly instances: number;
  /** Instances that have faulted and wait to start again. */
  readonly notWatching: number;
  readonly conditions: number;
  readonly faults: number;
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
  readonly byMetric: Map<string, readonly RuleInstance[]>;
  readonly byStatus: Map<string, readonly RuleInstance[]>;
}

/** A device and its routes; the present one first. */
interface Entry {
  readonly device: HostedDevice;
  routes: Route[];
}

/** The host itself, as the rule that says which rules do not watch. */
const HOST_RULE = 'rule-host';
const HOST_VERSION = 1;
/** Enough for the delays of a ward of fifty monitors; more would cost the collector more than the rules themselves. */
const RECENT_SAMPLES = 8192;

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
  const devices = new Map<string, Entry>();
  const instances = new Map<string, RuleInstance>();
  const recent = new RecentSamples(options.recentSamples ?? RECENT_SAMPLES);
  const counters = { samples: 0, late: 0, conditions: 0, faults: 0 };

  /** One place for all instances: a store in each, for each sample, is what the collector pays for. */
  let current: Sample | null = null;

  const perRule = new Map(settings.rules.map(({ id }) => [id, { conditions: 0, faults: 0 }]));

  const emit = (rule: string, version: number, subject: Subject, condition: RuleCondition): void => {
    counters.conditions++;
    const ofRule = perRule.get(rule);
    if (ofRule) ofRule.conditions++;
    options.onCondition({ ...condition, rule, ruleVersion: version, subject, simulated });
  };

  const stopped = (instance: RuleInstance, isStopped: boolean): void =>
    emit(HOST_RULE, HOST_VERSION, instance.subject, {
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
      const ofRule = perRule.get(instance.rule.id);
      if (ofRule) ofRule.faults++;
      options.onFault(instance.rule.id, instance.subject, reason);
      stopped(instance, true);
    },
    onRecovered: (instance: RuleInstance) => stopped(instance, false),
    recent: (instance: RuleInstance) => samplesOf(instance),
    current: () => current,
  };

  const instanceOf = (
    rule: Rule,
    subject: Subject,
    place: string | null,
    device: HostedDevice | null,
  ): RuleInstance => {
    const key = `${rule.id}\n${subjectKey(subject)}`;
    let instance = instances.get(key);
    if (!instance) {
      instance = new RuleInstance(rule, subject, settings.parameters(rule, subject, place), device, ports);
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

  const wants = (rule: Rule, parameters: unknown, device: HostedDevice, input: string, isStatus: boolean): boolean => {
    const inputs = rule.inputs(parameters);
    if (inputs.classes && !inputs.classes.includes(device.class)) return false;
    if (device.maintenance && rule.kind === 'technical') return false;
    const list = isStatus ? inputs.statuses : inputs.metrics;
    return list.includes('*') || list.includes(input);
  };

  const isLate = (sample: Sample): boolean => sample.receivedAt - sample.takenAt > settings.lateAfterMs;

  function* samplesOf({ rule, subject, feeders, parameters }: RuleInstance): Iterable<Sample> {
    for (const sample of recent) {
      const device = feeders.has(sample.device) ? devices.get(sample.device)?.device : undefined;
      if (!device || (isLate(sample) && !rule.acceptsLate)) continue;
      const of = subjectOf(rule, device, sample);
      if (!of || subjectKey(of) !== subjectKey(subject)) continue;
      const isStatus = sample.kind === 'status';
      if (wants(rule, parameters, device, isStatus ? sample.code : sample.metric, isStatus)) yield sample;
    }
  }

  const compile = (device: HostedDevice, route: Route, input: string, isStatus: boolean): readonly RuleInstance[] => {
    const found: RuleInstance[] = [];
    for (const rule of settings.rules) {
      const subject = subjectOf(rule, device, route);
      if (!subject) continue;
      const parameters = settings.parameters(rule, subject, route.place);
      if (wants(rule, parameters, device, input, isStatus)) found.push(instanceOf(rule, subject, route.place, device));
    }
    (isStatus ? route.byStatus : route.byMetric).set(input, found);
    return found;
  };

  const routeOf = (entry: Entry, patient: string | null, place: string | null): Route => {
    const first = entry.routes[0];
    if (first && first.patient === patient && first.place === place) return first;
    let route = entry.routes.find((known) => known.patient === patient && known.place === place);
    if (!route) {
      route = { patient, place, byMetric: new Map(), byStatus: new Map() };
      entry.routes.push(route);
    }
    return route;
  };

  const end = (instance: RuleInstance, condition: RuleCondition): void =>
    emit(instance.rule.id, instance.rule.version, instance.subject, {
      ...condition,
      state: 'off',
      at: clock.now(),
      message: 'no longer watched: the device was taken off',
    });

  /** What the device said about a subject it is no longer on has ended for that subject. */
  const leave = (device: string, isStillOn: (instance: RuleInstance) => boolean): void => {
    for (const [key, instance] of instances) {
      if (!instance.feeders.has(device) || isStillOn(instance)) continue;
      instance.feeders.delete(device);
      const isLast = instance.feeders.size === 0;
      if (isLast) {
        if (!instance.isWatching) stopped(instance, false);
        instance.stop();
        instances.delete(key);
      }
      for (const [held, condition] of [...instance.held]) {
        if (!isLast && condition.device !== device) continue;
        instance.held.delete(held);
        end(instance, condition);
      }
      // What it remembers of the device must not come up later.
      if (!isLast) instance.rebuild();
    }
  };

  /** True where the rule that raised it is in force, and the device or subject is still there to be watched. */
  const isWatched = ({ rule: id, subject, device }: Alert): boolean => {
    // Faults are noticed anew.
    const rule = settings.rules.find((candidate) => candidate.id === id);
    if (!rule) return false;
    if (device !== null && !devices.has(device)) return false;
    if (subject.kind === 'device') return devices.has(subject.id);
    return subject.kind === 'patient' || instances.has(`${id}\n${subjectKey(subject)}`);
  };

  return {
    /** Event time. */
    now: () => clock.now(),
    counters,
    addDevice(device: HostedDevice): void {
      devices.set(device.id, { device, routes: [] });
      for (const rule of settings.rules) {
        // Silence and a missing sensor must be noticed of a device that never says anything.
        const subject =
          rule.scope === 'patient' ? null : subjectOf(rule, device, { patient: null, place: device.place });
        if (!subject || (device.maintenance && rule.kind === 'technical')) continue;
        const { classes } = rule.inputs(settings.parameters(rule, subject, device.place));
        if (!classes || classes.includes(device.class)) instanceOf(rule, subject, device.place, device);
      }
    },
    /** The device is now on this patient and in this place. */
    associationChanged(device: string, patient: string | null, place: string | null): void {
      const entry = devices.get(device);
      if (!entry) return;
      entry.routes = [];
      routeOf(entry, patient, place);
      leave(device, ({ rule, subject }) => {
        const now = subjectOf(rule, entry.device, { patient, place });
        return now !== null && subjectKey(now) === subjectKey(subject);
      });
      for (const instance of instances.values()) {
        if (instance.feeders.has(device)) {
          instance.configure(settings.parameters(instance.rule, instance.subject, place));
        }
      }
    },
    /** A place is watched from the start, with or without a sensor in it. */
    addPlace(place: string): void {
      for (const rule of settings.rules)
        if (rule.scope === 'place') instanceOf(rule, { kind: 'place', id: place }, place, null);
    },
    /**
     * Alerts that were active before a restart, once devices and places are known: what nobody watches any more has
     * ended, and is said to have.
     */
    settle(alerts: readonly Alert[]): void {
      for (const alert of alerts) {
        const isOurs = settings.known.has(alert.rule) || alert.rule === HOST_RULE;
        if (!isOurs || alert.condition === 'off' || isWatched(alert)) continue;
        options.onCondition(endOf(alert, clock.now()));
      }
    },
    removeDevice(device: string): void {
      leave(device, () => false);
      devices.delete(device);
    },
    /** Gives a sample to the instances that asked for its kind. */
    observe(sample: Sample): void {
      current = null;
      clock.advanceTo(sample.receivedAt);
      const entry = devices.get(sample.device);
      if (!entry) return;
      counters.samples++;
      const route = routeOf(entry, sample.patient, sample.place);
      const targets =
        sample.kind === 'status'
          ? (route.byStatus.get(sample.code) ?? compile(entry.device, route, sample.code, true))
          : (route.byMetric.get(sample.metric) ?? compile(entry.device, route, sample.metric, false));
      if (sample.kind !== 'waveform' && targets.length > 0) recent.add(sample);
      current = sample;
      if (!isLate(sample)) {
        for (const instance of targets) instance.next(sample);
        return;
      }
      counters.late++;
      for (const instance of targets) if (instance.rule.acceptsLate) instance.next(sample);
    },
    /** Time passes without samples. */
    tick(now: number): void {
      current = null;
      clock.advanceTo(now);
    },
    /** When the next timer is due, or null. */
    get nextDue(): number | null {
      return clock.nextDue;
    },
    /** What each rule has said and how it fares: for the engineer and /metrics. */
    report(): RuleReport[] {
      const all = [...instances.values()];
      return settings.rules.map(({ id }) => {
        const own = all.filter(({ rule }) => rule.id === id);
        const notWatching = own.filter(({ isWatching }) => !isWatching).length;
        return { rule: id, instances: own.length, notWatching, ...(perRule.get(id) ?? { conditions: 0, faults: 0 }) };
      });
    },
    /** The limits in force for each subject that is watched. */
    limits(): { readonly subject: Subject; readonly limit: LimitInForce }[] {
      return [...instances.values()].flatMap(({ rule, subject, parameters }) =>
        (rule.limits?.(parameters, subject) ?? []).map((limit) => ({ subject, limit })),
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
