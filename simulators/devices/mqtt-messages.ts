import type { JsonReading } from '../../drivers/environment/mqtt-json.ts';
import { type TasmotaMessage, tasmota } from '../../drivers/environment/tasmota.ts';
import { type ZigbeeMessage, zigbee2mqtt } from '../../drivers/environment/zigbee2mqtt.ts';
import { metricOf } from '../../model/metrics.ts';
import { type DeviceTime, isoTime, zoneOffset } from '../../model/time.ts';

/** Values by catalogue id, in the catalogue's unit; null is "the device has none". */
export type MetricValues = Readonly<Record<string, number | null>>;

const utc = (atMs: number): DeviceTime => ({ kind: 'utc', ms: atMs, text: isoTime(atMs) });

/** A Wardwire JSON reading, with the time and a sequence number of its own. */
export const jsonReading = (values: MetricValues, atMs: number, sequence: number): JsonReading => ({
  time: utc(atMs),
  sequence,
  values: Object.entries(values).map(([metric, value]) => ({ metric, value, unit: metricOf(metric).unit })),
});

const twoDecimals = (value: number | null): number | null => (value === null ? null : Math.round(value * 100) / 100);

/** A Zigbee2MQTT state: the values that such a sensor can have, with last_seen. */
export const zigbeeState = (values: MetricValues, atMs: number): ZigbeeMessage => ({
  kind: 'state',
  lastSeen: utc(atMs),
  values: zigbee2mqtt.metrics.flatMap((metric) => {
    const value = values[metric];
    return value === undefined ? [] : [[metric, twoDecimals(value)] as const];
  }),
});

/** A Tasmota telemetry message of one sensor; the board's clock shows local time of `zone` (IANA name). */
export const tasmotaSensors = (values: MetricValues, atMs: number, sensor: string, zone: string): TasmotaMessage => {
  const shown = new Date(atMs + zoneOffset(atMs, zone));
  return {
    kind: 'sensors',
    time: {
      kind: 'local',
      local: {
        year: shown.getUTCFullYear(),
        month: shown.getUTCMonth() + 1,
        day: shown.getUTCDate(),
        hour: shown.getUTCHours(),
        minute: shown.getUTCMinutes(),
        second: shown.getUTCSeconds(),
      },
      text: shown.toISOString().slice(0, 19),
    },
    fahrenheit: false,
    readings: tasmota.metrics.flatMap((metric) => {
      const value = values[metric];
      return value === undefined ? [] : [{ sensor, metric, value: twoDecimals(value) }];
    }),
  };
};
