import type { DriverNumeric, DriverSample, DriverStatus, DriverWaveform } from '../../drivers/kit/contract.ts';
import { metricOf } from '../../model/metrics.ts';
import type { Quality, QualityReason } from '../../model/quality.ts';
import type { NumericSample, Sample, SampleCommon, StatusSample, WaveformBlock } from '../../model/sample.ts';
import { localToUtc, type TimeSource } from '../../model/time.ts';
import { convert } from '../../model/unit.ts';
import { CLOCK_TOLERANCE_MS, type ClockEstimate, FUTURE_TOLERANCE_MS } from './device-clock.ts';
import { measurementId, sampleId } from './identity.ts';

/*
 * Normalising (design 4): units to the catalogue's, plausibility, clock, deterministic id, measurement id, whose it is.
 * Pure: the same input gives the same samples.
 */

export interface NormaliseContext {
  readonly device: string;
  readonly receivedAt: number;
  /** Counts deliveries: tells those without a time or sequence of their own apart. */
  readonly arrival: number;
  readonly digest: string;
  readonly simulated: boolean;
  /** IANA zone of the device's clock. */
  readonly timeZone: string;
  readonly clock: ClockEstimate | null;
  /** Who was on the device, and where it stood, at a moment. */
  subjectAt(takenAt: number): { readonly patient: string | null; readonly place: string | null };
}

interface EventTime {
  readonly takenAt: number;
  readonly source: TimeSource;
  readonly deviceTime: string | null;
  /** What identifies the reading whatever the clock correction: the device's own time and number, or the arrival. */
  readonly identity: { readonly takenAt: number; readonly sequence: string | number | null };
  readonly reasons: readonly QualityReason[];
}

const eventTime = (sample: Exclude<DriverSample, { kind: 'clock' }>, context: NormaliseContext): EventTime => {
  const { taken } = sample;
  const { receivedAt, clock } = context;
  if (!taken) {
    // A device's own number says which reading it is, whenever it comes.
    const identity =
      sample.sequence === undefined
        ? { takenAt: receivedAt, sequence: context.arrival }
        : { takenAt: 0, sequence: sample.sequence };
    return { takenAt: receivedAt, source: 'gateway', deviceTime: null, identity, reasons: [] };
  }
  const deviceMs = taken.kind === 'utc' ? taken.ms : localToUtc(taken.local, context.timeZone);
  const named = taken.kind === 'utc' ? taken.ms : localToUtc(taken.local, 'UTC');
  const off = clock && Math.abs(clock.offsetMs) > CLOCK_TOLERANCE_MS ? clock.offsetMs : 0;
  const takenAt = deviceMs - off;
  const base = { deviceTime: taken.text, identity: { takenAt: named, sequence: sample.sequence ?? null } };
  if (takenAt > receivedAt + FUTURE_TOLERANCE_MS) {
    return { ...base, takenAt: receivedAt, source: 'gateway', reasons: ['future-time'] };
  }
  if (off !== 0) return { ...base, takenAt, source: 'device-corrected', reasons: ['clock-corrected'] };
  const unknown: readonly QualityReason[] = taken.kind === 'local' && !clock ? ['clock-unknown'] : [];
  return { ...base, takenAt, source: 'device', reasons: unknown };
};

const worst = (a: Quality, b: Quality): Quality => {
  const order: readonly Quality[] = ['simulated', 'good', 'questionable', 'invalid', 'missing'];
  return order.indexOf(a) >= order.indexOf(b) ? a : b;
};

interface Value {
  readonly value: number | null;
  readonly quality: Quality;
  readonly reasons: readonly QualityReason[];
  readonly original: NumericSample['original'];
}

const normaliseValue = (sample: DriverNumeric): Value => {
  const metric = metricOf(sample.metric);
  const given = sample.reasons ?? [];
  if (sample.value === null || !Number.isFinite(sample.value)) {
    const reasons = given.length > 0 ? given : (['not-measured'] as const);
    return { value: null, quality: worst(sample.quality ?? 'missing', 'missing'), reasons, original: null };
  }
  const original = sample.unit === metric.unit ? null : { value: sample.value, unit: sample.unit };
  const value = convert(sample.value, sample.unit, metric.unit);
  if (value === null) return { value: null, quality: 'invalid', reasons: [...given, 'unknown-unit'], original };
  const within = (range: { low: number; high: number }) => value >= range.low && value <= range.high;
  const base = sample.quality ?? 'good';
  // A meter's LO and HI lie at the edge of its own range, which the ranges here do not know.
  if (sample.comparator || within(metric.plausible)) return { value, quality: base, reasons: given, original };
  const quality = within(metric.possible) ? 'questionable' : 'invalid';
  return { value, quality: worst(base, quality), reasons: [...given, 'implausible'], original };
};

