import { chance, normal, type Random, seededRandom } from '../../model/random.ts';

/* When the heart beats: RR intervals by rhythm (ekg.md 4, "Rhythms" and the RR spectrum of ECGSYN). */

export const rhythms = [
  'sinus',
  'bradycardia',
  'tachycardia',
  'atrial-fibrillation',
  'premature-ventricular',
  'ventricular-tachycardia',
  'ventricular-fibrillation',
  'asystole',
] as const;
export type Rhythm = (typeof rhythms)[number];

/** Beats per minute where none is asked for: within the ranges of ekg.md 4; null: no beats. */
export const usualRate: Readonly<Record<Rhythm, number | null>> = {
  sinus: 72,
  bradycardia: 42,
  tachycardia: 135,
  'atrial-fibrillation': 100,
  'premature-ventricular': 72,
  'ventricular-tachycardia': 180,
  'ventricular-fibrillation': null,
  asystole: null,
};

export interface Beat {
  /** Time of the R peak, ms. */
  readonly atMs: number;
  readonly kind: 'normal' | 'ventricular';
  /** Interval before it, ms. */
  readonly rrMs: number;
  /** False where the atria do not lead it. */
  readonly pWave: boolean;
}

const LOW_HZ = 0.1;
const HIGH_HZ = 0.25;
const SPREAD_HZ = 0.01;
const LINES = 4;

/**
 * Slow and respiratory variation of RR: lines drawn from the two Gaussian bands of the spectrum, with LF/HF power 0.5.
 * Unit variance; a function of time, so that it streams.
 */
export const rrVariation = (seed: string): ((seconds: number) => number) => {
  const random = seededRandom(`${seed}:rr`);
  const band = (hz: number, power: number) =>
    Array.from({ length: LINES }, () => ({
      hz: normal(random, hz, SPREAD_HZ),
      phase: 2 * Math.PI * random.next(),
      amplitude: Math.sqrt((2 * power) / LINES),
    }));
  const lines = [...band(LOW_HZ, 1 / 3), ...band(HIGH_HZ, 2 / 3)];
  return (seconds) =>
    lines.reduce((sum, { hz, phase, amplitude }) => sum + amplitude * Math.sin(2 * Math.PI * hz * seconds + phase), 0);
};

/** How often a beat of the `premature-ventricular` rhythm is one. */
const PREMATURE_SHARE = 0.12;
const AF_VARIATION = 0.25;
const AV_REFRACTORY_S = 0.3;

const lognormal = (random: Random, mean: number, variation: number): number => {
  const variance = Math.log(1 + variation ** 2);
  return Math.exp(normal(random, Math.log(mean) - variance / 2, Math.sqrt(variance)));
};

/** The beat after `previous`, or null where the rhythm has none. */
export const nextBeat = (
  rhythm: Rhythm,
  previous: Pick<Beat, 'atMs' | 'kind' | 'rrMs'>,
  heartRate: number,
  variation: number,
  random: Random,
): Beat | null => {
  if (usualRate[rhythm] === null || heartRate <= 0) return null;
  const mean = 60 / heartRate;
  const beat = (seconds: number, kind: Beat['kind'], pWave: boolean): Beat => ({
    atMs: previous.atMs + seconds * 1000,
    kind,
    rrMs: seconds * 1000,
    pWave,
  });
  // hrstd 1 /min of ECGSYN: deviation of RR = 60 hrstd / HR^2.
  const sinus = Math.max(0.5 * mean, mean + (60 / heartRate ** 2) * variation);
  switch (rhythm) {
    case 'atrial-fibrillation':
      return beat(Math.max(AV_REFRACTORY_S, lognormal(random, mean, AF_VARIATION)), 'normal', false);
    case 'ventricular-tachycardia':
      return beat(mean + 0.01 * Math.max(-2, Math.min(2, normal(random))), 'ventricular', false);
    case 'premature-ventricular': {
      // Full compensatory pause: the intervals before and after make two of the usual ones.
      if (previous.kind === 'ventricular') return beat(2 * mean - previous.rrMs / 1000, 'normal', true);
      if (chance(random, PREMATURE_SHARE)) return beat((0.5 + 0.2 * random.next()) * mean, 'ventricular', false);
      return beat(sinus, 'normal', true);
    }
    default:
      return beat(sinus, 'normal', true);
  }
};
