import { z } from 'zod';
import { metricOf } from '../../model/metrics.ts';
import { chance, integer, type Random } from '../../model/random.ts';
import { type DeviceTime, isoTime } from '../../model/time.ts';
import type { Decoded, DriverNumeric, MqttDriver } from '../kit/contract.ts';
import { onlineStatus } from '../kit/device-offline.ts';
import { parseIsoTime } from '../kit/iso-time.ts';
import { topicOf } from '../kit/mqtt-topic.ts';
import { faulty, readJson, readText } from '../kit/safe-json.ts';

/* Sensors behind Zigbee2MQTT (protocols.md 5.5). */

/** Attribute of the message, metric it is. Other attributes (voltage, update …) are left alone. */
const attributes = [
  ['temperature', 'air-temperature'],
  ['humidity', 'relative-humidity'],
  ['pressure', 'air-pressure'],
  ['co2', 'co2'],
  ['battery', 'battery'],
  ['linkquality', 'link-quality'],
] as const;

export type ZigbeeMessage =
  | {
      readonly kind: 'state';
      /** When the device was last heard of, which is not when each attribute was measured. */
      readonly lastSeen: DeviceTime | null;
      readonly values: readonly (readonly [metric: string, value: number | null])[];
    }
  | { readonly kind: 'availability'; readonly online: boolean };

const value = z.number().nullable().optional();

const stateSchema = z.object({
  temperature: value,
  humidity: value,
  pressure: value,
  co2: value,
  battery: value,
  linkquality: value,
  last_seen: z.union([z.string(), z.number()]).nullable().optional(),
});

const availabilitySchema = z.union([
  z.enum(['online', 'offline']),
  z.object({ state: z.enum(['online', 'offline']) }).transform(({ state }) => state),
]);

/** Epoch numbers are in milliseconds; what lies outside the years 2000 to 2100 is no such time. */
const epochSchema = z.int().min(946_684_800_000).max(4_102_444_800_000);

const readLastSeen = (found: string | number | null | undefined): Decoded<DeviceTime | null> => {
  if (found === null || found === undefined) return { ok: true, message: null };
  const epoch = epochSchema.safeParse(typeof found === 'string' && /^\d{12,13}$/.test(found) ? Number(found) : found);
  if (epoch.success) return { ok: true, message: { kind: 'utc', ms: epoch.data, text: String(found) } };
  const time = typeof found === 'string' ? parseIsoTime(found) : null;
  return time ? { ok: true, message: time } : faulty('syntax', 'last_seen is neither ISO 8601 nor epoch milliseconds');
};

const decodeAvailability = (payload: Uint8Array): Decoded<ZigbeeMessage> => {
  const text = readText(payload);
  if (!text.ok) return text;
  const json = text.message.trimStart().startsWith('{')
    ? readJson(payload)
    : { ok: true as const, message: text.message.trim() };
  if (!json.ok) return json;
  const state = availabilitySchema.safeParse(json.message);
  if (!state.success) return faulty('unknown-message', 'availability is neither online nor offline');
  return { ok: true, message: { kind: 'availability', online: state.data === 'online' } };
};

const decodeState = (payload: Uint8Array): Decoded<ZigbeeMessage> => {
  const json = readJson(payload);
  if (!json.ok) return json;
  const state = stateSchema.safeParse(json.message);
  if (!state.success) {
    const attribute = state.error.issues[0]?.path[0];
    return faulty(
      'syntax',
      attribute === undefined ? 'payload is not an object' : `${String(attribute)} is not a number`,
    );
  }
  const lastSeen = readLastSeen(state.data.last_seen);
  if (!lastSeen.ok) return lastSeen;
  const values = attributes.flatMap(([attribute, metric]) => {
    const found = state.data[attribute];
    return found === undefined ? [] : [[metric, found] as const];
  });
  return { ok: true, message: { kind: 'state', lastSeen: lastSeen.message, values } };
};

