import type { Metric } from './metric.ts';

/*
 * The metric catalogue: the one place that names a code.
 * Codes, LOINC and units: standards.md 2.5 (rows marked V or K) and 2.3 (FHIR notes on glucose).
 * Ranges `possible` and `plausible`: standards.md 7.3. A metric whose MDC number no source verifies has mdc null.
 */

type Entry = Pick<Metric, 'id' | 'name' | 'label' | 'category' | 'unit' | 'possible' | 'plausible' | 'precision'> &
  Partial<Metric>;

const numeric = (entry: Entry): Metric =>
  Object.freeze({
    kind: 'numeric',
    alsoUnits: [],
    mdc: null,
    loinc: null,
    loincByUnit: {},
    episodic: false,
    ...entry,
  });

const waveform = (entry: Omit<Entry, 'precision'>): Metric => numeric({ ...entry, kind: 'waveform', precision: 3 });

const mmHg = { unit: 'mm[Hg]', alsoUnits: ['kPa'], category: 'vital-signs', precision: 0 } as const;
const rate = { unit: '/min', category: 'vital-signs', precision: 0 } as const;
const heartRateRange = { possible: { low: 0, high: 350 }, plausible: { low: 20, high: 250 } };
const systolicRange = { possible: { low: 30, high: 300 }, plausible: { low: 50, high: 260 } };
const diastolicRange = { possible: { low: 10, high: 220 }, plausible: { low: 20, high: 160 } };
const meanRange = { possible: { low: 20, high: 260 }, plausible: { low: 30, high: 200 } };
const temperatureRange = { possible: { low: 20, high: 45 }, plausible: { low: 30, high: 42.5 } };
const anyWave = { possible: { low: -1e6, high: 1e6 }, plausible: { low: -1e6, high: 1e6 } };
/** Invasive lines: no range in the sources; the sensor limits of an invasive transducer are wide. */
const lineRange = { possible: { low: -50, high: 400 }, plausible: { low: -20, high: 300 } };

