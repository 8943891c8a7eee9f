import type { FrameEntry, Stored } from '../../model/journal.ts';
import { findMetric } from '../../model/metrics.ts';
import type { NumericSample, Sample, StatusSample, WaveformBlock } from '../../model/sample.ts';

/** One point of a time-series store. Fields are numbers only: VictoriaMetrics turns a string into 0 (peers.md 4.4). */
export interface StorePoint {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, number>>;
  /** Nanoseconds since the epoch, in digits: more than a number can hold. */
  readonly timestamp: string;
}

export interface PointOptions {
  /** The same on every point, e.g. site and unit. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Waveforms too, sample by sample: some hundred points a second and lead. */
  readonly waveforms?: boolean;
}

const NS_PER_MS = 1_000_000;

/**
 * Points of one series at one moment overwrite each other, so each gets some nanoseconds of its own; made of the
 * sample's id, so that the same sample always lands on the same point (standards.md 7.4).
 */
const offsetNs = (id: string, below: number): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index++) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % below;
};

const timestampOf = (ms: number, ns: number): string => {
  const whole = Math.floor(ms);
  const rest = Math.round((ms - whole) * NS_PER_MS) + ns;
  return String(BigInt(whole) * BigInt(NS_PER_MS) + BigInt(rest));
};

/** Control characters and a backslash at the end cannot be escaped in line protocol; an empty tag is none. */
const cleanTags = (tags: Readonly<Record<string, string | null>>): Record<string, string> => {
  const clean: Record<string, string> = {};
  for (const [name, value] of Object.entries(tags)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is to be replaced
    const text = value?.replace(/[\u0000-\u001f\u007f]/g, '_').replace(/\\+$/, '');
    if (text) clean[name] = text;
  }
  return clean;
};

/** Measurements as in standards.md 7.4. */
const measurementOf = (sample: NumericSample): string => {
  switch (findMetric(sample.metric)?.category) {
    case 'environment':
      return 'env';
    case 'device':
      return 'equip';
    case 'procedure':
      return /infus|volume/.test(sample.metric) ? 'pump' : 'vital';
    default:
      return 'vital';
  }
};

/** Never the patient: who was on a device is looked up where that is allowed. */
const commonTags = (sample: Sample, options: PointOptions, own: Readonly<Record<string, string>>) =>
  cleanTags({ ...options.tags, device: sample.device, place: sample.place, quality: sample.quality, ...own });

const numericPoint = (sample: NumericSample, options: PointOptions): StorePoint[] => {
  const { metric, value, comparator, original, clockOffsetMs } = sample;
  if (value === null || !Number.isFinite(value)) return [];
  // LO and HI are no measured values: they must not enter a mean.
  const name = comparator === '<' ? 'below' : comparator === '>' ? 'above' : 'value';
  const fields: Record<string, number> = { [name]: value };
  if (original && Number.isFinite(original.value)) fields.valueRaw = original.value;
  if (clockOffsetMs !== null && Number.isFinite(clockOffsetMs)) fields.offsetMs = clockOffsetMs;
  const timestamp = timestampOf(sample.takenAt, offsetNs(sample.id, NS_PER_MS));
  return [{ measurement: measurementOf(sample), tags: commonTags(sample, options, { metric }), fields, timestamp }];
};

const wavePoints = (block: WaveformBlock, options: PointOptions): StorePoint[] => {
  if (!options.waveforms) return [];
  const tags = commonTags(block, options, { metric: block.metric });
  const ns = offsetNs(block.id, 1000);
  return block.raw.flatMap((raw, index) => {
    const value = raw === null ? Number.NaN : block.offset + block.scale * raw;
    if (!Number.isFinite(value)) return [];
    const timestamp = timestampOf(block.takenAt + (index * 1000) / block.rateHz, ns);
    return [{ measurement: 'wave', tags, fields: { value }, timestamp }];
  });
};

const statusPoint = (sample: StatusSample, options: PointOptions): StorePoint[] => {
  if (sample.active === null) return [];
  const timestamp = timestampOf(sample.takenAt, offsetNs(sample.id, NS_PER_MS));
  const measurement = sample.role === 'alarm' ? 'alarm' : 'equip';
  const tags = commonTags(sample, options, { code: sample.code });
  return [{ measurement, tags, fields: { active: sample.active ? 1 : 0 }, timestamp }];
};

/** Samples as points. Deterministic: sent again, they overwrite themselves. What has no value makes no point. */
export const pointsOf = (entry: FrameEntry, options: PointOptions = {}): StorePoint[] =>
  entry.samples.flatMap((sample) => {
    if (sample.kind === 'numeric') return numericPoint(sample, options);
    if (sample.kind === 'waveform') return wavePoints(sample, options);
    return statusPoint(sample, options);
  });

/** Of a whole batch. */
export const pointsOfBatch = (batch: readonly Stored[], options?: PointOptions): StorePoint[] =>
  batch.flatMap(({ entry }) => (entry.type === 'frame' ? pointsOf(entry, options) : []));
