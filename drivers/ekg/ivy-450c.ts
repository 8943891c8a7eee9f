import type { QualityReason } from '../../model/quality.ts';
import { isUnit, type Unit } from '../../model/unit.ts';
import type {
  DeviceMemory,
  DriverNumeric,
  DriverSample,
  DriverStatus,
  DriverWaveform,
  InterpretContext,
  StreamDriver,
} from '../kit/contract.ts';
import { stringOption, tableOption } from '../kit/options.ts';
import { type AlarmMeaning, knownMeaning, meaningOf } from './ivy-alarms.ts';
import { type IvyLine, type IvyMessage, ivyCodec } from './ivy-codec.ts';

interface Field {
  readonly metric: string;
  readonly unit: Unit;
}

interface Parameter {
  /** Name of the line. */
  readonly name: string;
  /** First part of the codes of its statuses. */
  readonly id: string;
  readonly fields: readonly Field[];
}

const pressureFields = (line: 1 | 2): readonly Field[] =>
  ['systolic', 'diastolic', 'mean'].map((part) => ({ metric: `pressure-${line}-${part}`, unit: 'mm[Hg]' }));

const NIBP = 'NIBP';

const parameters: readonly Parameter[] = [
  { name: 'HR', id: 'heart-rate', fields: [{ metric: 'heart-rate', unit: '/min' }] },
  { name: 'RR', id: 'respiration', fields: [{ metric: 'respiration-rate', unit: '/min' }] },
  { name: 'ETCO2', id: 'etco2', fields: [{ metric: 'etco2', unit: 'mm[Hg]' }] },
  { name: 'SPO2', id: 'spo2', fields: [{ metric: 'spo2', unit: '%' }] },
  {
    name: NIBP,
    id: 'nibp',
    fields: [
      { metric: 'nibp-systolic', unit: 'mm[Hg]' },
      { metric: 'nibp-diastolic', unit: 'mm[Hg]' },
      { metric: 'nibp-mean', unit: 'mm[Hg]' },
      { metric: 'nibp-pulse-rate', unit: '/min' },
    ],
  },
  { name: 'P1', id: 'pressure-1', fields: pressureFields(1) },
  { name: 'P2', id: 'pressure-2', fields: pressureFields(2) },
  { name: 'T1', id: 'temperature-1', fields: [{ metric: 'body-temperature', unit: 'Cel' }] },
  { name: 'T2', id: 'temperature-2', fields: [{ metric: 'body-temperature-2', unit: 'Cel' }] },
];

/** Longest name first: each is the beginning of the next. */
const leads = [
  { label: 'ECG-III', metric: 'ecg-lead-iii' },
  { label: 'ECG-II', metric: 'ecg-lead-ii' },
  { label: 'ECG-I', metric: 'ecg-lead-i' },
] as const;

/** No transducer at a pressure input (protocols.md 4.1). */
const NO_TRANSDUCER = 0xfb;

interface Value {
  readonly value: number | null;
  readonly reason: QualityReason;
}

/** An empty field is no value; so is one that is no number. */
const readValue = (text: string): Value => {
  if (text.trim() === '') return { value: null, reason: 'not-measured' };
  const value = /^\s*-?\d+(\.\d+)?\s*$/.test(text) ? Number(text) : null;
  return { value, reason: 'device-error' };
};

/** What the texts of a line say about its values: the alarm first, then a label that is known to be about a sensor. */
const technicalReason = (alarm: AlarmMeaning | null, line: IvyLine): QualityReason | null =>
  alarm?.reason ?? knownMeaning(line.label)?.reason ?? null;

const unitOf = ({ name }: Parameter, fallback: Unit, context: InterpretContext): Unit => {
  const option = name === 'ETCO2' ? 'etco2Unit' : name.startsWith('T') ? 'temperatureUnit' : null;
  const given = option === null ? null : stringOption(context.options, option);
  return given !== null && isUnit(given) ? given : fallback;
};

const numerics = (parameter: Parameter, line: IvyLine, alarm: AlarmMeaning | null, context: InterpretContext) => {
  const reason = technicalReason(alarm, line);
  const samples: DriverNumeric[] = [];
  const add = (metric: string, unit: Unit, text: string) => {
    const read = readValue(text);
    const base = { kind: 'numeric', metric, unit, value: read.value } as const;
    if (read.value === null) samples.push({ ...base, quality: 'missing', reasons: [reason ?? read.reason] });
    else samples.push(reason === null ? base : { ...base, quality: 'questionable', reasons: [reason] });
  };
  for (const [i, { metric, unit }] of parameter.fields.entries()) {
    add(metric, unitOf(parameter, unit, context), line.values[i] ?? '');
  }
  if (parameter.name === 'SPO2') add('pulse-rate', '/min', /^PR=\s*([\d.]+)/.exec(line.label)?.[1] ?? '');
  return samples;
};

