import type { CuffReading, MonitorSignals } from '../devices/signals.ts';
import type { SimulatedPatient } from '../models/patient.ts';
import { inBlocks, ofMoment } from './blocks.ts';
import { measureCuff, readingOf } from './cuff-signals.ts';

export interface MonitorSignalsOptions {
  readonly patient: SimulatedPatient;
  readonly seed: string;
  readonly startMs: number;
  /** Minutes between readings of the monitor's own cuff, the first right at the start; null: it has none. */
  readonly cuffMinutes?: number | null;
  /** An invasive line in an artery. */
  readonly arterialLine?: boolean;
}

const EKG_HZ = 200;
const WAVE_HZ = 50;
/** When the first reading is done. */
const FIRST_READING_MS = 5_000;

/** What a bedside monitor sees of a patient. */
export const monitorSignals = (options: MonitorSignalsOptions): MonitorSignals => {
  const { patient, seed, startMs, cuffMinutes = null, arterialLine = false } = options;
  const ekg = inBlocks(EKG_HZ, (from, to, rate) => patient.ekg.samples('II', from, to, rate));
  const respiration = inBlocks(WAVE_HZ, (from, to, rate) => patient.vitals.respiration(from, to, rate));
  const pulse = inBlocks(WAVE_HZ, (from, to, rate) => patient.pleth(from, to, rate));
  const now = ofMoment((t) => patient.at(t));
  const leadOff = (t: number): boolean => patient.ekg.isLeadOff(t);

  let last: { readonly number: number; readonly reading: CuffReading | null } | null = null;
  const cuff = (t: number): CuffReading | null => {
    if (cuffMinutes === null) return null;
    const number = Math.floor((t - startMs - FIRST_READING_MS) / (cuffMinutes * 60_000));
    if (number < 0) return null;
    if (last?.number !== number) {
      const takenAt = startMs + FIRST_READING_MS + number * cuffMinutes * 60_000;
      last = { number, reading: readingOf(measureCuff(patient, `${seed}:cuff:${number}`, takenAt)) };
    }
    return last.reading;
  };

  const pressures = (t: number) => {
    const { systolic, diastolic, mean } = now(t);
    return arterialLine && systolic !== null && diastolic !== null && mean !== null
      ? { systolic, diastolic, mean }
      : null;
  };
  const arterialAt = ofMoment((second: number) => pressures(second * 1000));

  return {
    ecg: (t) => (leadOff(t) ? null : ekg(t)),
    heartRate: (t) => (leadOff(t) ? null : now(t).heartRate),
    respirationRate: (t) => now(t).respirationRate,
    respiration,
    etco2: () => null,
    spo2: (t) => now(t).spo2,
    pulseRate: (t) => now(t).pulseRate,
    pleth: (t) => Math.max(-1, Math.min(1, 2 * pulse(t) - 1)),
    cuff,
    arterial(t) {
      const pressure = arterialAt(Math.floor(t / 1000));
      return pressure && pressure.diastolic + (pressure.systolic - pressure.diastolic) * Math.min(1, pulse(t));
    },
    arterialNumbers: pressures,
    temperature: (t) => now(t).temperature,
    // The words are those that the driver knows (protocols.md 4.1).
    alarms: (t): Readonly<Record<string, string>> => (leadOff(t) ? { HR: 'LEAD OFF' } : {}),
  };
};
