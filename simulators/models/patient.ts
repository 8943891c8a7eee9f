import { Ekg, type EkgChange } from './ekg.ts';
import type { NoiseLevels } from './ekg-noise.ts';
import type { Beat, Rhythm } from './ekg-rhythm.ts';
import { VitalSigns, type Vitals, type Waypoint } from './vital-signs.ts';

export interface PatientOptions {
  readonly seed: string;
  readonly startMs: number;
  readonly baseline?: Partial<Vitals>;
  readonly course?: readonly Waypoint[];
  readonly liveliness?: number;
  readonly rhythm?: Rhythm;
  readonly noise?: NoiseLevels;
}

/** What monitors would measure on the patient; null where there is nothing to measure. */
export interface PatientNow {
  /** /min, from the EKG of the last ten seconds. */
  readonly heartRate: number | null;
  /** /min, of beats that reach the finger. */
  readonly pulseRate: number | null;
  readonly respirationRate: number;
  /** %; null without a pulse. */
  readonly spo2: number | null;
  /** °C */
  readonly temperature: number;
  /** mmHg; null without a pulse. */
  readonly systolic: number | null;
  readonly diastolic: number | null;
  readonly mean: number | null;
}

/** From the R peak to the finger, and the shape of a pulse: ours, to look like one; the unit is arbitrary. */
const TRANSIT_MS = 200;
const PULSE_MS = 1_400;
const pulseShape = (ms: number): number => {
  const wave = (centre: number, width: number) => Math.exp(-0.5 * ((ms - centre) / width) ** 2);
  return ms < 0 ? 0 : wave(150, 60) + 0.35 * wave(400, 90);
};

/** Rhythms whose own rate rules the heart, whatever the course says. */
const ownRate: ReadonlySet<Rhythm> = new Set([
  'bradycardia',
  'tachycardia',
  'atrial-fibrillation',
  'ventricular-tachycardia',
  'ventricular-fibrillation',
  'asystole',
]);

/** One patient: vital signs, EKG and pulse that belong together. Times are ms and move forward. */
export class SimulatedPatient {
  readonly vitals: VitalSigns;
  readonly ekg: Ekg;

  constructor(options: PatientOptions) {
    const { seed, startMs, rhythm = 'sinus', noise } = options;
    this.vitals = new VitalSigns(options);
    this.ekg = new Ekg({
      seed: `${seed}:ekg`,
      startMs,
      rhythm,
      heartRate: this.rateIn(rhythm),
      ...(noise ? { noise } : {}),
    });
  }

  /** From `atMs` on; a rhythm without a rate of its own beats as the vital signs say. */
  change(atMs: number, change: EkgChange): void {
    const { rhythm } = change;
    this.ekg.change(
      atMs,
      rhythm && change.heartRate === undefined ? { ...change, heartRate: this.rateIn(rhythm) } : change,
    );
  }

  at(ms: number): PatientNow {
    const vitals = this.vitals.at(ms);
    const pulse = this.pulses(ms - 10_000, ms);
    const hasPulse = pulse.length > 1;
    const [first] = pulse;
    const last = pulse.at(-1);
    const span = first && last ? last.atMs - first.atMs : 0;
    return {
      heartRate: this.ekg.heartRateAt(ms),
      pulseRate: hasPulse && span > 0 ? (60_000 * (pulse.length - 1)) / span : null,
      respirationRate: vitals.respirationRate,
      spo2: hasPulse ? vitals.spo2 : null,
      temperature: vitals.temperature,
      systolic: hasPulse ? vitals.systolic : null,
      diastolic: hasPulse ? vitals.diastolic : null,
      mean: hasPulse ? vitals.mean : null,
    };
  }

  /** Plethysmogram in [fromMs, toMs), arbitrary unit, about 0 to 1. An early beat gives a small pulse. */
  pleth(fromMs: number, toMs: number, rateHz: number): Float64Array {
    const pulses = this.pulses(fromMs - PULSE_MS, toMs);
    const first = Math.ceil((fromMs * rateHz) / 1000);
    const end = Math.ceil((toMs * rateHz) / 1000);
    const out = new Float64Array(Math.max(0, end - first));
    for (let index = first; index < end; index++) {
      const ms = (index * 1000) / rateHz;
      let sum = 0;
      for (const { atMs, rrMs } of pulses) {
        const filling = Math.min(1, rrMs / 600);
        sum += filling * pulseShape(ms - atMs - TRANSIT_MS);
      }
      out[index - first] = sum;
    }
    return out;
  }

  private pulses(fromMs: number, toMs: number): readonly Beat[] {
    return this.ekg.beats(fromMs, toMs);
  }

  private rateIn(rhythm: Rhythm): ((ms: number) => number) | null {
    return ownRate.has(rhythm) ? null : (ms) => this.vitals.at(ms).heartRate;
  }
}
