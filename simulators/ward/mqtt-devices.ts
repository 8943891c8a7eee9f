import { mqttJson } from '../../drivers/environment/mqtt-json.ts';
import { tasmota } from '../../drivers/environment/tasmota.ts';
import { zigbee2mqtt } from '../../drivers/environment/zigbee2mqtt.ts';
import type { MqttDriver, MqttMessage } from '../../drivers/kit/contract.ts';
import type { Clock } from '../../model/clock.ts';
import { startMqttDevice } from '../devices/mqtt-device.ts';
import { jsonReading, type MetricValues, tasmotaSensors, zigbeeState } from '../devices/mqtt-messages.ts';
import { type MqttPort, mqttPort } from '../ports/mqtt-port.ts';

/** How each kind of device says what it measures, and what it or its bridge says when it comes and goes. */
interface Voice {
  reading(values: MetricValues, atMs: number): MqttMessage;
  online?(isOnline: boolean): MqttMessage;
}

/** Sensors whose room has more to say than they can measure say what they can. */
const known = (driver: Pick<MqttDriver, 'metrics'>, values: MetricValues): MetricValues =>
  Object.fromEntries(Object.entries(values).filter(([metric]) => driver.metrics.includes(metric)));

export const zigbeeVoice = (address: string): Voice => ({
  reading: (values, atMs) => zigbee2mqtt.encode(zigbeeState(values, atMs), address),
  online: (online) => zigbee2mqtt.encode({ kind: 'availability', online }, address),
});

export const tasmotaVoice = (address: string, timeZone: string): Voice => ({
  reading: (values, atMs) => tasmota.encode(tasmotaSensors(known(tasmota, values), atMs, 'SHT3X', timeZone), address),
  online: (online) => tasmota.encode({ kind: 'will', online }, address),
});

/** Numbers its messages from 1: time and number together make a reading itself. */
export const jsonVoice = (address: string): Voice => {
  let sequence = 0;
  return {
    reading: (values, atMs) => mqttJson.encode(jsonReading(known(mqttJson, values), atMs, ++sequence), address),
  };
};

export interface MqttDeviceOptions {
  readonly url: string;
  readonly clientId: string;
  readonly voice: Voice;
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly values: (t: number) => MetricValues;
}

/** Connects a device to a broker; it publishes from then on. Returns what switches it off. */
export const connectMqttDevice = async (options: MqttDeviceOptions): Promise<() => Promise<void>> => {
  const { url, clientId, voice, clock, intervalMs, values } = options;
  const will = voice.online?.(false);
  const port: MqttPort = await mqttPort({ url, clientId, ...(will ? { will } : {}) });
  // What the broker never acknowledged is lost with the connection at the end: that is no fault of the simulation.
  const publish = (message: MqttMessage) => void port.publish(message).catch(() => {});
  const online = voice.online?.(true);
  if (online) publish(online);
  const stop = startMqttDevice({
    driver: { encode: (message: MqttMessage) => message },
    address: clientId,
    clock,
    intervalMs,
    message: (atMs) => voice.reading(values(atMs), atMs),
    publish,
  });
  return () => {
    stop();
    return port.close();
  };
};