const list: readonly Metric[] = [
  numeric({
    id: 'nibp-systolic',
    name: 'Blood pressure, systolic',
    label: 'SYS',
    ...mmHg,
    ...systolicRange,
    episodic: true,
    loinc: '8480-6',
    mdc: { code: 150021, refId: 'MDC_PRESS_BLD_NONINV_SYS' },
  }),
  numeric({
    id: 'nibp-diastolic',
    name: 'Blood pressure, diastolic',
    label: 'DIA',
    ...mmHg,
    ...diastolicRange,
    episodic: true,
    loinc: '8462-4',
    mdc: { code: 150022, refId: 'MDC_PRESS_BLD_NONINV_DIA' },
  }),
  numeric({
    id: 'nibp-mean',
    name: 'Blood pressure, mean',
    label: 'MAP',
    ...mmHg,
    ...meanRange,
    episodic: true,
    loinc: '8478-0',
    mdc: { code: 150023, refId: 'MDC_PRESS_BLD_NONINV_MEAN' },
  }),
  numeric({
    id: 'nibp-pulse-rate',
    name: 'Pulse rate at the cuff',
    label: 'NIBP PR',
    ...rate,
    ...heartRateRange,
    episodic: true,
    loinc: '8867-4',
    mdc: { code: 149546, refId: 'MDC_PULS_RATE_NON_INV' },
  }),
  numeric({
    id: 'cuff-pressure',
    name: 'Cuff pressure',
    label: 'CUFF',
    ...mmHg,
    category: 'procedure',
    possible: { low: 0, high: 330 },
    plausible: { low: 0, high: 300 },
    mdc: { code: 150300, refId: 'MDC_PRESS_CUFF' },
  }),
  numeric({
    id: 'heart-rate',
    name: 'Heart rate',
    label: 'HR',
    ...rate,
    ...heartRateRange,
    loinc: '8867-4',
    mdc: { code: 147842, refId: 'MDC_ECG_HEART_RATE' },
  }),
  numeric({
    id: 'respiration-rate',
    name: 'Respiration rate',
    label: 'RR',
    ...rate,
    possible: { low: 0, high: 150 },
    plausible: { low: 4, high: 70 },
    loinc: '9279-1',
    mdc: { code: 151562, refId: 'MDC_RESP_RATE' },
  }),
  numeric({
    id: 'spo2',
    name: 'Oxygen saturation',
    label: 'SpO₂',
    category: 'vital-signs',
    unit: '%',
    precision: 0,
    possible: { low: 0, high: 100 },
    plausible: { low: 50, high: 100 },
    loinc: '2708-6',
    mdc: { code: 150456, refId: 'MDC_PULS_OXIM_SAT_O2' },
  }),
  numeric({
    id: 'pulse-rate',
    name: 'Pulse rate at the oximeter',
    label: 'PR',
    ...rate,
    ...heartRateRange,
    loinc: '8889-8',
    mdc: { code: 149530, refId: 'MDC_PULS_OXIM_PULS_RATE' },
  }),
  numeric({
    id: 'etco2',
    name: 'End-tidal CO₂',
    label: 'etCO₂',
    ...mmHg,
    possible: { low: 0, high: 150 },
    plausible: { low: 5, high: 100 },
  }),
  numeric({
    id: 'body-temperature',
    name: 'Body temperature',
    label: 'T',
    category: 'vital-signs',
    unit: 'Cel',
    alsoUnits: ['[degF]'],
    precision: 1,
    ...temperatureRange,
    loinc: '8310-5',
    mdc: { code: 150344, refId: 'MDC_TEMP' },
  }),
  numeric({
    id: 'body-temperature-2',
    name: 'Body temperature, second site',
    label: 'T2',
    category: 'vital-signs',
    unit: 'Cel',
    alsoUnits: ['[degF]'],
    precision: 1,
    ...temperatureRange,
    loinc: '8310-5',
    mdc: { code: 150344, refId: 'MDC_TEMP' },
  }),
  numeric({ id: 'pressure-1-systolic', name: 'Pressure line 1, systolic', label: 'P1 S', ...mmHg, ...lineRange }),
  numeric({ id: 'pressure-1-diastolic', name: 'Pressure line 1, diastolic', label: 'P1 D', ...mmHg, ...lineRange }),
  numeric({ id: 'pressure-1-mean', name: 'Pressure line 1, mean', label: 'P1', ...mmHg, ...lineRange }),
  numeric({ id: 'pressure-2-systolic', name: 'Pressure line 2, systolic', label: 'P2 S', ...mmHg, ...lineRange }),
  numeric({ id: 'pressure-2-diastolic', name: 'Pressure line 2, diastolic', label: 'P2 D', ...mmHg, ...lineRange }),
  numeric({ id: 'pressure-2-mean', name: 'Pressure line 2, mean', label: 'P2', ...mmHg, ...lineRange }),
  waveform({
    id: 'ecg-lead-i',
    name: 'EKG, lead I',
    label: 'I',
    category: 'procedure',
    unit: 'mV',
    alsoUnits: ['uV'],
    possible: { low: -10, high: 10 },
    plausible: { low: -5, high: 5 },
    mdc: { code: 131329, refId: 'MDC_ECG_ELEC_POTL_I' },
  }),
  waveform({
    id: 'ecg-lead-ii',
    name: 'EKG, lead II',
    label: 'II',
    category: 'procedure',
    unit: 'mV',
    alsoUnits: ['uV'],
    possible: { low: -10, high: 10 },
    plausible: { low: -5, high: 5 },
    mdc: { code: 131330, refId: 'MDC_ECG_ELEC_POTL_II' },
  }),
  waveform({
    id: 'ecg-lead-iii',
    name: 'EKG, lead III',
    label: 'III',
    category: 'procedure',
    unit: 'mV',
    alsoUnits: ['uV'],
    possible: { low: -10, high: 10 },
    plausible: { low: -5, high: 5 },
    mdc: { code: 131389, refId: 'MDC_ECG_ELEC_POTL_III' },
  }),
  waveform({
    id: 'respiration-wave',
    name: 'Respiration',
    label: 'RESP',
    category: 'procedure',
    unit: '1',
    ...anyWave,
  }),
  waveform({ id: 'pleth-wave', name: 'Plethysmogram', label: 'PLETH', category: 'procedure', unit: '1', ...anyWave }),
  waveform({
    id: 'pressure-1-wave',
    name: 'Pressure line 1',
    label: 'P1',
    category: 'procedure',
    unit: 'mm[Hg]',
    ...lineRange,
  }),
  waveform({
    id: 'pressure-2-wave',
    name: 'Pressure line 2',
    label: 'P2',
    category: 'procedure',
    unit: 'mm[Hg]',
    ...lineRange,
  }),
  numeric({
    id: 'glucose',
    name: 'Glucose, capillary',
    label: 'GLU',
    category: 'laboratory',
    unit: 'mg/dL',
    alsoUnits: ['mmol/L'],
    precision: 0,
    episodic: true,
    possible: { low: 10, high: 1500 },
    plausible: { low: 20, high: 600 },
    loinc: '41653-7',
    loincByUnit: { 'mg/dL': '41653-7', 'mmol/L': '14743-9' },
    mdc: { code: 160184, refId: 'MDC_CONC_GLU_CAPILLARY_WHOLEBLOOD' },
  }),
  numeric({
    id: 'glucose-control',
    name: 'Glucose, control solution',
    label: 'CTRL',
    category: 'device',
    unit: 'mg/dL',
    alsoUnits: ['mmol/L'],
    precision: 0,
    episodic: true,
    possible: { low: 10, high: 1500 },
    plausible: { low: 20, high: 600 },
    mdc: { code: 160208, refId: 'MDC_CONC_GLU_CONTROL' },
  }),
  numeric({
    id: 'infusion-rate',
    name: 'Infusion rate',
    label: 'RATE',
    category: 'procedure',
    unit: 'mL/h',
    precision: 1,
    possible: { low: 0, high: 1500 },
    plausible: { low: 0, high: 1200 },
    mdc: { code: 157784, refId: 'MDC_FLOW_FLUID_PUMP' },
  }),
  numeric({
    id: 'infused-volume',
    name: 'Volume infused',
    label: 'VOL',
    category: 'procedure',
    unit: 'mL',
    precision: 1,
    possible: { low: 0, high: 99999 },
    plausible: { low: 0, high: 9999 },
    mdc: { code: 157993, refId: 'MDC_VOL_FLUID_DELIV_TOTAL' },
  }),
  numeric({
    id: 'volume-to-be-infused',
    name: 'Volume to be infused',
    label: 'VTBI',
    category: 'procedure',
    unit: 'mL',
    precision: 1,
    possible: { low: 0, high: 99999 },
    plausible: { low: 0, high: 9999 },
    mdc: { code: 157884, refId: 'MDC_VOL_FLUID_TBI' },
  }),
  numeric({
    id: 'volume-remaining',
    name: 'Volume remaining',
    label: 'LEFT',
    category: 'procedure',
    unit: 'mL',
    precision: 1,
    possible: { low: 0, high: 99999 },
    plausible: { low: 0, high: 9999 },
    mdc: { code: 157872, refId: 'MDC_VOL_FLUID_TBI_REMAIN' },
  }),
  numeric({
    id: 'infusion-time-remaining',
    name: 'Time remaining',
    label: 'ENDS',
    category: 'procedure',
    unit: 'min',
    alsoUnits: ['s'],
    precision: 0,
    possible: { low: 0, high: 100000 },
    plausible: { low: 0, high: 10000 },
    mdc: { code: 157916, refId: 'MDC_TIME_PD_REMAIN' },
  }),
  numeric({
    id: 'air-temperature',
    name: 'Air temperature',
    label: 'T',
    category: 'environment',
    unit: 'Cel',
    alsoUnits: ['[degF]'],
    precision: 1,
    possible: { low: -90, high: 80 },
    plausible: { low: -30, high: 50 },
  }),
  numeric({
    id: 'relative-humidity',
    name: 'Relative humidity',
    label: 'RH',
    category: 'environment',
    unit: '%',
    precision: 1,
    possible: { low: 0, high: 100 },
    plausible: { low: 5, high: 98 },
  }),
  numeric({
    id: 'co2',
    name: 'Carbon dioxide',
    label: 'CO₂',
    category: 'environment',
    unit: '[ppm]',
    precision: 0,
    possible: { low: 0, high: 40000 },
    plausible: { low: 350, high: 5000 },
  }),
  numeric({
    id: 'dew-point',
    name: 'Dew point',
    label: 'Td',
    category: 'environment',
    unit: 'Cel',
    alsoUnits: ['[degF]'],
    precision: 1,
    possible: { low: -90, high: 80 },
    plausible: { low: -40, high: 40 },
  }),
  numeric({
    id: 'absolute-humidity',
    name: 'Absolute humidity',
    label: 'AH',
    category: 'environment',
    unit: 'g/m3',
    precision: 1,
    possible: { low: 0, high: 200 },
    plausible: { low: 0, high: 60 },
  }),
  numeric({
    id: 'air-pressure',
    name: 'Air pressure',
    label: 'hPa',
    category: 'environment',
    unit: 'hPa',
    alsoUnits: ['Pa'],
    precision: 0,
    possible: { low: 300, high: 1200 },
    plausible: { low: 800, high: 1100 },
  }),
  numeric({
    id: 'differential-pressure',
    name: 'Differential pressure',
    label: 'ΔP',
    category: 'environment',
    unit: 'Pa',
    alsoUnits: ['hPa'],
    precision: 1,
    possible: { low: -500, high: 500 },
    plausible: { low: -100, high: 100 },
  }),
  numeric({
    id: 'battery',
    name: 'Battery',
    label: 'BATT',
    category: 'device',
    unit: '%',
    precision: 0,
    possible: { low: 0, high: 100 },
    plausible: { low: 0, high: 100 },
    mdc: { code: 67996, refId: 'MDC_ATTR_VAL_BATT_CHARGE' },
  }),
  numeric({
    id: 'link-quality',
    name: 'Radio link quality',
    label: 'LINK',
    category: 'device',
    unit: '1',
    precision: 0,
    possible: { low: 0, high: 255 },
    plausible: { low: 0, high: 255 },
  }),
];

