import type { CuffReading, MonitorSignals } from '../devices/signals.ts';
import type { SimulatedPatient } from '../models/patient.ts';

/** Rates at which a monitor asks its waves, Hz (protocols.md 4.1). */
const EKG_HZ = 200;
const WAVE_HZ = 50;
const SECOND_MS = 1000;

/** A wave asked for one second at a time and then read sample by sample: models work in blocks. */
const blockwise = (rateHz: number, read: (fromMs: number, toMs: number) => Float64Array) => {
  let start = Number.NaN;
  let block: ReturnType<typeof read> = new Float64Array();
  return (t: number): number => {
    if (!(t >= start && t < start + SECOND_MS)) {
      start = t;
      block = read(t, t + SECOND_MS);
    }
    return block[Math.min(block.length - 1, Math.round(((t - start) * rateHz) / SECOND_MS))] ?? 0;
  };
};

export interface MonitorOptions {
  readonly patient: SimulatedPatient;
  /** ms between two readings of the monitor's own cuff; null: it has none. */
  readonly cuffEveryMs: number | null;
  readonly startMs: number;
}

const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value));

/** A patient as a bedside monitor sees him. With a lead off there is no EKG and no heart rate, and the monitor says so. */
export const monitorSignals = ({ patient, cuffEveryMs, startMs }: MonitorOptions): MonitorSignals => {
  const ekg = blockwise(EKG_HZ, (from, to) => patient.ekg.samples('II', from, to, EKG_HZ));
  const pleth = blockwise(WAVE_HZ, (from, to) => patient.pleth(from, to, WAVE_HZ));
  const respiration = blockwise(WAVE_HZ, (from, to) => patient.vitals.respiration(from, to, WAVE_HZ));
  let cuff: { readonly at: number; readonly reading: CuffReading } | null = null;

  const measure = (t: number): CuffReading | null => {
    const { systolic, diastolic, mean, pulseRate } = patient.at(t);
    if (systolic === null || diastolic === null || mean === null || pulseRate === null) return null;
    return {
      systolic: Math.round(systolic),
      diastolic: Math.round(diastolic),
      mean: Math.round(mean),
      pulse: Math.round(pulseRate),
    };
  };

  return {
    ecg: (t) => (patient.ekg.isLeadOff(t) ? null : ekg(t)),
    heartRate: (t) => (patient.ekg.isLeadOff(t) ? null : rounded(patient.at(t).heartRate)),
    respirationRate: (t) => rounded(patient.at(t).respirationRate),
    respiration,
    etco2: () => null,
    spo2: (t) => rounded(patient.at(t).spo2),
    pulseRate: (t) => rounded(patient.at(t).pulseRate),
    pleth,
    cuff(t) {
      if (cuffEveryMs === null) return null;
      const due = startMs + Math.floor((t - startMs) / cuffEveryMs) * cuffEveryMs;
      if (cuff?.at !== due) {
        const reading = measure(t);
        cuff = reading ? { at: due, reading } : null;
      }
      return cuff?.reading ?? null;
    },
    arterial: () => null,
    arterialNumbers: () => null,
    temperature: (t) => Math.round(patient.at(t).temperature * 10) / 10,
    alarms: (t): Readonly<Record<string, string>> => (patient.ekg.isLeadOff(t) ? { HR: 'LEAD OFF' } : {}),
  };
};
