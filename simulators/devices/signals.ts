/*
 * What simulated devices measure: functions of time (ms since the epoch, UTC). The physiology is elsewhere; a constant
 * will do for a test. null: nothing there to measure.
 */

export interface CuffReading {
  readonly systolic: number;
  readonly diastolic: number;
  readonly mean: number;
  readonly pulse: number;
}

/** A patient on a bedside monitor. */
export interface MonitorSignals {
  /** Lead II, mV. */
  ecg(t: number): number | null;
  heartRate(t: number): number | null;
  respirationRate(t: number): number | null;
  /** -1 to 1. */
  respiration(t: number): number;
  etco2(t: number): number | null;
  spo2(t: number): number | null;
  pulseRate(t: number): number | null;
  /** -1 to 1. */
  pleth(t: number): number;
  /** The last cuff reading that stands on the screen, mmHg. */
  cuff(t: number): CuffReading | null;
  /** Invasive pressure, mmHg. */
  arterial(t: number): number | null;
  arterialNumbers(t: number): Omit<CuffReading, 'pulse'> | null;
  temperature(t: number): number | null;
  /** The monitor's own alarm text by line name (`HR`, `RR` …). */
  alarms(t: number): Readonly<Record<string, string>>;
}

/** A patient in a cuff: a reading, or the module's error code. */
export interface CuffSignals {
  reading(t: number): CuffReading | { readonly error: number };
}

export interface PumpSignals {
  /** mL/h. */
  rate(t: number): number;
  /** mL since the start. */
  volume(t: number): number;
  /** Alarm word; 0: none. */
  alarm(t: number): number;
}

/** One result a meter holds. `at` is true time; the meter writes it down by its own clock. */
export interface MeterEntry {
  readonly at: number;
  /** mg/dL. */
  readonly value: number;
  readonly control?: boolean;
  readonly meal?: 'N' | 'B' | 'A';
  readonly comment?: number;
  readonly parityError?: boolean;
}

export interface MeterSignals {
  /** Results taken up to now, oldest first. */
  entries(t: number): readonly MeterEntry[];
  /** How far the meter's clock is from local time as it should be, ms. */
  clockError(t: number): number;
}

/** A healthy adult who never changes. The EKG is a spike a beat: enough to count beats. */
export const constantMonitor = (overrides: Partial<MonitorSignals> = {}): MonitorSignals => ({
  ecg: (t) => (t % 750 < 20 ? 1.5 : 0),
  heartRate: () => 80,
  respirationRate: () => 15,
  respiration: (t) => Math.sin((2 * Math.PI * t) / 4000),
  etco2: () => null,
  spo2: () => 98,
  pulseRate: () => 80,
  pleth: (t) => Math.sin((2 * Math.PI * t) / 750),
  cuff: () => ({ systolic: 121, diastolic: 75, mean: 92, pulse: 80 }),
  arterial: () => null,
  arterialNumbers: () => null,
  temperature: () => null,
  alarms: () => ({}),
  ...overrides,
});

export const constantCuff = (
  reading: ReturnType<CuffSignals['reading']> = { systolic: 115, diastolic: 74, mean: 88, pulse: 85 },
): CuffSignals => ({ reading: () => reading });

export const constantPump = (rate = 10, alarm = 0): PumpSignals => ({
  rate: () => rate,
  volume: () => 10,
  alarm: () => alarm,
});
