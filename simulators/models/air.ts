/* Moist air (ekg.md 4, "Room"). Temperatures in °C, pressures in Pa, moisture in kg of water per kg of dry air. */

export const AIR_DENSITY = 1.2;
export const AIR_HEAT = 1_005;
const ATMOSPHERE = 101_325;

export const saturationPressure = (temperature: number): number =>
  610.94 * Math.exp((17.625 * temperature) / (temperature + 243.04));

export const relativeHumidity = (moisture: number, temperature: number): number =>
  Math.min(100, Math.max(0, (100 * moisture * ATMOSPHERE) / ((0.622 + moisture) * saturationPressure(temperature))));

export const moistureOf = (humidity: number, temperature: number): number => {
  const vapour = (humidity / 100) * saturationPressure(temperature);
  return (0.622 * vapour) / (ATMOSPHERE - vapour);
};