/** Both kinds, each second, so that an alarm that ends is seen to end. The host drops what has not changed. */
const statuses = ({ id }: Parameter, line: IvyLine, alarm: AlarmMeaning | null): readonly DriverStatus[] =>
  (['physiological', 'technical'] as const).map((alertKind) => {
    const active = alarm?.alertKind === alertKind;
    return {
      kind: 'status',
      code: `${id}-${alertKind}`,
      active,
      role: 'alarm',
      alertKind,
      priority: active ? alarm.priority : 'low',
      text: active ? line.alarm : `no ${alertKind} alarm`,
      ...(active && alarm.mdc ? { mdc: alarm.mdc } : {}),
    };
  });

/** `NO TRANSDUCER` in the label says how the input is fitted, whether or not it is in use: a state, not an alarm. */
const sensorState = ({ id }: Parameter, line: IvyLine): DriverStatus => ({
  kind: 'status',
  code: `${id}-sensor-off`,
  active: knownMeaning(line.label)?.reason === 'sensor-off',
  role: 'state',
  alertKind: 'technical',
  priority: 'information',
  text: line.label === '' ? 'transducer connected' : line.label,
});

const leadState = (label: string, known: boolean): DriverStatus => ({
  kind: 'status',
  code: 'ecg-lead-unknown',
  active: !known,
  role: 'state',
  alertKind: 'technical',
  priority: 'low',
  text: known ? label : 'the monitor does not say which lead it sends',
  detail: label,
});

const waveforms = (
  message: IvyMessage,
  lineOf: (name: string) => IvyLine | undefined,
  ecgReason: QualityReason | null,
) => {
  const samples: DriverSample[] = [];
  const { waves } = message;
  const add = (wave: Omit<DriverWaveform, 'kind'>) => samples.push({ kind: 'waveform', ...wave });
  const label = lineOf('HR')?.label ?? '';
  const lead = leads.find((known) => label.startsWith(known.label));
  samples.push(leadState(label, lead !== undefined));
  if (lead) {
    const trust = ecgReason === null ? {} : ({ quality: 'invalid', reasons: [ecgReason] } as const);
    add({ metric: lead.metric, unit: 'mV', rateHz: 200, scale: 0.02, offset: -2, raw: waves.ecg, ...trust });
  }
  add({ metric: 'respiration-wave', unit: '1', rateHz: 50, scale: 1, offset: 0, raw: waves.respiration });
  add({ metric: 'pleth-wave', unit: '1', rateHz: 50, scale: 1, offset: -86, raw: waves.pleth });
  for (const [metric, bytes] of [
    ['pressure-1-wave', waves.pressure1],
    ['pressure-2-wave', waves.pressure2],
  ] as const) {
    const raw = bytes.map((byte) => (byte === NO_TRANSDUCER ? null : byte));
    if (raw.some((byte) => byte !== null)) add({ metric, unit: 'mm[Hg]', rateHz: 50, scale: 1, offset: 0, raw });
  }
  return samples;
};

/**
 * The monitor repeats its last cuff reading every second: that is one measurement, and a new one where it changes. How
 * old the first one seen is, nobody knows.
 */
const cuffReading = (samples: readonly DriverNumeric[], line: IvyLine, memory: DeviceMemory) => {
  const reading = line.values.every((text) => text.trim() === '') ? '' : line.values.join(';');
  const before = memory.nibp;
  if (reading === before) return { samples: [], memory: {} };
  const age = before === undefined ? ({ quality: 'questionable', reasons: ['clock-unknown'] } as const) : {};
  const measured = samples.map((sample) => ({
    ...sample,
    measurement: 'nibp',
    ...(sample.value === null ? {} : age),
  }));
  return { samples: reading === '' ? [] : measured, memory: { nibp: reading } };
};

