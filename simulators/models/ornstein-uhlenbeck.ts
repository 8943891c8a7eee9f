import { normal, type Random } from '../../model/random.ts';

/** A mean-reverting random walk about 0 with the given standard deviation (ekg.md 4: tau of 10 to 30 min). */
export class OrnsteinUhlenbeck {
  private readonly tauSeconds: number;
  private readonly deviation: number;
  private readonly random: Random;
  private value = 0;

  constructor(tauSeconds: number, deviation: number, random: Random) {
    this.tauSeconds = tauSeconds;
    this.deviation = deviation;
    this.random = random;
  }

  /** The exact step of the process over `seconds`; returns where it is then. */
  step(seconds: number): number {
    const kept = Math.exp(-seconds / this.tauSeconds);
    this.value = this.value * kept + normal(this.random, 0, this.deviation * Math.sqrt(1 - kept * kept));
    return this.value;
  }
}
