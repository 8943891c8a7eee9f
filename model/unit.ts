/** Units are UCUM codes. The MDC codes are of IEEE 11073-10101, partition 4 (dimensions). */
export const units = {
  'mm[Hg]': { display: 'mmHg', mdc: 266016, refId: 'MDC_DIM_MMHG' },
  kPa: { display: 'kPa', mdc: 265987, refId: 'MDC_DIM_KILO_PASCAL' },
  '/min': { display: '/min', mdc: 264864, refId: 'MDC_DIM_BEAT_PER_MIN' },
  '%': { display: '%', mdc: 262688, refId: 'MDC_DIM_PERCENT' },
  Cel: { display: '°C', mdc: 268192, refId: 'MDC_DIM_DEGC' },
  '[degF]': { display: '°F', mdc: 266560, refId: 'MDC_DIM_FAHR' },
  'mg/dL': { display: 'mg/dL', mdc: 264274, refId: 'MDC_DIM_MILLI_G_PER_DL' },
  'mmol/L': { display: 'mmol/L', mdc: 266866, refId: 'MDC_DIM_MILLI_MOLE_PER_L' },
  mV: { display: 'mV', mdc: 266418, refId: 'MDC_DIM_MILLI_VOLT' },
  uV: { display: 'µV', mdc: 266419, refId: 'MDC_DIM_MICRO_VOLT' },
  mL: { display: 'mL', mdc: 263762, refId: 'MDC_DIM_MILLI_L' },
  'mL/h': { display: 'mL/h', mdc: 265266, refId: 'MDC_DIM_MILLI_L_PER_HR' },
  min: { display: 'min', mdc: 264352, refId: 'MDC_DIM_MIN' },
  s: { display: 's', mdc: 264320, refId: 'MDC_DIM_X_SEC' },
  '[ppm]': { display: 'ppm', mdc: null, refId: null },
  hPa: { display: 'hPa', mdc: null, refId: null },
  Pa: { display: 'Pa', mdc: null, refId: null },
  'g/m3': { display: 'g/m³', mdc: null, refId: null },
  '1': { display: '', mdc: 262656, refId: 'MDC_DIM_DIMLESS' },
} as const;

export type Unit = keyof typeof units;

export const isUnit = (text: string): text is Unit => Object.hasOwn(units, text);

/** mg/dL in one mmol/L of glucose: molar mass 180.156 g/mol (standards.md 7.2). */
const GLUCOSE_MG_DL_PER_MMOL_L = 18.0156;

const factors: Readonly<Record<string, (value: number) => number>> = {
  'kPa>mm[Hg]': (value) => value * 7.50062,
  'mm[Hg]>kPa': (value) => value / 7.50062,
  '[degF]>Cel': (value) => (value - 32) / 1.8,
  'Cel>[degF]': (value) => value * 1.8 + 32,
  'uV>mV': (value) => value / 1000,
  'mV>uV': (value) => value * 1000,
  'hPa>Pa': (value) => value * 100,
  'Pa>hPa': (value) => value / 100,
  's>min': (value) => value / 60,
  'min>s': (value) => value * 60,
  'mmol/L>mg/dL': (value) => value * GLUCOSE_MG_DL_PER_MMOL_L,
  'mg/dL>mmol/L': (value) => value / GLUCOSE_MG_DL_PER_MMOL_L,
};

/** The value in another unit, or null where no conversion is known. mg/dL and mmol/L convert as glucose. */
export const convert = (value: number, from: Unit, to: Unit): number | null => {
  if (from === to) return value;
  return factors[`${from}>${to}`]?.(value) ?? null;
};
