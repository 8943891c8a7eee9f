import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { alertKinds, priorities } from '../../model/alert.ts';
import type { FrameEntry, JournalEntry } from '../../model/journal.ts';
import { qualities, qualityReasons } from '../../model/quality.ts';
import type { NumericSample, Sample, SampleCommon, StatusSample, WaveformBlock } from '../../model/sample.ts';
import { timeSources } from '../../model/time.ts';
import { type Unit, units } from '../../model/unit.ts';

/** A UUID made of a name, for samples whose content does not matter. */
export const uuidOf = (name: string): string => {
  const hex = createHash('sha1').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

const digest = '00112233445566778899aabbccddeeff';

export const commonOf = (name: string, over: Partial<SampleCommon> = {}): SampleCommon => ({
  id: uuidOf(name),
  device: 'monitor-1',
  measurement: uuidOf(`measurement of ${name}`),
  takenAt: 1_000_000,
  receivedAt: 1_000_000,
  timeSource: 'gateway',
  deviceTime: null,
  clockOffsetMs: null,
  patient: null,
  place: null,
  quality: 'good',
  reasons: [],
  frame: { digest },
  ...over,
});

export const numericOf = (name: string, over: Partial<NumericSample> = {}): NumericSample => ({
  kind: 'numeric',
  ...commonOf(name, over),
  metric: 'heart-rate',
  value: 72,
  unit: '/min',
  original: null,
  comparator: null,
  context: {},
  ...over,
});

export const waveOf = (name: string, over: Partial<WaveformBlock> = {}): WaveformBlock => {
  const raw = over.raw ?? [1, 2, null, -3];
  const takenAt = over.takenAt ?? 1_000_000;
  const rateHz = over.rateHz ?? 250;
  return {
    kind: 'waveform',
    ...commonOf(name, over),
    metric: 'ecg-lead-ii',
    unit: 'mV',
    rateHz,
    scale: 0.005,
    offset: 0,
    raw,
    endsAt: takenAt + (raw.length * 1000) / rateHz,
    ...over,
  };
};

export const frameOf = (samples: readonly Sample[], over: Partial<FrameEntry> = {}): FrameEntry => ({
  type: 'frame',
  device: samples[0]?.device ?? 'monitor-1',
  link: 'link-1',
  receivedAt: samples[0]?.receivedAt ?? 1_000_000,
  frame: new Uint8Array([1, 2, 3]),
  address: null,
  digest,
  samples,
  ...over,
});

/** A frame with one numeric sample of its own. */
export const frameNamed = (name: string, over: Partial<NumericSample> = {}): FrameEntry =>
  frameOf([numericOf(name, over)]);

const text = fc.string({ maxLength: 12, unit: 'grapheme' });
const moment = fc.integer({ min: 0, max: 4e12 });
const real = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const id = fc.oneof(fc.uuid(), text);
const unit = fc.constantFrom(...(Object.keys(units) as Unit[]));
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

const common = {
  id,
  device: text,
  measurement: id,
  takenAt: moment,
  receivedAt: moment,
  timeSource: fc.constantFrom(...timeSources),
  deviceTime: optional(text),
  clockOffsetMs: optional(fc.integer()),
  patient: optional(text),
  place: optional(text),
  quality: fc.constantFrom(...qualities),
  reasons: fc.uniqueArray(fc.constantFrom(...qualityReasons), { maxLength: 3 }),
  frame: fc.record({ digest: fc.oneof(fc.constant(digest), text) }),
};

const anyNumeric: fc.Arbitrary<NumericSample> = fc.record({
  kind: fc.constant('numeric'),
  ...common,
  metric: text,
  value: optional(real),
  unit,
  original: optional(fc.record({ value: real, unit })),
  comparator: optional(fc.constantFrom('<', '>')),
  context: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), text, { maxKeys: 3, noNullPrototype: true }),
});

const anyWave: fc.Arbitrary<WaveformBlock> = fc.record({
  kind: fc.constant('waveform'),
  ...common,
  metric: text,
  unit,
  rateHz: fc.integer({ min: 1, max: 1000 }),
  scale: real,
  offset: real,
  raw: fc.array(optional(fc.oneof(fc.integer({ min: -0x8000, max: 0x8000 }), real)), { maxLength: 20 }),
  endsAt: moment,
});

const anyStatus: fc.Arbitrary<StatusSample> = fc.record({
  kind: fc.constant('status'),
  ...common,
  code: text,
  active: optional(fc.boolean()),
  role: fc.constantFrom('state', 'alarm'),
  alertKind: fc.constantFrom(...alertKinds),
  priority: fc.constantFrom(...priorities),
  text,
  detail: optional(text),
  mdc: optional(fc.record({ code: optional(fc.integer()), refId: text })),
});

export const anySample: fc.Arbitrary<Sample> = fc.oneof(anyNumeric, anyWave, anyStatus);

const bytes = fc.uint8Array({ maxLength: 40 });

export const anyFrame: fc.Arbitrary<FrameEntry> = fc.record({
  type: fc.constant('frame'),
  device: text,
  link: text,
  receivedAt: moment,
  frame: bytes,
  address: optional(text),
  digest: fc.oneof(fc.constant(digest), text),
  samples: fc.uniqueArray(anySample, { maxLength: 6, selector: (sample) => sample.id }),
});

export const anyEntry: fc.Arbitrary<JournalEntry> = fc.oneof(
  anyFrame,
  fc.record({
    type: fc.constant('quarantine' as const),
    device: optional(text),
    link: text,
    receivedAt: moment,
    frame: bytes,
    address: optional(text),
    code: text,
    detail: text,
  }),
  fc.record({
    type: fc.constant('audit' as const),
    at: moment,
    who: text,
    role: optional(text),
    action: text,
    target: optional(text),
    outcome: fc.constantFrom('ok' as const, 'refused' as const, 'failed' as const),
    reason: optional(text),
    address: optional(text),
  }),
);
