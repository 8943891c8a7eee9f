import type { Beat } from './ekg-rhythm.ts';

/*
 * The shape of a beat: the closed form of ECGSYN (ekg.md 4), z = sum a b^2 exp(-dth^2 / 2 b^2), with the angles and widths
 * of its code and their scaling with heart rate. Each wave is a dipole in the frontal plane, so that I + III = II.
 */

export const leads = ['I', 'II', 'III'] as const;
export type Lead = (typeof leads)[number];

/** Direction of the leads in the frontal plane, degrees (Einthoven). */
const leadAngle: Readonly<Record<Lead, number>> = { I: 0, II: 60, III: 120 };

interface WaveShape {
  /** Angle from the R peak, degrees of a beat; and how it follows the heart rate, as a power of sqrt(HR/60). */
  readonly degrees: number;
  readonly power: number;
  readonly a: number;
  readonly b: number;
  /** Axis of its dipole, degrees: a normal axis of 60 puts all of it into lead II. */
  readonly axis: number;
}

const normalBeat: readonly WaveShape[] = [
  { degrees: -70, power: 0.5, a: 1.2, b: 0.25, axis: 60 },
  { degrees: -15, power: 1, a: -5, b: 0.1, axis: 60 },
  { degrees: 0, power: 0, a: 30, b: 0.1, axis: 60 },
  { degrees: 15, power: 1, a: -7.5, b: 0.1, axis: 60 },
  { degrees: 100, power: 0.5, a: 0.75, b: 0.4, axis: 45 },
];

/** No P, QRS of 140 to 180 ms (widths x 2.2, heights so that the areas stay near), T against the QRS. */
const ventricularBeat: readonly WaveShape[] = [
  { degrees: 0, power: 0, a: 7.5, b: 0.22, axis: 100 },
  { degrees: 35, power: 1, a: -2.5, b: 0.22, axis: 100 },
  { degrees: 110, power: 0.5, a: -0.9, b: 0.4, axis: 100 },
];

/** Scales the sum so that a normal R peak is about 1.2 mV, as the code's output range of -0.4 to 1.2 mV. */
const MILLIVOLTS = 4;

const cosine = (degrees: number): number => Math.cos((degrees * Math.PI) / 180);

export interface Bump {
  /** Centre and width (one deviation), ms. */
  readonly atMs: number;
  readonly widthMs: number;
  /** mV by lead. */
  readonly height: Readonly<Record<Lead, number>>;
}

const bump = (wave: WaveShape, atMs: number, rrMs: number): Bump => {
  const factor = Math.sqrt(60_000 / rrMs / 60);
  const height = MILLIVOLTS * wave.a * wave.b ** 2;
  return {
    atMs: atMs + ((wave.degrees * factor ** wave.power) / 360) * rrMs,
    widthMs: ((wave.b * factor) / (2 * Math.PI)) * rrMs,
    height: {
      I: height * cosine(wave.axis - leadAngle.I),
      II: height * cosine(wave.axis - leadAngle.II),
      III: height * cosine(wave.axis - leadAngle.III),
    },
  };
};

/** The shape follows the interval before the beat, but a long pause does not stretch it. */
const shapeInterval = (beat: Beat): number => Math.min(1500, Math.max(300, beat.rrMs));

export const bumpsOf = (beat: Beat): readonly Bump[] => {
  if (beat.kind === 'ventricular')
    return ventricularBeat.map((wave) => bump(wave, beat.atMs, 1000 * Math.sqrt(shapeInterval(beat) / 1000)));
  return normalBeat
    .filter((wave) => beat.pWave || wave.degrees !== -70)
    .map((wave) => bump(wave, beat.atMs, shapeInterval(beat)));
};

/** A P wave alone, for atria that beat on their own. */
export const loneP = (atMs: number): readonly Bump[] => normalBeat.slice(0, 1).map((wave) => bump(wave, atMs, 800));

export const heightAt = (bumps: readonly Bump[], lead: Lead, ms: number): number => {
  let sum = 0;
  for (const { atMs, widthMs, height } of bumps) {
    const distance = (ms - atMs) / widthMs;
    if (distance > -5 && distance < 5) sum += height[lead] * Math.exp(-0.5 * distance * distance);
  }
  return sum;
};