/** A value that stays absent is said once, not every second: parameters that are not fitted would fill the record. */
const withoutOldGaps = (samples: readonly DriverNumeric[], memory: DeviceMemory) => {
  const before = typeof memory.absent === 'string' ? memory.absent.split(' ') : [];
  const absent = samples.filter(({ value }) => value === null).map(({ metric }) => metric);
  const now = absent.join(' ');
  return {
    samples: samples.filter(({ value, metric }) => value !== null || !before.includes(metric)),
    memory: now === (memory.absent ?? '') ? {} : { absent: now },
  };
};

export const ivy450c: StreamDriver<IvyMessage, never> = {
  id: 'ivy-450c',
  title: 'Ivy Biomedical 450C patient monitor',
  manufacturer: 'Ivy Biomedical',
  model: '450C',
  class: 'ekg',
  metrics: [
    ...leads.map(({ metric }) => metric),
    'respiration-wave',
    'pleth-wave',
    'pressure-1-wave',
    'pressure-2-wave',
    ...parameters.flatMap(({ fields }) => fields.map(({ metric }) => metric)),
    'pulse-rate',
  ],
  // One message a second; a gap of more than 1.5 s is a loss (protocols.md 4.1), a few are silence.
  silentAfterMs: 5000,
  clock: 'none',
  wire: 'stream',
  serial: { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 },
  options: {
    alarmTexts: {
      type: 'string',
      description: 'What your monitor’s alarm texts are, e.g. `HR HIGH=physiological; CABLE=technical`',
      default: null,
    },
    temperatureUnit: {
      type: 'string',
      description: 'Unit the monitor shows temperatures in: Cel or [degF]; it does not say so itself',
      default: 'Cel',
    },
    etco2Unit: {
      type: 'string',
      description: 'Unit the monitor shows CO₂ in: mm[Hg] or kPa; it does not say so itself',
      default: 'mm[Hg]',
    },
  },
  quirks: [
    'No checksum: a changed byte inside a waveform cannot be noticed; lost bytes are, by the marks and the lines.',
    'No clock: a message arrives at the end of the second it describes.',
    'The last cuff reading is repeated every second; it is taken as one measurement until it changes, so two measurements in a row with four equal numbers count as one.',
    'The age of the cuff reading that stands on the monitor when it is first heard is unknown: it is marked so.',
    'A text in the label field is no alarm: `APNEA: 20 SEC` stands there while the patient breathes 35 times a minute, as the delay that is set.',
    'The pressure waveform is in mmHg as sent: in the capture its least and greatest bytes are the diastolic and systolic pressure shown.',
  ],
  evidence: [
    { fact: 'framing, EKG scale, lines', source: 'protocols.md 4.1; 27 messages of a real monitor', confidence: 'A' },
    {
      fact: 'pressure waveform is in mmHg',
      source: 'the same capture: bytes 73 to 111, P1 shown as 111/73',
      confidence: 'A',
    },
    { fact: 'meaning of APNEA and NO TRANSDUCER', source: 'protocols.md 4.1', confidence: 'B' },
    { fact: 'LEAD OFF, CHECK LEAD', source: 'to be confirmed on the device', confidence: 'C' },
  ],
  reply: ivyCodec,
  request: null,
  interpret(message, context) {
    const site = tableOption(context.options, 'alarmTexts');
    const lineOf = (name: string) => message.lines.find((line) => line.name === name);
    const samples: DriverSample[] = [];
    const steady: DriverNumeric[] = [];
    let memory: DeviceMemory = {};
    let ecgReason: QualityReason | null = null;
    for (const parameter of parameters) {
      const line = lineOf(parameter.name);
      if (!line) continue;
      const alarm = line.alarm.trim() === '' ? null : meaningOf(line.alarm.trim(), site);
      const values = numerics(parameter, line, alarm, context);
      if (parameter.name === 'HR') ecgReason = technicalReason(alarm, line);
      if (parameter.name === NIBP) {
        const reading = cuffReading(values, line, context.memory);
        samples.push(...reading.samples);
        memory = { ...memory, ...reading.memory };
      } else steady.push(...values);
      samples.push(...statuses(parameter, line, alarm));
      if (parameter.id.startsWith('pressure')) samples.push(sensorState(parameter, line));
    }
    const gaps = withoutOldGaps(steady, context.memory);
    memory = { ...memory, ...gaps.memory };
    const all = [...gaps.samples, ...samples, ...waveforms(message, lineOf, ecgReason)];
    return Object.keys(memory).length === 0 ? { samples: all } : { samples: all, memory };
  },
  session: { kind: 'push' },
};
