import { mqttJson } from '../../drivers/environment/mqtt-json.ts';
import { tasmota } from '../../drivers/environment/tasmota.ts';
import { zigbee2mqtt } from '../../drivers/environment/zigbee2mqtt.ts';
import type { MqttDriver, MqttMessage } from '../../drivers/kit/contract.ts';
import { jsonReading, type MetricValues, tasmotaSensors, zigbeeState } from './mqtt-messages.ts';

/** How each kind of device says what it measures, and what it or its bridge says when it comes and goes. */
export interface MqttVoice {
  reading(values: MetricValues, atMs: number): MqttMessage;
  online?(isOnline: boolean): MqttMessage;
}

/** Sensors whose room has more to say than they can measure say what they can. */
const known = (driver: Pick<MqttDriver, 'metrics'>, values: MetricValues): MetricValues =>
  Object.fromEntries(Object.entries(values).filter(([metric]) => driver.metrics.includes(metric)));

export const zigbeeVoice = (address: string): MqttVoice => ({
  reading: (values, atMs) => zigbee2mqtt.encode(zigbeeState(values, atMs), address),
  online: (online) => zigbee2mqtt.encode({ kind: 'availability', online }, address),
});

export const tasmotaVoice = (address: string, timeZone: string): MqttVoice => ({
  reading: (values, atMs) => tasmota.encode(tasmotaSensors(known(tasmota, values), atMs, 'SHT3X', timeZone), address),
  online: (online) => tasmota.encode({ kind: 'will', online }, address),
});

/** Numbers its messages from 1: time and number together make a reading itself. */
export const jsonVoice = (address: string): MqttVoice => {
  let sequence = 0;
  return {
    reading: (values, atMs) => mqttJson.encode(jsonReading(known(mqttJson, values), atMs, ++sequence), address),
  };
};

/** The voice of a driver's devices; null where there is none. */
export const mqttVoice = (driverId: string, address: string, timeZone: string): MqttVoice | null => {
  switch (driverId) {
    case zigbee2mqtt.id:
      return zigbeeVoice(address);
    case tasmota.id:
      return tasmotaVoice(address, timeZone);
    case mqttJson.id:
      return jsonVoice(address);
    default:
      return null;
  }
};
