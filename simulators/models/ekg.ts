import { seededRandom } from '../../model/random.ts';
import { ElectrodeNoise, type NoiseLevels, OPEN_LEAD_GAIN, quiet } from './ekg-noise.ts';
import { type Beat, nextBeat, type Rhythm, rrVariation, usualRate } from './ekg-rhythm.ts';
import { type Bump, bumpsOf, heightAt, type Lead, loneP } from './ekg-waves.ts';
import { LatticeNoise } from './lattice-noise.ts';
import { Timeline } from './timeline.ts';

export interface EkgOptions {
  readonly seed: string;
  /** When the heart starts; times before it are not simulated. */
  readonly startMs: number;
  readonly rhythm?: Rhythm;
  /** Beats per minute, fixed or by time (ms); null: the usual one of the rhythm. */
  readonly heartRate?: number | ((atMs: number) => number) | null;
  readonly noise?: NoiseLevels;
}

export interface EkgChange {
  readonly rhythm?: Rhythm;
  readonly heartRate?: number | ((atMs: number) => number) | null;
  readonly noise?: NoiseLevels;
  readonly leadOff?: boolean;
}

interface LiveBeat extends Beat {
  /** Seeds the beat after it, so that it is the same however often it is made anew. */
  readonly number: number;
  readonly bumps: readonly Bump[];
}

/** Beats are made this far ahead, since a P wave comes before its R peak. */
const AHEAD_MS = 700;
/** A beat reaches this far. */
const REACH_MS = 1_200;
const KEPT_MS = 60_000;
/** Fibrillation weakens with a time constant of 3 to 5 minutes, to a fine rest. */
const VF_DECAY_S = 240;
const VF_FINEST = 0.2;
const DISSOCIATED_P_MS = 800;

/** An EKG that is asked for by time. Times move forward; what lies more than a minute back is forgotten. */
export class Ekg {
  private readonly seed: string;
  private readonly rhythm: Timeline<Rhythm>;
  private readonly rate: Timeline<EkgOptions['heartRate']>;
  private readonly noise: Timeline<NoiseLevels>;
  private readonly leadOff = new Timeline(false);
  private readonly variation: (seconds: number) => number;
  private readonly electrodes: Readonly<Record<'I' | 'II', ElectrodeNoise>>;
  private readonly chaos: LatticeNoise;
  private readonly startMs: number;
  private beatList: LiveBeat[] = [];
  private cursorMs: number;

  constructor(options: EkgOptions) {
    this.seed = options.seed;
    this.startMs = options.startMs;
    this.cursorMs = options.startMs;
    this.rhythm = new Timeline<Rhythm>(options.rhythm ?? 'sinus');
    this.rate = new Timeline(options.heartRate);
    this.noise = new Timeline(options.noise ?? quiet);
    this.variation = rrVariation(options.seed);
    this.electrodes = { I: new ElectrodeNoise(`${options.seed}:I`), II: new ElectrodeNoise(`${options.seed}:II`) };
    this.chaos = new LatticeNoise(`${options.seed}:vf`);
  }

  /** From `atMs` on. Beats already planned after it are made anew. */
  change(atMs: number, change: EkgChange): void {
    if (change.noise) this.noise.set(atMs, change.noise);
    if (change.leadOff !== undefined) this.leadOff.set(atMs, change.leadOff);
    if (change.heartRate !== undefined) this.rate.set(atMs, change.heartRate);
    if (change.rhythm) this.rhythm.set(atMs, change.rhythm);
    if (change.rhythm || change.heartRate !== undefined) {
      this.beatList = this.beatList.filter((beat) => beat.atMs <= atMs);
      this.cursorMs = Math.min(this.cursorMs, this.beatList.at(-1)?.atMs ?? this.startMs);
    }
  }

  rhythmAt(ms: number): Rhythm {
    return this.rhythm.at(ms);
  }

  /** True while an electrode is off: a device then reports it and shows no EKG. */
  isLeadOff(ms: number): boolean {
    return this.leadOff.at(ms);
  }

  /** Beats with their R peak in [fromMs, toMs). */
  beats(fromMs: number, toMs: number): readonly Beat[] {
    this.makeUntil(toMs);
    return this.beatList.filter((beat) => beat.atMs >= fromMs && beat.atMs < toMs);
  }

  /** Beats per minute over the last `windowMs`; null with fewer than two beats. */
  heartRateAt(ms: number, windowMs = 10_000): number | null {
    const beats = this.beats(ms - windowMs, ms);
    const [first] = beats;
    const last = beats.at(-1);
    if (!first || !last || first === last) return null;
    return (60_000 * (beats.length - 1)) / (last.atMs - first.atMs);
  }

