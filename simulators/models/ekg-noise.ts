import { LatticeNoise } from './lattice-noise.ts';

/* What else the electrodes pick up (ekg.md 4, "Noise"). Amplitudes in mV; all are functions of time. */

export interface NoiseLevels {
  /** Respiratory wander, 0.1 to 0.3. */
  readonly wander: number;
  /** Muscle, root mean square, 0.01 to 0.2. */
  readonly muscle: number;
  /** Mains, 0.01 to 0.1. */
  readonly mains: number;
  readonly mainsHz: 50 | 60;
  /** Steps of an electrode that moves, 0.5 to 3; about one in ten seconds. */
  readonly motion: number;
}

export const quiet: NoiseLevels = { wander: 0.05, muscle: 0.008, mains: 0.005, mainsHz: 50, motion: 0 };

const WANDER_HZ = 0.25;
const MOTION_PER_SECOND = 0.1;
const MOTION_DECAY_S = 0.5;
/** Mains in the cable of an electrode that is off. */
export const OPEN_LEAD_GAIN = 20;

export class ElectrodeNoise {
  private readonly white: LatticeNoise;
  private readonly slow: LatticeNoise;
  private readonly steps: LatticeNoise;

  constructor(seed: string) {
    this.white = new LatticeNoise(`${seed}:white`);
    this.slow = new LatticeNoise(`${seed}:slow`);
    this.steps = new LatticeNoise(`${seed}:steps`);
  }

  mains(levels: NoiseLevels, seconds: number): number {
    const drift = 0.02 * this.slow.smooth(seconds / 60);
    const turn = 2 * Math.PI * (levels.mainsHz * seconds + drift);
    return levels.mains * (Math.sin(turn) + 0.3 * Math.sin(3 * turn));
  }

  /** `index` is the number of the sample at its rate: white noise has no value between samples. */
  at(levels: NoiseLevels, seconds: number, index: number): number {
    const wander = levels.wander * (Math.sin(2 * Math.PI * WANDER_HZ * seconds) + 0.5 * this.slow.smooth(seconds / 8));
    // The difference of white samples leaves out what is slow, as muscle noise does.
    const muscle = (levels.muscle / Math.SQRT2) * (this.white.normal(index) - this.white.normal(index - 1));
    return wander + muscle + this.mains(levels, seconds) + this.motion(levels.motion, seconds);
  }

  private motion(amplitude: number, seconds: number): number {
    if (amplitude === 0) return 0;
    let sum = 0;
    const slot = Math.floor(seconds);
    for (let back = 0; back < 4; back++) {
      if (this.steps.uniform(slot - back) >= MOTION_PER_SECOND) continue;
      const age = seconds - (slot - back);
      sum += amplitude * Math.sign(this.steps.normal(slot - back) || 1) * Math.exp(-age / MOTION_DECAY_S);
    }
    return sum;
  }
}
