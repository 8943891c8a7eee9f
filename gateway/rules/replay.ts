import type { Condition } from '../../model/alert.ts';
import type { Sample } from '../../model/sample.ts';
import { createRuleHost, type HostedDevice } from './rule-host.ts';
import type { RuleSettings } from './rule-settings.ts';

export interface ReplayOptions {
  readonly settings: RuleSettings;
  readonly devices: readonly HostedDevice[];
  readonly places?: readonly string[];
  /** Where event time begins; default: the first sample. */
  readonly start?: number;
  /** Where it ends, so that what is waiting then is seen; default: the last sample. */
  readonly end?: number;
  readonly simulated?: boolean;
  onCondition(condition: Condition): void;
  onFault?(rule: string, reason: string): void;
}

/**
 * The same rules over recorded samples, in their order of arrival, without a wall clock: what a backtest is, and what a
 * live run must equal (promise 7). Who was on a device is taken from the samples themselves.
 */
export const replayRules = (samples: Iterable<Sample>, options: ReplayOptions): void => {
  let host: ReturnType<typeof createRuleHost> | null = null;
  const begin = (start: number) => {
    const made = createRuleHost({
      settings: options.settings,
      start,
      simulated: options.simulated ?? false,
      onCondition: (condition) => options.onCondition(condition),
      onFault: (rule, _subject, reason) => options.onFault?.(rule, reason),
    });
    for (const device of options.devices) made.addDevice(device);
    for (const place of options.places ?? []) made.addPlace(place);
    return made;
  };
  /** Newest subjects of each device; an older reading says nothing about who is on it now. */
  const whereabouts = new Map<string, { takenAt: number; patient: string | null; place: string | null }>();
  for (const sample of samples) {
    host ??= begin(options.start ?? sample.receivedAt);
    const known = whereabouts.get(sample.device);
    if (!known || sample.takenAt >= known.takenAt) {
      const { takenAt, patient, place } = sample;
      whereabouts.set(sample.device, { takenAt, patient, place });
      if (known && (known.patient !== patient || known.place !== place)) {
        host.tick(sample.receivedAt);
        host.associationChanged(sample.device, patient, place);
      }
    }
    host.observe(sample);
  }
  if (options.end !== undefined) {
    host ??= begin(options.start ?? options.end);
    host.tick(options.end);
  }
  host?.stop();
};
