import { z } from 'zod';
import type { AlertKind, Priority } from '../../model/alert.ts';
import type { Clock } from '../../model/clock.ts';
import { findMetric } from '../../model/metrics.ts';
import { isUsable } from '../../model/quality.ts';
import type { NumericSample, Sample } from '../../model/sample.ts';
import { units } from '../../model/unit.ts';
import type { RuleCondition } from './contract.ts';
import { createDeadline, type Deadline } from './deadline.ts';
import { clearOf, createLimitWatch, type LimitSettings, type LimitVerdict, type LimitWatch } from './limit-watch.ts';
import { seconds, toMs } from './seconds.ts';
import type { Watcher } from './stateful.ts';

/** Limits of one metric, as a site configures them; numbers are in the metric's unit. */
export const limitSchema = z
  .strictObject({
    low: z.number().nullable().default(null).describe('in the unit of the metric; null: no limit'),
    high: z.number().nullable().default(null).describe('the same above'),
    extremeLow: z.number().nullable().default(null).describe('below this at once and with high priority'),
    extremeHigh: z.number().nullable().default(null).describe('the same above'),
    priority: z.enum(['high', 'medium', 'low']).default('medium').describe('beyond the limit; extreme is always high'),
    hysteresis: z
      .number()
      .min(0)
      .default(0)
      .describe('in the unit of the metric: how far back inside a value must be to end it'),
    onDelaySeconds: seconds('how long it must be beyond the limit').default(0),
    extremeDelaySeconds: seconds('the same for the extreme limit').default(0),
    offDelaySeconds: seconds('how long it must be back inside').default(0),
    fastChange: z
      .strictObject({
        by: z.number().positive().describe('in the unit of the metric'),
        withinSeconds: z.number().positive().describe('s'),
      })
      .nullable()
      .default(null)
      .describe('a change that bypasses the delay; no source gives numbers'),
    absentAfterSeconds: seconds('how long without any value before it is unknown; null: it comes now and then')
      .nullable()
      .default(null),
    latching: z.boolean().default(false).describe('stays after it ends, until a person resets it'),
    extremeLatching: z.boolean().default(false).describe('the same for the extreme limit'),
  })
  .refine(({ low, high }) => low === null || high === null || low < high, 'low must be below high')
  .refine(({ low, extremeLow }) => extremeLow === null || (low !== null && extremeLow <= low), {
    error: 'extremeLow must not be above low',
    path: ['extremeLow'],
  })
  .refine(({ high, extremeHigh }) => extremeHigh === null || (high !== null && extremeHigh >= high), {
    error: 'extremeHigh must not be below high',
    path: ['extremeHigh'],
  });

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
  /** Where its hot numbers are. */
  readonly at: number;
  readonly watches: { readonly settings: LimitSettings; readonly watch: LimitWatch }[];
  readonly absence: Deadline | null;
  readonly isEpisodic: boolean;
  /** Of a value that is taken now and then: time of the newest, since records may come newest first. */
  newest: number;
}

/*
 * What nearly every sample touches lies in one array of plain numbers, three for each slot: from and to which a value
 * changes nothing (an empty range while anything is on or waits), and when a usable value last came. With objects
 * instead, the memory they are spread over costs more than the rule.
 */
const HOT = 3;
const FROM = 0;
const TO = 1;
const LAST = 2;