const byId: ReadonlyMap<string, Metric> = new Map(list.map((metric) => [metric.id, metric]));

/**
 * Names a device may use for a metric besides its id: the MDC reference id and the LOINC code. Where two share one, the
 * continuous one has it (8867-4 is the heart rate, not that of a cuff), else the first.
 */
const byAlias: ReadonlyMap<string, Metric> = (() => {
  const aliases = new Map<string, Metric>();
  for (const metric of list) {
    for (const alias of [metric.mdc?.refId, metric.loinc, ...Object.values(metric.loincByUnit)]) {
      const holder = alias ? aliases.get(alias) : undefined;
      if (alias && (!holder || (holder.episodic && !metric.episodic))) aliases.set(alias, metric);
    }
  }
  return aliases;
})();

export const metrics: readonly Metric[] = list;

export const findMetric = (id: string): Metric | null => byId.get(id) ?? null;

/** Finds a metric by id, MDC reference id or LOINC code. */
export const resolveMetric = (name: string): Metric | null => byId.get(name) ?? byAlias.get(name) ?? null;

/** The metric of an id that is known to be in the catalogue; throws on a programming error. */
export const metricOf = (id: string): Metric => {
  const metric = byId.get(id);
  if (!metric) throw new Error(`no metric "${id}" in the catalogue`);
  return metric;
};
