import { z } from 'zod';
import { metricOf } from '../../model/metrics.ts';
import { chance, integer, pick, type Random } from '../../model/random.ts';
import type { DeviceTime } from '../../model/time.ts';
import type { Unit } from '../../model/unit.ts';
import type { Decoded, DriverNumeric, MqttDriver } from '../kit/contract.ts';
import { onlineStatus } from '../kit/device-offline.ts';
import { parseIsoTime } from '../kit/iso-time.ts';
import { topicOf } from '../kit/mqtt-topic.ts';
import { faulty, readJson, readText } from '../kit/safe-json.ts';

/* Sensors on boards that run Tasmota (protocols.md 5.5). */

/** Field of a sensor, metric it is. */
const fields = [
  ['Temperature', 'air-temperature'],
  ['Humidity', 'relative-humidity'],
  ['DewPoint', 'dew-point'],
  ['Pressure', 'air-pressure'],
  ['CarbonDioxide', 'co2'],
] as const;

/** The board's own chip reports its temperature like a sensor, 20 to 30 °C above the room (Tasmota docs, ESP32). */
const chipSensor = /^ESP32/;

export interface TasmotaReading {
  readonly sensor: string;
  readonly metric: string;
  readonly value: number | null;
}

export type TasmotaMessage =
  | {
      readonly kind: 'sensors';
      readonly time: DeviceTime | null;
      readonly fahrenheit: boolean;
      readonly readings: readonly TasmotaReading[];
    }
  | { readonly kind: 'will'; readonly online: boolean };

const value = z.number().nullable().optional();
const sensorSchema = z.object({
  Temperature: value,
  Humidity: value,
  DewPoint: value,
  Pressure: value,
  CarbonDioxide: value,
});
const messageSchema = z.looseObject({
  Time: z.string().optional(),
  TempUnit: z.enum(['C', 'F']).optional(),
  PressureUnit: z.string().optional(),
});

const readSensors = (message: Readonly<Record<string, unknown>>, hPa: boolean): Decoded<TasmotaReading[]> => {
  const readings: TasmotaReading[] = [];
  for (const [name, found] of Object.entries(message)) {
    if (typeof found !== 'object' || found === null || Array.isArray(found) || chipSensor.test(name)) continue;
    const sensor = sensorSchema.safeParse(found);
    if (!sensor.success)
      return faulty('syntax', `${String(sensor.error.issues[0]?.path[0])} of a sensor is not a number`);
    for (const [field, metric] of fields) {
      const reading = sensor.data[field];
      // A unit that is not known must not become hPa.
      if (reading === undefined || (field === 'Pressure' && !hPa)) continue;
      readings.push({ sensor: name, metric, value: reading });
    }
  }
  return { ok: true, message: readings };
};

const decodeSensors = (payload: Uint8Array): Decoded<TasmotaMessage> => {
  const json = readJson(payload);
  if (!json.ok) return json;
  const message = messageSchema.safeParse(json.message);
  if (!message.success) {
    const key = message.error.issues[0]?.path[0];
    return faulty(
      'syntax',
      key === undefined ? 'payload is not an object' : `${String(key)} is not as Tasmota sends it`,
    );
  }
  const { Time: text, TempUnit, PressureUnit } = message.data;
  const time = text === undefined ? null : parseIsoTime(text);
  if (text !== undefined && !time) return faulty('syntax', 'Time is not a date and time that exists');
  const readings = readSensors(message.data, PressureUnit === undefined || PressureUnit === 'hPa');
  if (!readings.ok) return readings;
  return { ok: true, message: { kind: 'sensors', time, fahrenheit: TempUnit === 'F', readings: readings.message } };
};

const decodeWill = (payload: Uint8Array): Decoded<TasmotaMessage> => {
  const text = readText(payload);
  if (!text.ok) return text;
  const state = z.enum(['Online', 'Offline']).safeParse(text.message.trim());
  if (!state.success) return faulty('unknown-message', 'LWT is neither Online nor Offline');
  return { ok: true, message: { kind: 'will', online: state.data === 'Online' } };
};

const two = (number: number): string => String(number).padStart(2, '0');

const anyMessage = (random: Random): TasmotaMessage => {
  if (chance(random, 0.2)) return { kind: 'will', online: chance(random, 0.5) };
  const date = `2026-${two(integer(random, 1, 12))}-${two(integer(random, 1, 28))}`;
  const time = `${two(integer(random, 0, 23))}:${two(integer(random, 0, 59))}:${two(integer(random, 0, 59))}`;
  const sensors = ['AM2301', 'BME280', 'DS18B20-1', 'SHT3X'].filter(() => chance(random, 0.5));
  const readings = sensors.flatMap((sensor) =>
    fields
      .filter(() => chance(random, 0.6))
      .map(([, metric]) => {
        const { low, high } = metricOf(metric).possible;
        return { sensor, metric, value: chance(random, 0.1) ? null : integer(random, low, high) };
      }),
  );
  return {
    kind: 'sensors',
    time: pick(random, [null, parseIsoTime(`${date}T${time}`)]),
    fahrenheit: chance(random, 0.3),
    readings,
  };
};