/** Mean must lie within diastolic and systolic (standards.md 7.3). */
const isInconsistent = (samples: readonly Sample[]): boolean => {
  const value = (metric: string) =>
    samples.find((sample) => sample.kind === 'numeric' && sample.metric === metric && sample.value !== null);
  const number = (metric: string): number | null => {
    const found = value(metric);
    return found?.kind === 'numeric' ? found.value : null;
  };
  const systolic = number('nibp-systolic');
  const diastolic = number('nibp-diastolic');
  const mean = number('nibp-mean');
  if (systolic === null || diastolic === null) return false;
  return systolic <= diastolic || (mean !== null && (mean < diastolic || mean > systolic));
};

/** The samples of one message or poll. Clock readings are not samples: see `estimateClock`. */
export const normalise = (driverSamples: readonly DriverSample[], context: NormaliseContext): readonly Sample[] => {
  const measurementOf = createMeasurements(context.device);
  const samples = driverSamples.flatMap((sample) =>
    sample.kind === 'clock' ? [] : [normaliseOne(sample, context, measurementOf)],
  );
  if (!isInconsistent(samples)) return samples;
  return samples.map((sample) =>
    sample.kind === 'numeric' && sample.metric.startsWith('nibp-') && sample.value !== null
      ? {
          ...sample,
          quality: worst(sample.quality, 'questionable'),
          reasons: [...sample.reasons, 'inconsistent' as const],
        }
      : sample,
  );
};

/** The samples of a message share their measurement, and making an id costs more than all the rest. */
const createMeasurements = (device: string) => {
  const known = new Map<string, string>();
  return (identity: EventTime['identity'], group: string | null): string => {
    const key = `${identity.takenAt}\n${identity.sequence}\n${group}`;
    let id = known.get(key);
    if (id === undefined) {
      id = measurementId({ device, ...identity, group });
      known.set(key, id);
    }
    return id;
  };
};

const normaliseOne = (
  sample: Exclude<DriverSample, { kind: 'clock' }>,
  context: NormaliseContext,
  measurementOf: ReturnType<typeof createMeasurements>,
): Sample => {
  const time = eventTime(sample, context);
  const what = sample.kind === 'status' ? `status:${sample.code}` : sample.metric;
  const common = (quality: Quality, reasons: readonly QualityReason[]): SampleCommon => {
    const all = [...reasons, ...time.reasons];
    const timed = time.reasons.includes('future-time') ? worst(quality, 'questionable') : quality;
    const { patient, place } = context.subjectAt(time.takenAt);
    return {
      id: sampleId({ device: context.device, metric: what, ...time.identity }),
      measurement: measurementOf(time.identity, sample.measurement ?? null),
      device: context.device,
      takenAt: time.takenAt,
      receivedAt: context.receivedAt,
      timeSource: time.source,
      deviceTime: time.deviceTime,
      clockOffsetMs: context.clock?.offsetMs ?? null,
      patient,
      place,
      quality: context.simulated && timed === 'good' ? 'simulated' : timed,
      reasons: context.simulated ? [...all, 'simulated'] : all,
      frame: { digest: context.digest },
    };
  };
  switch (sample.kind) {
    case 'numeric':
      return numericSample(sample, common);
    case 'waveform':
      return waveformBlock(sample, common);
    case 'status':
      return statusSample(sample, common);
  }
};

type Common = (quality: Quality, reasons: readonly QualityReason[]) => SampleCommon;

const numericSample = (sample: DriverNumeric, common: Common): NumericSample => {
  const { value, quality, reasons, original } = normaliseValue(sample);
  return {
    ...common(quality, reasons),
    kind: 'numeric',
    metric: sample.metric,
    value,
    unit: metricOf(sample.metric).unit,
    original,
    comparator: sample.comparator ?? null,
    context: sample.context ?? {},
  };
};

/** A message with a waveform comes when its last sample has been taken: the block ends at its time. */
const waveformBlock = (sample: DriverWaveform, common: Common): WaveformBlock => {
  const base = common(sample.quality ?? 'good', sample.reasons ?? []);
  const metric = metricOf(sample.metric);
  const factor = convert(1, sample.unit, metric.unit) ?? 1;
  return {
    ...base,
    kind: 'waveform',
    metric: sample.metric,
    unit: metric.unit,
    takenAt: base.takenAt - (sample.raw.length * 1000) / sample.rateHz,
    endsAt: base.takenAt,
    rateHz: sample.rateHz,
    scale: sample.scale * factor,
    offset: sample.offset * factor,
    raw: sample.raw,
  };
};

const statusSample = (sample: DriverStatus, common: Common): StatusSample => ({
  ...common(sample.quality ?? 'good', sample.reasons ?? []),
  kind: 'status',
  code: sample.code,
  active: sample.active,
  role: sample.role,
  alertKind: sample.alertKind,
  priority: sample.priority,
  text: sample.text,
  detail: sample.detail ?? null,
  mdc: sample.mdc ?? null,
});
