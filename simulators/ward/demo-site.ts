import { simulatedAlarmBits } from '../signals/pump-signals.ts';
import { bedsWithCuff, bedsWithPump } from './bodies.ts';
import { bedId, bedNumbers, MEDICINES_ROOM, RECORDS_ROOM, REFRIGERATOR } from './people-and-places.ts';
import type { WardDevice } from './site.ts';

/** The CO2 sensor's own address on the bus of the records room: 254 is answered by every such sensor. */
export const CO2_UNIT = 2;

const onTheBeds: readonly WardDevice[] = [
  ...bedNumbers.map(
    (bed): WardDevice => ({
      id: `monitor-${bed}`,
      name: `Monitor, bed ${bed}`,
      driver: 'ivy-450c',
      link: `monitor-${bed}`,
      place: bedId(bed),
    }),
  ),
  ...bedsWithCuff.map(
    (bed): WardDevice => ({
      id: `cuff-${bed}`,
      name: `Blood pressure, bed ${bed}`,
      driver: 'suntech-advantage',
      link: `cuff-${bed}`,
      place: bedId(bed),
      // The least that the driver allows: no arm suffers here.
      options: { intervalMinutes: 1 },
    }),
  ),
  ...bedsWithPump.map(
    (bed): WardDevice => ({
      id: `pump-${bed}`,
      name: `Infusion pump, bed ${bed}`,
      driver: 'fresenius-agilia',
      link: `pump-${bed}`,
      place: bedId(bed),
      options: { pollSeconds: 2, alarmBits: simulatedAlarmBits },
    }),
  ),
  {
    id: 'meter-6',
    name: 'Glucose meter, bed 6',
    driver: 'onetouch-ultra2',
    link: 'meter-6',
    place: 'bed-6',
    options: { pollMinutes: 0.25 },
  },
  {
    id: 'thermometer-6',
    name: 'Thermometer, bed 6',
    driver: 'mqtt-json',
    link: 'mqtt',
    place: 'bed-6',
    silentAfterSeconds: 120,
  },
];

const inTheStores: readonly WardDevice[] = [
  {
    id: 'fridge-probe',
    name: 'Probe, medicines refrigerator',
    driver: 'vaisala-hmp',
    link: 'refrigerator',
    place: REFRIGERATOR,
    pollSeconds: 5,
  },
  {
    id: 'fridge-door-sensor',
    name: 'Door shelf sensor, medicines refrigerator',
    driver: 'zigbee2mqtt',
    link: 'mqtt',
    place: REFRIGERATOR,
    silentAfterSeconds: 60,
  },
  {
    id: 'records-climate',
    name: 'Climate, records room',
    driver: 'xy-md02',
    link: 'records-bus',
    place: RECORDS_ROOM,
    pollSeconds: 5,
  },
  {
    id: 'records-co2',
    name: 'Carbon dioxide, records room',
    driver: 'senseair-s8',
    link: 'records-bus',
    place: RECORDS_ROOM,
    unit: CO2_UNIT,
    pollSeconds: 5,
  },
  {
    id: 'medicines-room-sensor',
    name: 'Climate, medicines room',
    driver: 'tasmota',
    link: 'mqtt',
    place: MEDICINES_ROOM,
    silentAfterSeconds: 60,
  },
];

export const demoDevices: readonly WardDevice[] = [...onTheBeds, ...inTheStores];

/** Parameters by rule, to be merged over those of the rules file. */
export type RuleOverrides = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Shorter delays than a ward should have: what happens shows within the first minute. */
export const demoRules: RuleOverrides = {
  'numeric-limits': { limits: { spo2: { onDelaySeconds: 5 } } },
  'storage-climate': {
    profiles: {
      'medicines-refrigerator': { limits: { 'air-temperature': { onDelaySeconds: 5, offDelaySeconds: 20 } } },
    },
  },
};