const unitOf = (metric: string, fahrenheit: boolean): Unit => {
  const { unit } = metricOf(metric);
  return unit === 'Cel' && fahrenheit ? '[degF]' : unit;
};

/** A board counts from 1 January 1970 until it has found a time server. */
const isSet = (time: DeviceTime | null): time is DeviceTime =>
  time !== null && (time.kind === 'local' ? time.local.year > 1970 : time.ms > 365 * 86_400_000);

export const tasmota: MqttDriver<TasmotaMessage> = {
  wire: 'mqtt',
  id: 'tasmota',
  title: 'Sensor on a Tasmota board',
  manufacturer: 'any',
  model: 'Tasmota',
  class: 'environment',
  metrics: fields.map(([, metric]) => metric),
  // Three times the usual telemetry period of 300 s.
  silentAfterMs: 900_000,
  clock: 'local',
  options: {
    topic: {
      type: 'string',
      description:
        'topic of the board, or all of it up to /SENSOR where the prefix is not tele; default: the device id',
      default: null,
    },
    sensor: {
      type: 'string',
      description: 'name of the sensor to read, like DS18B20-2, where the board has several; default: the first',
      default: null,
    },
  },
  quirks: [
    'Time has no zone: set the zone of the device.',
    'Where two sensors of a board give the same metric, only the first is read unless `sensor` names one.',
    'The temperature of the chip itself (ESP32) is not the room’s and is left out.',
    'Pressure in another unit than hPa is left out.',
  ],
  evidence: [
    {
      fact: 'Topics, payload, TempUnit, Time without a zone, LWT',
      source: 'protocols.md 5.5; robertklep/name.klep.sonoff #6; gist NelsonMinar 494a0f53',
      confidence: 'A',
    },
    {
      fact: 'DewPoint, Pressure with PressureUnit, CarbonDioxide (MHZ19B), several sensors, ESP32 chip temperature',
      source: 'messages quoted in public repositories; Tasmota documentation, ESP32',
      confidence: 'A',
    },
  ],

  topics: (address) => {
    const topic = topicOf('tele', address);
    return [`${topic}/SENSOR`, `${topic}/LWT`];
  },

  decode(message, address) {
    const [sensors, will] = tasmota.topics(address);
    if (message.topic === sensors) return decodeSensors(message.payload);
    if (message.topic === will) return decodeWill(message.payload);
    return faulty('wrong-device', 'topic is not that of the device');
  },

  encode(message, address) {
    const [sensors = '', will = ''] = tasmota.topics(address);
    const encode = (text: string) => new TextEncoder().encode(text);
    if (message.kind === 'will') {
      return { topic: will, payload: encode(message.online ? 'Online' : 'Offline'), retain: true };
    }
    const bySensor = new Map<string, Record<string, number | null>>();
    for (const [field, metric] of fields) {
      for (const reading of message.readings.filter((candidate) => candidate.metric === metric)) {
        bySensor.set(reading.sensor, { ...bySensor.get(reading.sensor), [field]: reading.value });
      }
    }
    const payload = {
      ...(message.time ? { Time: message.time.text } : {}),
      ...Object.fromEntries(
        [...new Set(message.readings.map(({ sensor }) => sensor))].map((name) => [name, bySensor.get(name)]),
      ),
      PressureUnit: 'hPa',
      TempUnit: message.fahrenheit ? 'F' : 'C',
    };
    return { topic: sensors, payload: encode(JSON.stringify(payload)) };
  },

  any: anyMessage,

  interpret(message, { retained, options }) {
    if (message.kind === 'will') return { samples: [onlineStatus(message.online)] };
    const { time, fahrenheit, readings } = message;
    const wanted = typeof options.sensor === 'string' ? options.sensor : null;
    const chosen = new Map<string, TasmotaReading>();
    for (const reading of readings) {
      if (wanted !== null && reading.sensor !== wanted) continue;
      if (!chosen.has(reading.metric)) chosen.set(reading.metric, reading);
    }
    const common = isSet(time) ? { taken: time } : {};
    const samples = [...chosen.values()].map(({ metric, sensor, value }): DriverNumeric => {
      const context = { sensor };
      const sample = { kind: 'numeric', metric, value, unit: unitOf(metric, fahrenheit), context, ...common } as const;
      if (value === null) return { ...sample, quality: 'missing', reasons: ['no-signal'] };
      if (retained && !isSet(time)) return { ...sample, quality: 'invalid', reasons: ['retained', 'clock-unknown'] };
      if (retained) return { ...sample, quality: 'questionable', reasons: ['retained'] };
      return sample;
    });
    return { samples };
  },
};
