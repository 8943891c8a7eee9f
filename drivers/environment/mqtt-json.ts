import { z } from 'zod';
import type { Metric } from '../../model/metric.ts';
import { metricOf, metrics, resolveMetric } from '../../model/metrics.ts';
import { chance, integer, pick, type Random } from '../../model/random.ts';
import { type DeviceTime, isoTime } from '../../model/time.ts';
import { isUnit, type Unit } from '../../model/unit.ts';
import type { Decoded, DeviceMemory, DriverNumeric, MqttDriver } from '../kit/contract.ts';
import { parseIsoTime } from '../kit/iso-time.ts';
import { topicOf } from '../kit/mqtt-topic.ts';
import { faulty, readJson, shownKey } from '../kit/safe-json.ts';

/*
 * The gateway's own MQTT profile (design 9): topic `wardwire/{device}/readings`, payload
 * {"time"?: ISO 8601, "values": {metric: number | null}, "seq"?: n}
 */

export interface JsonValue {
  /** Catalogue id. */
  readonly metric: string;
  readonly value: number | null;
  readonly unit: Unit;
}

export interface JsonReading {
  readonly time: DeviceTime | null;
  readonly sequence: number | null;
  readonly values: readonly JsonValue[];
}

/** Strict, so that a misspelt `time` or `seq` is a fault and not a reading that silently lost its identity. */
const payloadSchema = z.strictObject({
  time: z.string().optional(),
  values: z.record(z.string(), z.unknown()),
  seq: z.int().min(0).optional(),
});

const explain = (error: z.ZodError): string => {
  const issue = error.issues[0];
  if (!issue) return 'not a reading';
  if (issue.code === 'unrecognized_keys') return `unknown key ${issue.keys.map(shownKey).join(', ')}`;
  const where = issue.path.length > 0 ? shownKey(issue.path.join('.')) : 'payload';
  return issue.code === 'invalid_type'
    ? `${where} is not ${issue.expected === 'int' ? 'an integer' : `of type ${issue.expected}`}`
    : `${where}: ${issue.message}`;
};

/** A LOINC code may stand for one unit of a quantity: 14743-9 is glucose in mmol/L, whatever the catalogue's unit. */
const unitOf = (name: string, metric: Metric): Unit => {
  const named = Object.entries(metric.loincByUnit).find(([, code]) => code === name)?.[0];
  return named !== undefined && isUnit(named) ? named : metric.unit;
};

const readValues = (record: Readonly<Record<string, unknown>>): Decoded<JsonReading['values']> => {
  const values = new Map<string, JsonValue>();
  for (const [name, value] of Object.entries(record)) {
    const metric = resolveMetric(name);
    if (!metric) {
      return faulty('unknown-message', `unknown metric ${shownKey(name)}: use an id of the metric catalogue`);
    }
    if (metric.kind !== 'numeric') return faulty('unknown-message', `metric ${metric.id} is a waveform, not a number`);
    if (values.has(metric.id)) return faulty('syntax', `metric ${metric.id} appears twice`);
    if (value !== null && (typeof value !== 'number' || !Number.isFinite(value))) {
      return faulty('syntax', `value of ${metric.id} is neither a number nor null`);
    }
    values.set(metric.id, { metric: metric.id, value, unit: unitOf(name, metric) });
  }
  if (values.size === 0) return faulty('syntax', '"values" is empty');
  return { ok: true, message: [...values.values()] };
};

/** The name under which a value is sent, so that its unit is understood. */
const nameOf = ({ metric, unit }: JsonValue): string => {
  const { unit: usual, loincByUnit } = metricOf(metric);
  return unit === usual ? metric : (loincByUnit[unit] ?? metric);
};

const numericMetrics = metrics.filter((metric) => metric.kind === 'numeric').map((metric) => metric.id);

const anyReading = (random: Random): JsonReading => {
  const values = new Map<string, JsonValue>();
  const [first = 'air-temperature', ...others] = numericMetrics;
  for (let count = integer(random, 1, 5); count > 0; count--) {
    const { id, possible, unit, loincByUnit } = metricOf(pick(random, [first, ...others]));
    const value = possible.low + Math.round(random.next() * (possible.high - possible.low) * 10) / 10;
    const sent = pick(random, [unit, ...Object.keys(loincByUnit).filter(isUnit)]);
    values.set(id, { metric: id, value: chance(random, 0.1) ? null : value, unit: sent });
  }
  const text = isoTime(integer(random, 1_600_000_000, 2_000_000_000) * 1000);
  return {
    time: chance(random, 0.5) ? parseIsoTime(text) : null,
    sequence: chance(random, 0.5) ? integer(random, 0, 1e6) : null,
    values: [...values.values()],
  };
};

