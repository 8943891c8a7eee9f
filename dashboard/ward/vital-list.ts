/** Colour roles of parameters; the palette is in styles/palette.css (screens-and-alarms.md 1.4). */
export type Tone = 'ekg' | 'spo2' | 'resp' | 'nibp' | 'temp' | 'glu' | 'env' | 'press';

/** One numeral of a tile: a metric, or a cuff measurement of three. */
export interface VitalKind {
  readonly key: string;
  /** Metric ids: the first is the number; a pressure has its partner and its mean behind it. */
  readonly metrics: readonly [string, ...string[]];
  readonly label: string;
  readonly tone: Tone;
  /** After this an episodic value is greyed; null: never. */
  readonly validMs: number | null;
}

/** NIBP is greyed after 30 minutes (screens-and-alarms.md 1.3); the others have no validity in the sources. */
const NIBP_VALID_MS = 30 * 60_000;

/** In the order of the tile; only those that a bed's devices yield are shown. */
export const vitalKinds: readonly VitalKind[] = [
  { key: 'hr', metrics: ['heart-rate'], label: 'HR', tone: 'ekg', validMs: null },
  { key: 'spo2', metrics: ['spo2'], label: 'SpO₂', tone: 'spo2', validMs: null },
  {
    key: 'nibp',
    metrics: ['nibp-systolic', 'nibp-diastolic', 'nibp-mean'],
    label: 'NIBP',
    tone: 'nibp',
    validMs: NIBP_VALID_MS,
  },
  {
    key: 'p1',
    metrics: ['pressure-1-systolic', 'pressure-1-diastolic', 'pressure-1-mean'],
    label: 'P1',
    tone: 'press',
    validMs: null,
  },
  {
    key: 'p2',
    metrics: ['pressure-2-systolic', 'pressure-2-diastolic', 'pressure-2-mean'],
    label: 'P2',
    tone: 'press',
    validMs: null,
  },
  { key: 'rr', metrics: ['respiration-rate'], label: 'RR', tone: 'resp', validMs: null },
  { key: 'temp', metrics: ['body-temperature'], label: 'Temp', tone: 'temp', validMs: null },
  { key: 'glu', metrics: ['glucose'], label: 'Glucose', tone: 'glu', validMs: null },
  { key: 'etco2', metrics: ['etco2'], label: 'etCO₂', tone: 'resp', validMs: null },
  { key: 'pr', metrics: ['pulse-rate'], label: 'PR', tone: 'spo2', validMs: null },
];

/** Which EKG lead a tile draws, best first. */
export const ekgLeads: readonly string[] = ['ecg-lead-ii', 'ecg-lead-i', 'ecg-lead-iii'];

export const waveTones: Readonly<Record<string, Tone>> = {
  'ecg-lead-i': 'ekg',
  'ecg-lead-ii': 'ekg',
  'ecg-lead-iii': 'ekg',
  'pleth-wave': 'spo2',
  'respiration-wave': 'resp',
  'pressure-1-wave': 'press',
  'pressure-2-wave': 'press',
};
