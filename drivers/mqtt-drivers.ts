import { mqttJson } from './environment/mqtt-json.ts';
import { tasmota } from './environment/tasmota.ts';
import { zigbee2mqtt } from './environment/zigbee2mqtt.ts';
import type { MqttDriver } from './kit/contract.ts';

export const mqttDrivers: readonly MqttDriver[] = [mqttJson, zigbee2mqtt, tasmota];
