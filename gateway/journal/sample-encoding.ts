import { alertKinds, priorities } from '../../model/alert.ts';
import type { FrameEntry } from '../../model/journal.ts';
import { qualities } from '../../model/quality.ts';
import type { NumericSample, Sample, SampleCommon, StatusSample, WaveformBlock } from '../../model/sample.ts';
import { timeSources } from '../../model/time.ts';
import { fitsInt16, readInt16, writeInt16 } from './wave-bytes.ts';

/*
 * A sample as a short JSON array. What is usual is left out or is an index; what is rare stands by name in one object
 * at the end. Positions and indices are for ever: a change of form is a new type of entry (see encoding.ts).
 */

type Writable<T> = { -readonly [Key in keyof T]?: T[Key] };

/** Fields that differ from what is usual. */
type Rare = Writable<
  Pick<SampleCommon, 'id' | 'device' | 'measurement' | 'receivedAt' | 'deviceTime' | 'clockOffsetMs' | 'reasons'> &
    Pick<NumericSample, 'original' | 'comparator' | 'context'> &
    Pick<StatusSample, 'detail' | 'mdc'> & { digest: string }
>;

type Common = [
  measurement: number,
  age: number,
  timeSource: number,
  quality: number,
  patient: string | null,
  place: string | null,
];

type NumericTuple = [0, ...Common, string, number | null, string, Rare?];
type WaveTuple = [1, ...Common, string, string, number, number, number, number, number | (number | null)[], Rare?];
type StatusTuple = [2, ...Common, string, 0 | 1 | null, 0 | 1, number, number, string, Rare?];
export type SampleTuple = NumericTuple | WaveTuple | StatusTuple;

/** What the samples of an entry are written against. */
type Frame = Pick<FrameEntry, 'device' | 'receivedAt' | 'digest'>;

/** The pieces that are not JSON. */
export interface WriteContext {
  readonly frame: Frame;
  /** Measurement ids that are kept beside the samples; any other is written out with its sample. */
  readonly measurements: readonly string[];
  /** Runs of 16-bit samples, one after the other. */
  readonly waves: (readonly (number | null)[])[];
}

const rareOf = (sample: Sample, frame: Frame, idIsKept: boolean, measurement: number): Rare => {
  const rare: Rare = {};
  if (!idIsKept) rare.id = sample.id;
  if (measurement < 0) rare.measurement = sample.measurement;
  if (sample.device !== frame.device) rare.device = sample.device;
  if (sample.receivedAt !== frame.receivedAt) rare.receivedAt = sample.receivedAt;
  if (sample.frame.digest !== frame.digest) rare.digest = sample.frame.digest;
  if (sample.deviceTime !== null) rare.deviceTime = sample.deviceTime;
  if (sample.clockOffsetMs !== null) rare.clockOffsetMs = sample.clockOffsetMs;
  if (sample.reasons.length > 0) rare.reasons = sample.reasons;
  return rare;
};

const isEmpty = (record: object): boolean => {
  for (const _ in record) return false;
  return true;
};

/** `idIsKept`: the bytes of the sample's id are kept beside it. */
export const encodeSample = (sample: Sample, context: WriteContext, idIsKept: boolean): SampleTuple => {
  const measurement = context.measurements.indexOf(sample.measurement);
  const rare = rareOf(sample, context.frame, idIsKept, measurement);
  const common: Common = [
    measurement,
    sample.receivedAt - sample.takenAt,
    timeSources.indexOf(sample.timeSource),
    qualities.indexOf(sample.quality),
    sample.patient,
    sample.place,
  ];
  let tuple: SampleTuple;
  if (sample.kind === 'numeric') {
    if (sample.original !== null) rare.original = sample.original;
    if (sample.comparator !== null) rare.comparator = sample.comparator;
    if (!isEmpty(sample.context)) rare.context = sample.context;
    tuple = [0, ...common, sample.metric, sample.value, sample.unit];
  } else if (sample.kind === 'waveform') {
    const { metric, unit, rateHz, scale, offset, raw } = sample;
    const fits = fitsInt16(raw);
    if (fits) context.waves.push(raw);
    const data = fits ? raw.length : [...raw];
    tuple = [1, ...common, metric, unit, rateHz, scale, offset, sample.endsAt - sample.takenAt, data];
  } else {
    if (sample.detail !== null) rare.detail = sample.detail;
    if (sample.mdc !== null) rare.mdc = sample.mdc;
    tuple = [
      2,
      ...common,
      sample.code,
      sample.active === null ? null : sample.active ? 1 : 0,
      sample.role === 'state' ? 0 : 1,
      alertKinds.indexOf(sample.alertKind),
      priorities.indexOf(sample.priority),
      sample.text,
    ];
  }
  if (!isEmpty(rare)) tuple.push(rare);
  return tuple;
};

