import type { CuffSignals } from '../devices/signals.ts';
import { type CuffFault, CuffMeasurement } from '../models/cuff.ts';
import type { SimulatedPatient } from '../models/patient.ts';

export interface CuffSetup {
  readonly seed: string;
  readonly patient: SimulatedPatient;
  /** What goes wrong with the measurement that begins at a moment; null: nothing. */
  fault?(t: number): CuffFault | null;
}

/** SunTech's codes for what an oscillometric measurement can fail of (protocols.md 1.1). */
const codes = { 'weak-signal': 1, motion: 2, 'out-of-range': 3, leak: 87, overpressure: 89 } as const;

/** A cuff on a patient: each reading is one oscillometric measurement. */
export const cuffSignals = ({ seed, patient, fault }: CuffSetup): CuffSignals => ({
  reading(t) {
    const { systolic, diastolic, heartRate } = patient.at(t);
    const artery =
      systolic === null || diastolic === null || heartRate === null ? null : { systolic, diastolic, heartRate };
    const failure = fault?.(t) ?? null;
    const { result } = new CuffMeasurement({
      seed: `${seed}:${t}`,
      artery,
      lastSystolic: systolic ?? 0,
      ...(failure ? { fault: failure } : {}),
    });
    if (!result.ok) return { error: codes[result.code] };
    return {
      systolic: Math.round(result.systolic),
      diastolic: Math.round(result.diastolic),
      mean: Math.round(result.mean),
      pulse: Math.round(result.pulseRate),
    };
  },
});
