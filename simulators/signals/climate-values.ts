import { moistureOf, relativeHumidity, saturationPressure } from '../models/air.ts';
import type { Refrigerator } from '../models/refrigerator.ts';
import type { Room } from '../models/room.ts';

/** Values by catalogue id, in the catalogue's unit. */
export type ClimateValues = Readonly<Record<string, number>>;

/** J/(kg K), of water vapour. */
const VAPOUR_GAS_CONSTANT = 461.5;

/** Moist air by its temperature (°C) and relative humidity (%): Magnus formula as in `models/air.ts`, and its inverse. */
export const moistAir = (temperature: number, humidity: number): ClimateValues => {
  const vapour = (Math.max(0.1, humidity) / 100) * saturationPressure(temperature);
  const logarithm = Math.log(vapour / 610.94);
  return {
    'air-temperature': temperature,
    'relative-humidity': humidity,
    'dew-point': (243.04 * logarithm) / (17.625 - logarithm),
    'absolute-humidity': (1000 * vapour) / (VAPOUR_GAS_CONSTANT * (temperature + 273.15)),
  };
};

/** Weather does not change in a simulation: the standard atmosphere, hPa. */
const AIR_PRESSURE = 1013.25;

/** What sensors in a room say. */
export const roomValues = (room: Room, t: number): ClimateValues => {
  const { temperature, humidity, co2, differentialPressure } = room.measured(t);
  return {
    ...moistAir(temperature, humidity),
    co2: Math.round(co2),
    'differential-pressure': differentialPressure,
    'air-pressure': AIR_PRESSURE,
  };
};

/** Moisture of its air, as %RH at °C: ours. The model has none of its own. */
const MOISTURE = { temperature: 8, humidity: 60 };

/** What sensors in the air of a refrigerator say. */
export const refrigeratorValues = (refrigerator: Refrigerator, t: number): ClimateValues => {
  const { air } = refrigerator.measured(t);
  return moistAir(air, relativeHumidity(moistureOf(MOISTURE.humidity, MOISTURE.temperature), air));
};