const anyMessage = (random: Random): ZigbeeMessage => {
  if (chance(random, 0.2)) return { kind: 'availability', online: chance(random, 0.5) };
  const ms = integer(random, 1_600_000_000, 2_000_000_000) * 1000;
  const times = [null, parseIsoTime(isoTime(ms)), { kind: 'utc', ms, text: String(ms) } as const];
  const values = attributes
    .filter(() => chance(random, 0.6))
    .map(([, metric]) => {
      const { low, high } = metricOf(metric).possible;
      return [metric, chance(random, 0.1) ? null : integer(random, low, high)] as const;
    });
  return { kind: 'state', lastSeen: times[integer(random, 0, 2)] ?? null, values };
};

export const zigbee2mqtt: MqttDriver<ZigbeeMessage> = {
  wire: 'mqtt',
  id: 'zigbee2mqtt',
  title: 'Zigbee sensor through Zigbee2MQTT',
  manufacturer: 'any',
  model: 'Zigbee2MQTT',
  class: 'environment',
  metrics: attributes.map(([, metric]) => metric),
  // Battery sensors report on change and about hourly; the bridge itself waits 25 h before it calls one offline.
  silentAfterMs: 2 * 3_600_000,
  clock: 'utc',
  options: {
    topic: {
      type: 'string',
      description: 'friendly name, or the whole topic where the base is not zigbee2mqtt; default: the id of the device',
      default: null,
    },
  },
  quirks: [
    'Attributes come partially after a restart of the bridge, often the battery first; what is absent is not reported.',
    'The bridge publishes its cached state again when it restarts, so arrival is not measurement: switch on last_seen.',
    'A battery device is called offline only after 25 hours: silence is judged by the gateway instead.',
    'A retained state without last_seen has no known age, so its values count as invalid.',
  ],
  evidence: [
    {
      fact: 'Topics, payload, availability as text or JSON, partial and cached states',
      source: 'protocols.md 5.5; Koenkk/zigbee2mqtt #245, #3650, #1720, #27652, PR #2464',
      confidence: 'A',
    },
    { fact: 'A sensor is silent after two hours', source: 'ours: configurable', confidence: 'C' },
  ],

  topics: (address) => {
    const topic = topicOf('zigbee2mqtt', address);
    return [topic, `${topic}/availability`];
  },

  decode(message, address) {
    const [state, availability] = zigbee2mqtt.topics(address);
    if (message.topic === availability) return decodeAvailability(message.payload);
    if (message.topic === state) return decodeState(message.payload);
    return faulty('wrong-device', 'topic is not that of the device');
  },

  encode(message, address) {
    const [state = '', availability = ''] = zigbee2mqtt.topics(address);
    const encode = (text: string) => new TextEncoder().encode(text);
    if (message.kind === 'availability') {
      const text = JSON.stringify({ state: message.online ? 'online' : 'offline' });
      return { topic: availability, payload: encode(text), retain: true };
    }
    const byMetric = new Map(message.values);
    const payload: Record<string, unknown> = {};
    for (const [attribute, metric] of attributes) if (byMetric.has(metric)) payload[attribute] = byMetric.get(metric);
    if (message.lastSeen) {
      const { text } = message.lastSeen;
      payload.last_seen = /^\d+$/.test(text) ? Number(text) : text;
    }
    return { topic: state, payload: encode(JSON.stringify(payload)) };
  },

  any: anyMessage,

  interpret(message, { retained }) {
    // The bridge keeps availability retained on purpose: it always is what holds now.
    if (message.kind === 'availability') return { samples: [onlineStatus(message.online)] };
    const { lastSeen } = message;
    const common = lastSeen ? { taken: lastSeen } : {};
    const samples = message.values.map(([metric, value]): DriverNumeric => {
      const sample = { kind: 'numeric', metric, value, unit: metricOf(metric).unit, ...common } as const;
      if (value === null) return { ...sample, quality: 'missing', reasons: ['not-measured'] };
      if (!retained) return sample;
      return lastSeen
        ? { ...sample, quality: 'questionable', reasons: ['retained'] }
        : { ...sample, quality: 'invalid', reasons: ['retained', 'clock-unknown'] };
    });
    return { samples };
  },
};