/** A repeated message comes soon, and not far behind the newest: brokers and clients resend what is in flight. */
const RESENT_WITHIN_MS = 600_000;
const RESENT_WITHIN_COUNT = 100;

/**
 * A number without a time names a reading only until the device counts from the start again, as after a change of its
 * battery. A number that falls back further, or later, than a repetition would, begins a new count: its readings are
 * new ones, and none is taken for an old one.
 */
const countedSequence = (sequence: number, values: JsonReading['values'], receivedAt: number, memory: DeviceMemory) => {
  const known = (name: string): number => (typeof memory[name] === 'number' ? memory[name] : 0);
  const newest = typeof memory.sequence === 'number' ? memory.sequence : null;
  const isRepeat =
    newest !== null &&
    sequence <= newest &&
    newest - sequence < RESENT_WITHIN_COUNT &&
    receivedAt - known('sequenceAt') < RESENT_WITHIN_MS;
  const isNext = newest === null || sequence > newest;
  const count = isNext || isRepeat ? known('count') : known('count') + 1;
  return {
    // The values too: a device that restarts soon after its start repeats numbers, but hardly the values with them.
    sequence: JSON.stringify([count, sequence, values]),
    memory: isRepeat ? undefined : { count, sequence, sequenceAt: receivedAt },
  };
};

export const mqttJson: MqttDriver<JsonReading> = {
  wire: 'mqtt',
  id: 'mqtt-json',
  title: 'Any device that publishes Wardwire JSON over MQTT',
  manufacturer: 'any',
  model: 'generic JSON',
  // A site sets the class of each such device; most are sensors of rooms.
  class: 'environment',
  metrics: numericMetrics,
  silentAfterMs: 300_000,
  clock: 'utc',
  options: {
    topic: {
      type: 'string',
      description: 'name within wardwire/…/readings, or a whole topic; default: the id of the device',
      default: null,
    },
  },
  quirks: [
    'Values are in the unit of the metric catalogue, except where a LOINC code names its unit (14743-9: mmol/L).',
    'Without "time" and "seq" every delivery is a reading of its own, also a repeated one.',
    'A retained message without "time" has no known age, so its values count as invalid.',
  ],
  evidence: [{ fact: 'Topic and payload', source: 'design 9, our own profile', confidence: 'A' }],

  topics: (address) => [address.includes('/') ? address : `${topicOf('wardwire', address)}/readings`],

  decode(message, address) {
    const [topic = ''] = mqttJson.topics(address);
    if (message.topic !== topic) return faulty('wrong-device', 'topic is not that of the device');
    const json = readJson(message.payload);
    if (!json.ok) return json;
    const payload = payloadSchema.safeParse(json.message);
    if (!payload.success) return faulty('syntax', explain(payload.error));
    const { time: text, seq } = payload.data;
    const time = text === undefined ? null : parseIsoTime(text);
    if (text !== undefined && !time) return faulty('syntax', '"time" is not an ISO 8601 date and time that exists');
    const values = readValues((json.message as { readonly values: Record<string, unknown> }).values);
    if (!values.ok) return values;
    return { ok: true, message: { time, sequence: seq ?? null, values: values.message } };
  },

  encode({ time, sequence, values }, address) {
    const payload = {
      ...(time ? { time: time.text } : {}),
      values: Object.fromEntries(values.map((one) => [nameOf(one), one.value])),
      ...(sequence === null ? {} : { seq: sequence }),
    };
    const [topic = ''] = mqttJson.topics(address);
    return { topic, payload: new TextEncoder().encode(JSON.stringify(payload)) };
  },

  any: anyReading,

  interpret({ time, sequence, values }, { retained, memory, receivedAt }) {
    const counted = time === null && sequence !== null ? countedSequence(sequence, values, receivedAt, memory) : null;
    const own = counted ? counted.sequence : sequence;
    const common = { ...(time ? { taken: time } : {}), ...(own === null ? {} : { sequence: own }) };
    const samples = values.map(({ metric, value, unit }): DriverNumeric => {
      const sample = { kind: 'numeric', metric, value, unit, ...common } as const;
      if (value === null) return { ...sample, quality: 'missing', reasons: ['not-measured'] };
      if (!retained) return sample;
      return time
        ? { ...sample, quality: 'questionable', reasons: ['retained'] }
        : { ...sample, quality: 'invalid', reasons: ['retained', 'clock-unknown'] };
    });
    return counted?.memory ? { samples, memory: counted.memory } : { samples };
  },
};