export interface ReadContext {
  readonly frame: Frame;
  readonly id: string;
  readonly measurements: readonly string[];
  readonly waves: WaveReader;
}

/** Hands out the runs of 16-bit samples in order. */
export class WaveReader {
  private readonly view: DataView | null;
  private at = 0;

  constructor(bytes: Uint8Array | null) {
    this.view = bytes && new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  take(count: number): (number | null)[] {
    if (!this.view) return [];
    const raw = readInt16(this.view, this.at, count);
    this.at += count * 2;
    return raw;
  }
}

export const waveBytes = (waves: readonly (readonly (number | null)[])[]): Uint8Array => {
  const bytes = new Uint8Array(waves.reduce((sum, raw) => sum + raw.length * 2, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const raw of waves) {
    writeInt16(raw, view, at);
    at += raw.length * 2;
  }
  return bytes;
};

const listed = <T>(list: readonly T[], index: number): T => {
  const entry = list[index];
  if (entry === undefined) throw new RangeError(`the journal holds an unknown code ${index}`);
  return entry;
};

export const decodeSample = (tuple: SampleTuple, context: ReadContext): Sample => {
  const [kind, measurement, age, timeSource, quality, patient, place] = tuple;
  const last = tuple.at(-1);
  const rare: Rare = typeof last === 'object' && last !== null && !Array.isArray(last) ? last : {};
  const receivedAt = rare.receivedAt ?? context.frame.receivedAt;
  const takenAt = receivedAt - age;
  const common: SampleCommon = {
    id: rare.id ?? context.id,
    device: rare.device ?? context.frame.device,
    measurement: rare.measurement ?? listed(context.measurements, measurement),
    takenAt,
    receivedAt,
    timeSource: listed(timeSources, timeSource),
    deviceTime: rare.deviceTime ?? null,
    clockOffsetMs: rare.clockOffsetMs ?? null,
    patient,
    place,
    quality: listed(qualities, quality),
    reasons: rare.reasons ?? [],
    frame: { digest: rare.digest ?? context.frame.digest },
  };
  switch (kind) {
    case 0: {
      const [, , , , , , , metric, value, unit] = tuple;
      return {
        kind: 'numeric',
        ...common,
        metric,
        value,
        unit: unit as NumericSample['unit'],
        original: rare.original ?? null,
        comparator: rare.comparator ?? null,
        context: rare.context ?? {},
      };
    }
    case 1: {
      const [, , , , , , , metric, unit, rateHz, scale, offset, length, data] = tuple;
      return {
        kind: 'waveform',
        ...common,
        metric,
        unit: unit as WaveformBlock['unit'],
        rateHz,
        scale,
        offset,
        raw: typeof data === 'number' ? context.waves.take(data) : data,
        endsAt: takenAt + length,
      };
    }
    case 2: {
      const [, , , , , , , code, active, role, alertKind, priority, text] = tuple;
      return {
        kind: 'status',
        ...common,
        code,
        active: active === null ? null : active === 1,
        role: role === 0 ? 'state' : 'alarm',
        alertKind: listed(alertKinds, alertKind),
        priority: listed(priorities, priority),
        text,
        detail: rare.detail ?? null,
        mdc: rare.mdc ?? null,
      };
    }
  }
};
