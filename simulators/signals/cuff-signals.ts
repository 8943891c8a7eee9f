import type { CuffReading, CuffSignals } from '../devices/signals.ts';
import { type CuffFault, CuffMeasurement, type CuffResult } from '../models/cuff.ts';
import type { SimulatedPatient } from '../models/patient.ts';

export interface CuffSignalsOptions {
  readonly patient: SimulatedPatient;
  readonly seed: string;
  /** What goes wrong at a moment; null: nothing. */
  readonly fault?: (t: number) => CuffFault | null;
}

/** Error codes of a reading (protocols.md 1.1, as in drivers/blood-pressure/suntech-errors.ts). */
const errorOf: Readonly<Record<Extract<CuffResult, { ok: false }>['code'], number>> = {
  'weak-signal': 1,
  motion: 2,
  'out-of-range': 3,
  leak: 87,
  overpressure: 89,
};

/** One measurement on a patient as he is at that moment. */
export const measureCuff = (
  patient: SimulatedPatient,
  seed: string,
  atMs: number,
  fault: CuffFault | null = null,
  lastSystolic = 0,
): CuffResult => {
  const { systolic, diastolic, pulseRate } = patient.at(atMs);
  const hasPulse = systolic !== null && diastolic !== null && pulseRate !== null;
  return new CuffMeasurement({
    seed,
    artery: hasPulse ? { systolic, diastolic, heartRate: pulseRate } : null,
    lastSystolic,
    ...(fault ? { fault } : {}),
  }).result;
};

export const readingOf = (result: CuffResult): CuffReading | null =>
  result.ok
    ? { systolic: result.systolic, diastolic: result.diastolic, mean: result.mean, pulse: result.pulseRate }
    : null;

/** A cuff on a patient. The n-th reading is the same in every run in which it is taken at the same time. */
export const cuffSignals = ({ patient, seed, fault = () => null }: CuffSignalsOptions): CuffSignals => {
  let readings = 0;
  let lastSystolic = 0;
  return {
    reading(t) {
      readings++;
      const result = measureCuff(patient, `${seed}:reading:${readings}`, t, fault(t), lastSystolic);
      if (!result.ok) return { error: errorOf[result.code] };
      lastSystolic = result.systolic;
      return { systolic: result.systolic, diastolic: result.diastolic, mean: result.mean, pulse: result.pulseRate };
    },
  };
};
