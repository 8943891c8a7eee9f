import { z } from 'zod';
import type { AlertKind, Priority } from '../../model/alert.ts';
import type { Clock } from '../../model/clock.ts';
import { findMetric } from '../../model/metrics.ts';
import { isUsable } from '../../model/quality.ts';
import type { NumericSample, Sample } from '../../model/sample.ts';
import { units } from '../../model/unit.ts';
import type { RuleCondition } from './contract.ts';
import { createLimitWatch, type LimitSettings, type LimitVerdict, type LimitWatch } from './limit-watch.ts';
import { seconds, toMs } from './seconds.ts';
import type { Watcher } from './stateful.ts';

/** Limits of one metric, as a site configures them; numbers are in the metric's unit. */
export const limitSchema = z
  .strictObject({
    low: z.number().nullable().default(null).describe('null: no limit'),
    high: z.number().nullable().default(null),
    extremeLow: z.number().nullable().default(null).describe('beyond this at once and with high priority'),
    extremeHigh: z.number().nullable().default(null),
    priority: z.enum(['high', 'medium', 'low']).default('medium'),
    hysteresis: z.number().min(0).default(0).describe('how far back inside a value must be to end it'),
    onDelaySeconds: seconds('how long it must be beyond the limit').default(0),
    extremeDelaySeconds: seconds('the same for the extreme limit').default(0),
    offDelaySeconds: seconds('how long it must be back inside').default(0),
    fastChange: z
      .strictObject({ by: z.number().positive(), withinSeconds: z.number().positive() })
      .nullable()
      .default(null)
      .describe('a change that bypasses the delay; no source gives numbers'),
    latching: z.boolean().default(false),
  })
  .refine(({ low, high }) => low === null || high === null || low < high, 'low must be below high');

export type Limit = z.infer<typeof limitSchema>;

/** Limits by metric. */
export const limitsSchema = z.record(
  z.string().refine((id) => findMetric(id)?.kind === 'numeric', 'no numeric metric of the catalogue'),
  limitSchema,
);

export interface LimitSetOptions {
  readonly limits: Readonly<Record<string, Limit>>;
  readonly unknownAfterSeconds: number;
  readonly kind: AlertKind;
  readonly clock: Clock;
}

/** The limits of one metric of one device. */
interface Slot {
  readonly device: string;
  readonly metric: string;
  /** The sample that decides: its id leads to the bytes. */
  latest: string;
  readonly watches: LimitWatch[];
}

/** `HR 148 > 120 /min`: the worst value of the violation and the limit it broke. */
const messageOf = (metricId: string, direction: 'high' | 'low', value: number | null, limit: number): string => {
  const metric = findMetric(metricId);
  const shown = value === null ? '' : ` ${value.toFixed(metric?.precision ?? 0)}`;
  const unit = metric ? units[metric.unit].display : '';
  return `${metric?.label ?? metricId}${shown} ${direction === 'high' ? '>' : '<'} ${limit} ${unit}`.trim();
};

const settingsOf = (limit: Limit, direction: 'high' | 'low', unknownAfter: number): LimitSettings | null => {
  const at = direction === 'high' ? limit.high : limit.low;
  if (at === null) return null;
  return {
    direction,
    limit: at,
    extreme: direction === 'high' ? limit.extremeHigh : limit.extremeLow,
    hysteresis: limit.hysteresis,
    onDelayMs: toMs(limit.onDelaySeconds),
    extremeDelayMs: toMs(limit.extremeDelaySeconds),
    offDelayMs: toMs(limit.offDelaySeconds),
    fastChange: limit.fastChange ? { by: limit.fastChange.by, withinMs: toMs(limit.fastChange.withinSeconds) } : null,
    unknownAfterMs: toMs(unknownAfter),
  };
};

/** Watches the limits of every metric of every device it is fed. */
export const createLimitSet = (options: LimitSetOptions, say: (condition: RuleCondition) => void): Watcher => {
  const { limits, unknownAfterSeconds, kind, clock } = options;
  const slots = new Map<string, Map<string, Slot>>();

  const condition = (slot: Slot, limit: Limit, settings: LimitSettings, verdict: LimitVerdict): RuleCondition => {
    const priority: Priority = verdict.extreme ? 'high' : limit.priority;
    return {
      code: `${slot.metric}-${settings.direction}`,
      device: slot.device,
      state: verdict.state,
      kind,
      priority,
      latching: limit.latching,
      at: verdict.at,
      message: messageOf(slot.metric, settings.direction, verdict.value, settings.limit),
      metric: slot.metric,
      value: verdict.value,
      limit: settings.limit,
      samples: [slot.latest],
      inhibits: [],
    };
  };

  const makeSlot = ({ device, metric, id }: NumericSample): Slot => {
    const limit = limits[metric];
    const slot: Slot = { device, metric, latest: id, watches: [] };
    for (const direction of ['high', 'low'] as const) {
      const settings = limit ? settingsOf(limit, direction, unknownAfterSeconds) : null;
      if (!limit || !settings) continue;
      slot.watches.push(createLimitWatch(settings, clock, (verdict) => say(condition(slot, limit, settings, verdict))));
    }
    return slot;
  };

  const slotOf = (sample: NumericSample): Slot => {
    let ofDevice = slots.get(sample.device);
    if (!ofDevice) {
      ofDevice = new Map();
      slots.set(sample.device, ofDevice);
    }
    let slot = ofDevice.get(sample.metric);
    if (!slot) {
      slot = makeSlot(sample);
      ofDevice.set(sample.metric, slot);
    }
    return slot;
  };

  return {
    next(sample: Sample) {
      if (sample.kind !== 'numeric') return;
      const slot = slotOf(sample);
      slot.latest = sample.id;
      const { value } = sample;
      for (const watch of slot.watches) {
        if (value !== null && isUsable(sample.quality)) watch.value(value, sample.takenAt);
        else watch.unusable(sample.takenAt);
      }
    },
    stop() {
      for (const ofDevice of slots.values()) {
        for (const { watches } of ofDevice.values()) for (const watch of watches) watch.stop();
      }
    },
  };
};
