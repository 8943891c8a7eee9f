import { mqttJson } from '../../drivers/environment/mqtt-json.ts';
import { tasmota } from '../../drivers/environment/tasmota.ts';
import { zigbee2mqtt } from '../../drivers/environment/zigbee2mqtt.ts';
import type { ModbusDriver, MqttMessage } from '../../drivers/kit/contract.ts';
import { after, type Clock } from '../../model/clock.ts';
import { type ModbusDevice, modbusDevice } from '../devices/modbus-device.ts';
import { startMqttDevice } from '../devices/mqtt-device.ts';
import { jsonReading, tasmotaSensors, zigbeeState } from '../devices/mqtt-messages.ts';
import { Refrigerator } from '../models/refrigerator.ts';
import { Room, recordsRoom, wardRoom } from '../models/room.ts';
import { VitalSigns } from '../models/vital-signs.ts';
import { demoScript } from './demo-script.ts';
import type { DemoDevice } from './demo-site.ts';

const SECOND = 1000;
/** A door that stands wide open, sped up: the demo shows in a minute what takes a quarter of an hour. */
const LEAKY = 8;

export interface StoreDevices {
  /** Units of the RTU bus in the records room. */
  readonly bus: readonly ModbusDevice[];
  /** The probe of the refrigerator, on Modbus TCP. */
  readonly probe: ModbusDevice;
  readonly configs: readonly (Omit<DemoDevice, 'link'> & { readonly wire: 'bus' | 'probe' | 'mqtt' })[];
  /** Starts what publishes over MQTT; returns what stops it. */
  publish(send: (message: MqttMessage) => void): () => void;
}

/** The refrigerator, the medicines room, the records room, and a thermometer at bed 6. */
export const storeDevices = (clock: Clock, seed: number, driver: (id: string) => ModbusDriver): StoreDevices => {
  const startMs = clock.now();
  const fridge = new Refrigerator({ seed: `${seed}:fridge`, startMs, heatCapacity: 45_000 / LEAKY });
  const records = new Room({ seed: `${seed}:records`, startMs, parameters: recordsRoom });
  const room = new Room({ seed: `${seed}:room`, startMs, parameters: wardRoom, inputs: { people: 1 } });
  const body = new VitalSigns({ seed: `${seed}:thermometer`, startMs, liveliness: 0.5 });
  after(clock, demoScript.door.at * SECOND, () => fridge.change(clock.now(), { doorOpen: true }));
  let sequence = 0;

  const climate = modbusDevice({
    driver: driver('xy-md02'),
    clock,
    values: (t) => {
      const { temperature, humidity } = records.measured(t);
      return { 'air-temperature': temperature, 'relative-humidity': humidity };
    },
  });
  const co2 = modbusDevice({
    driver: driver('senseair-s8'),
    clock,
    values: (t) => ({ co2: Math.round(records.measured(t).co2) }),
  });
  const probe = modbusDevice({
    driver: driver('vaisala-hmp'),
    clock,
    values: (t) => ({ 'air-temperature': fridge.measured(t).air, 'relative-humidity': 45, 'dew-point': null }),
  });

  return {
    bus: [climate, co2],
    probe,
    configs: [
      {
        wire: 'probe',
        id: 'fridge-probe',
        name: 'Probe, medicines refrigerator',
        driver: 'vaisala-hmp',
        place: 'medicines',
        pollSeconds: 2,
        silentAfterSeconds: 15,
      },
      {
        wire: 'mqtt',
        id: 'fridge-shelf',
        name: 'Shelf sensor, medicines refrigerator',
        driver: 'zigbee2mqtt',
        place: 'medicines',
        topic: 'fridge_shelf',
        silentAfterSeconds: 60,
      },
      {
        wire: 'bus',
        id: 'records-climate',
        name: 'Climate, records room',
        driver: 'xy-md02',
        place: 'records',
        pollSeconds: 3,
        silentAfterSeconds: 15,
      },
      {
        wire: 'bus',
        id: 'records-co2',
        name: 'Carbon dioxide, records room',
        driver: 'senseair-s8',
        place: 'records',
        pollSeconds: 3,
        silentAfterSeconds: 15,
      },
      {
        wire: 'mqtt',
        id: 'medicines-room-sensor',
        name: 'Sensor, medicines room',
        driver: 'tasmota',
        place: 'medicines-room',
        topic: 'medroom',
        silentAfterSeconds: 60,
      },
      {
        wire: 'mqtt',
        id: 'thermometer-6',
        name: 'Thermometer, bed 6',
        driver: 'mqtt-json',
        place: 'bed-6',
        class: 'ekg',
        silentAfterSeconds: 120,
      },
    ],
    publish(send) {
      const stops = [
        startMqttDevice({
          driver: zigbee2mqtt,
          address: 'fridge_shelf',
          clock,
          intervalMs: 10_000,
          message: (t) =>
            zigbeeState(
              { 'air-temperature': fridge.measured(t).air, 'relative-humidity': 46, battery: 93, 'link-quality': 120 },
              t,
            ),
          publish: send,
        }),
        startMqttDevice({
          driver: tasmota,
          address: 'medroom',
          clock,
          intervalMs: 10_000,
          message: (t) => {
            const { temperature, humidity } = room.measured(t);
            return tasmotaSensors({ 'air-temperature': temperature, 'relative-humidity': humidity }, t, 'SHT3X', 'UTC');
          },
          publish: send,
        }),
        startMqttDevice({
          driver: mqttJson,
          address: 'thermometer-6',
          clock,
          intervalMs: 15_000,
          message: (t) =>
            jsonReading({ 'body-temperature': Math.round(body.at(t).temperature * 10) / 10 }, t, ++sequence),
          publish: send,
        }),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
};