/** `HR 148 > 120 /min`: the worst value of the violation and the limit it broke. */
const messageOf = (metricId: string, { limit, direction }: LimitSettings, verdict: LimitVerdict): string => {
  const metric = findMetric(metricId);
  const unit = metric ? units[metric.unit].display : '';
  const label = metric?.label ?? metricId;
  const shown = verdict.value === null ? '' : ` ${verdict.value.toFixed(metric?.precision ?? 0)}`;
  if (verdict.state === 'unknown') return `${label}: no usable value, limit ${limit} ${unit}`.trim();
  if (verdict.state === 'off') return `${label}${shown} ${unit}, back inside ${limit}`;
  return `${label}${shown} ${direction === 'high' ? '>' : '<'} ${limit} ${unit}`.trim();
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

/** The smallest step by which "below 20" lies below 20. */
const JUST = 1e-9;

/**
 * What "below `value`" or "above `value`" says about a limit, as a number that is right about it: beyond the limit, or
 * clearly inside; null where it cannot be told.
 */
const boundOf = (value: number, comparator: '<' | '>', settings: LimitSettings): number | null => {
  const sign = settings.direction === 'high' ? 1 : -1;
  const bound = comparator === '<' ? value - JUST : value + JUST;
  const isTowards = comparator === (settings.direction === 'high' ? '>' : '<');
  const isCertain = isTowards ? sign * (bound - settings.limit) > 0 : sign * (bound - clearOf(settings)) <= 0;
  return isCertain ? bound : null;
};

/** Watches the limits of every metric of every device it is fed. */
export const createLimitSet = (options: LimitSetOptions, say: (condition: RuleCondition) => void): Watcher => {
  const { limits, unknownAfterSeconds, kind, clock } = options;
  const slots: Slot[] = [];
  /** Places in `slots`, by device and metric. */
  const places = new Map<string, Map<string, number>>();
  const hot: number[] = [];
  /** The sample that decides, for each slot: its id leads to the bytes. */
  const latest: string[] = [];

  const condition = (slot: Slot, limit: Limit, settings: LimitSettings, verdict: LimitVerdict): RuleCondition => {
    const priority: Priority = verdict.extreme ? 'high' : limit.priority;
    return {
      code: `${slot.metric}-${settings.direction}`,
      device: slot.device,
      state: verdict.state,
      kind,
      priority,
      latching: limit.latching || (verdict.extreme && limit.extremeLatching),
      at: verdict.at,
      message: messageOf(slot.metric, settings, verdict),
      metric: slot.metric,
      value: verdict.value,
      limit: settings.limit,
      samples: [latest[slot.at / HOT] ?? ''],
      inhibits: [],
    };
  };

  const makeSlot = ({ device, metric }: NumericSample): number => {
    const limit = limits[metric];
    const at = slots.length * HOT;
    hot.push(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, clock.now());
    const watches: Slot['watches'] = [];
    const lose = (): void => {
      for (const { watch } of watches) watch.lose();
      settle(slot);
    };
    const absentAfter = limit?.absentAfterSeconds ?? null;
    const absence =
      absentAfter === null ? null : createDeadline(clock, toMs(absentAfter), () => hot[at + LAST] ?? 0, lose);
    const isEpisodic = findMetric(metric)?.episodic ?? false;
    const slot: Slot = { device, metric, at, watches, absence, isEpisodic, newest: Number.NEGATIVE_INFINITY };
    for (const direction of ['high', 'low'] as const) {
      const settings = limit ? settingsOf(limit, direction, unknownAfterSeconds) : null;
      if (!limit || !settings) continue;
      const watch = createLimitWatch(settings, clock, (verdict) => say(condition(slot, limit, settings, verdict)));
      watches.push({ settings, watch });
    }
    slots.push(slot);
    return slots.length - 1;
  };

  let lastDevice: string | null = null;
  let ofDevice = new Map<string, number>();

  /** Most instances are fed by one device, so the last one is the next one too. */
  const placeOf = (sample: NumericSample): number => {
    if (sample.device !== lastDevice) {
      ofDevice = places.get(sample.device) ?? new Map<string, number>();
      places.set(sample.device, ofDevice);
      lastDevice = sample.device;
    }
    let place = ofDevice.get(sample.metric);
    if (place === undefined) {
      place = makeSlot(sample);
      ofDevice.set(sample.metric, place);
    }
    return place;
  };

  const settle = ({ at, metric, isEpisodic, watches }: Slot): void => {
    const isQuiet = !isEpisodic && watches.every(({ watch }) => watch.isQuiet);
    const limit = limits[metric];
    hot[at + FROM] = isQuiet ? (limit?.low ?? Number.NEGATIVE_INFINITY) : Number.POSITIVE_INFINITY;
    hot[at + TO] = isQuiet ? (limit?.high ?? Number.POSITIVE_INFINITY) : Number.NEGATIVE_INFINITY;
  };

  const decide = (place: number, sample: NumericSample): void => {
    const slot = slots[place];
    if (!slot) return;
    const { value, comparator } = sample;
    // A device's clock may be a little ahead; a delay must not grow by that.
    const at = Math.min(sample.takenAt, clock.now());
    if (slot.isEpisodic && at < slot.newest) return;
    slot.newest = at;
    latest[place] = sample.id;
    const isFit = value !== null && isUsable(sample.quality);
    for (const { settings, watch } of slot.watches) {
      if (!isFit) watch.unusable(at);
      else if (comparator === null) watch.value(value, at);
      else {
        const bound = boundOf(value, comparator, settings);
        if (bound !== null) watch.value(bound, at);
      }
    }
    if (isFit) {
      hot[slot.at + LAST] = clock.now();
      slot.absence?.arm();
    }
    settle(slot);
  };

  return {
    next(sample: Sample) {
      if (sample.kind !== 'numeric') return;
      const place = placeOf(sample);
      const at = place * HOT;
      const { value } = sample;
      // The usual case: a good value inside all limits while all is quiet.
      if (value !== null && value >= (hot[at + FROM] ?? 0) && value <= (hot[at + TO] ?? 0)) {
        if (sample.comparator === null && isUsable(sample.quality)) {
          latest[place] = sample.id;
          hot[at + LAST] = clock.now();
          return;
        }
      }
      decide(place, sample);
    },
    stop() {
      for (const { watches, absence } of slots) {
        absence?.stop();
        for (const { watch } of watches) watch.stop();
      }
    },
  };
};