  /** Samples in [fromMs, toMs) in mV. Sample k stands at k / rateHz since the epoch, so any chunking gives the same. */
  samples(lead: Lead, fromMs: number, toMs: number, rateHz: number): Float64Array {
    this.makeUntil(toMs + AHEAD_MS);
    const first = Math.ceil((fromMs * rateHz) / 1000);
    const end = Math.ceil((toMs * rateHz) / 1000);
    const near = this.beatList.filter((beat) => beat.atMs > fromMs - REACH_MS && beat.atMs < toMs + AHEAD_MS);
    const out = new Float64Array(Math.max(0, end - first));
    for (let index = first; index < end; index++) {
      const ms = (index * 1000) / rateHz;
      // What is not the heart's is made for I and II; III follows, as in a real recorder.
      out[index - first] =
        lead === 'III'
          ? this.value('II', ms, index, near) - this.value('I', ms, index, near)
          : this.value(lead, ms, index, near);
    }
    return out;
  }

  private value(lead: 'I' | 'II', ms: number, index: number, near: readonly LiveBeat[]): number {
    const seconds = (ms - this.startMs) / 1000;
    const levels = this.noise.at(ms);
    const electrode = this.electrodes[lead];
    if (this.leadOff.at(ms)) return OPEN_LEAD_GAIN * electrode.mains(levels, seconds);
    let sum = electrode.at(levels, seconds, index);
    for (const beat of near) sum += heightAt(beat.bumps, lead, ms);
    const rhythm = this.rhythm.at(ms);
    if (rhythm === 'ventricular-fibrillation') sum += this.fibrillation(lead, ms);
    if (rhythm === 'atrial-fibrillation') sum += this.atrialWaves(lead, seconds);
    if (rhythm === 'ventricular-tachycardia') {
      const nearest = Math.round(ms / DISSOCIATED_P_MS) * DISSOCIATED_P_MS;
      sum += heightAt(loneP(nearest), lead, ms);
    }
    return sum;
  }

  /** Four sines of 3 to 7 Hz whose frequency and height drift slowly; about 0.6 mV at onset (ekg.md 4). */
  private fibrillation(lead: 'I' | 'II', ms: number): number {
    const onset = Math.max(this.startMs, this.rhythm.since(ms));
    const seconds = (ms - onset) / 1000;
    const weak = VF_FINEST + (1 - VF_FINEST) * Math.exp(-seconds / VF_DECAY_S);
    let sum = 0;
    for (let line = 0; line < 4; line++) {
      const place = 1_000_003 * (line + (lead === 'I' ? 4 : 0));
      const hz = 3.5 + line;
      const phase = 2 * this.chaos.smooth(place + seconds / 1.5);
      const height = 0.5 + 0.25 * this.chaos.smooth(place + 500_000 + seconds / 2);
      sum += height * Math.sin(2 * Math.PI * hz * seconds + phase);
    }
    return 0.35 * weak * (lead === 'I' ? 0.6 : 1) * sum;
  }

  /** f-waves: a sawtooth of harmonics 2/(l pi) at 6 Hz, 0.1 mV, modulated in frequency (Stridh & Sornmo, ekg.md 4). */
  private atrialWaves(lead: 'I' | 'II', seconds: number): number {
    const turn = 2 * Math.PI * (6 * seconds + (0.25 / (2 * Math.PI * 0.15)) * Math.sin(2 * Math.PI * 0.15 * seconds));
    let sum = 0;
    for (let harmonic = 1; harmonic <= 4; harmonic++) sum += (2 / (harmonic * Math.PI)) * Math.sin(harmonic * turn);
    return (lead === 'I' ? 0.03 : 0.08) * sum;
  }

  private rateOf(rhythm: Rhythm, ms: number): number {
    const rate = this.rate.at(ms);
    if (typeof rate === 'function') return rate(ms);
    return rate ?? usualRate[rhythm] ?? 0;
  }

  private makeUntil(ms: number): void {
    while (this.cursorMs < ms) {
      const from = this.cursorMs;
      const rhythm = this.rhythm.at(from);
      const change = this.rhythm.nextChange(from);
      const last = this.beatList.at(-1);
      const previous = { atMs: from, kind: last?.kind ?? 'normal', rrMs: last?.rrMs ?? 0 } as const;
      const number = (last?.number ?? 0) + 1;
      const random = seededRandom(`${this.seed}:beat:${number}`);
      const variation = this.variation((from - this.startMs) / 1000);
      const beat = nextBeat(rhythm, previous, this.rateOf(rhythm, from), variation, random);
      if (change !== null && (beat?.atMs ?? Number.POSITIVE_INFINITY) > change) this.cursorMs = change;
      else if (beat) {
        this.beatList.push({ ...beat, number, bumps: bumpsOf(beat) });
        this.cursorMs = beat.atMs;
      } else this.cursorMs = ms;
    }
    const oldest = this.beatList[0];
    if (oldest && oldest.atMs < ms - 2 * KEPT_MS)
      this.beatList = this.beatList.filter((beat) => beat.atMs > ms - KEPT_MS);
  }
}
