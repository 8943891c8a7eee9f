import { integer, normal, seededRandom } from '../../model/random.ts';
import { meanPressure } from './vital-signs.ts';

/* An oscillometric blood pressure measurement (ekg.md 4, "NIBP, oscillometric"). */

export interface ArterialPressure {
  /** mmHg */
  readonly systolic: number;
  readonly diastolic: number;
  /** /min */
  readonly heartRate: number;
}

export const cuffFaults = ['leak', 'motion', 'weak-pulse', 'overpressure'] as const;
export type CuffFault = (typeof cuffFaults)[number];

export interface CuffOptions {
  readonly seed: string;
  /** What is in the artery; null: no pulse. */
  readonly artery: ArterialPressure | null;
  readonly fault?: CuffFault;
  /** Sets how far the cuff is inflated: 30 above it, and at least 170. */
  readonly lastSystolic?: number;
}

export type CuffResult =
  | {
      readonly ok: true;
      /** mmHg, as found from the envelope: close to the artery's, not equal. */
      readonly systolic: number;
      readonly diastolic: number;
      readonly mean: number;
      /** /min */
      readonly pulseRate: number;
      readonly beats: number;
    }
  | { readonly ok: false; readonly code: 'leak' | 'motion' | 'weak-signal' | 'out-of-range' | 'overpressure' };

export type CuffPhase = 'inflating' | 'deflating' | 'venting' | 'done';

const LEAST_TARGET = 170;
const INFLATION_MS = 6_000;
/** A cuff that leaks is given up after this. */
const INFLATION_LIMIT_MS = 20_000;
const LEAK_PRESSURE = 55;
const OVERPRESSURE = 300;
/** mmHg/s, within 3 to 5. */
const DEFLATION = 4.5;
const LOWEST = 40;
const VENT_MS = 2_000;
/** Of the largest oscillation, at systolic and diastolic pressure. */
const SYSTOLIC_RATIO = 0.525;
const DIASTOLIC_RATIO = 0.75;
/** mmHg */
const LARGEST = 2.2;
const WEAK = 0.3;

interface CuffBeat {
  readonly atMs: number;
  readonly pressure: number;
  readonly amplitude: number;
}

const widthFor = (distance: number, ratio: number): number => Math.max(1, distance) / Math.sqrt(-2 * Math.log(ratio));

/** Height of the oscillation at a cuff pressure: an asymmetric bell with its top at the mean pressure. */
const envelope = (pressure: number, { systolic, diastolic }: ArterialPressure): number => {
  const mean = meanPressure(systolic, diastolic);
  const width =
    pressure > mean ? widthFor(systolic - mean, SYSTOLIC_RATIO) : widthFor(mean - diastolic, DIASTOLIC_RATIO);
  return Math.exp(-((pressure - mean) ** 2) / (2 * width ** 2));
};

/** The pressure between two beats at which the envelope crosses a height; logarithms, since it is a bell. */
const crossing = (a: CuffBeat, b: CuffBeat, height: number): number => {
  const [la, lb] = [Math.log(a.amplitude), Math.log(b.amplitude)];
  const share = la === lb ? 0.5 : (Math.log(height) - la) / (lb - la);
  return a.pressure + share * (b.pressure - a.pressure);
};

/** The top of the bell through three beats. */
const topOf = (
  before: CuffBeat,
  top: CuffBeat,
  after: CuffBeat,
): { readonly pressure: number; readonly amplitude: number } => {
  const [x0, x1, x2] = [before.pressure, top.pressure, after.pressure];
  const [y0, y1, y2] = [before, top, after].map((beat) => Math.log(beat.amplitude)) as [number, number, number];
  const slope01 = (y1 - y0) / (x1 - x0);
  const slope12 = (y2 - y1) / (x2 - x1);
  const curve = (slope12 - slope01) / (x2 - x0);
  if (!(curve < 0)) return { pressure: x1, amplitude: top.amplitude };
  const pressure = Math.min(x0, Math.max(x2, (x0 + x1) / 2 - slope01 / (2 * curve)));
  const height = y0 + slope01 * (pressure - x0) + curve * (pressure - x0) * (pressure - x1);
  return { pressure, amplitude: Math.exp(height) };
};

/** What a monitor makes of the beats, which lie from high to low pressure. */
const evaluate = (beats: readonly CuffBeat[]): CuffResult => {
  const fail = (code: Extract<CuffResult, { ok: false }>['code']): CuffResult => ({ ok: false, code });
  const largest = Math.max(0, ...beats.map((beat) => beat.amplitude));
  if (largest < WEAK) return fail('weak-signal');
  // One bell rises and falls once; an arm that moves makes more of it.
  const swings = beats.filter((beat, index) => {
    const [before, after] = [beats[index - 1]?.amplitude ?? 0, beats[index + 1]?.amplitude ?? 0];
    return beat.amplitude > Math.max(before, after) + 0.15 * largest;
  });
  if (swings.length > 1) return fail('motion');
  const index = beats.findIndex((beat) => beat.amplitude === largest);
  const [before, peak, after] = [beats[index - 1], beats[index], beats[index + 1]];
  if (!before || !peak || !after) return fail('out-of-range');
  const top = topOf(before, peak, after);
  const rising = beats.slice(0, index + 1);
  const falling = beats.slice(index);
  const high = rising.findLastIndex((beat) => beat.amplitude < SYSTOLIC_RATIO * top.amplitude);
  const low = falling.findIndex((beat) => beat.amplitude < DIASTOLIC_RATIO * top.amplitude);
  const [outer, inner] = [rising[high], rising[high + 1]];
  const [above, below] = [falling[low - 1], falling[low]];
  if (!outer || !inner || !above || !below) return fail('out-of-range');
  const [first] = beats;
  const last = beats.at(-1);
  const spanMs = first && last ? last.atMs - first.atMs : 0;
  return {
    ok: true,
    systolic: Math.round(crossing(outer, inner, SYSTOLIC_RATIO * top.amplitude)),
    diastolic: Math.round(crossing(above, below, DIASTOLIC_RATIO * top.amplitude)),
    mean: Math.round(top.pressure),
    pulseRate: Math.round((60_000 * (beats.length - 1)) / spanMs),
    beats: beats.length,
  };
};

/** One measurement, worked out when it begins; times are ms since its start. */
export class CuffMeasurement {
  readonly result: CuffResult;
  readonly durationMs: number;
  private readonly fault: CuffFault | null;
  private readonly target: number;
  private readonly beats: readonly CuffBeat[];
  private readonly inflatedMs: number;
  private readonly ventMs: number;

  constructor({ seed, artery, fault, lastSystolic = 0 }: CuffOptions) {
    this.fault = fault ?? null;
    this.target = Math.min(OVERPRESSURE - 20, Math.max(LEAST_TARGET, lastSystolic + 30));
    if (fault === 'leak') this.inflatedMs = INFLATION_LIMIT_MS;
    else if (fault === 'overpressure') this.inflatedMs = (INFLATION_MS * OVERPRESSURE) / this.target;
    else this.inflatedMs = INFLATION_MS;

    if (fault === 'leak' || fault === 'overpressure') {
      this.beats = [];
      this.ventMs = this.inflatedMs;
      this.result = { ok: false, code: fault };
    } else {
      this.beats = artery ? this.feel(artery, seed) : [];
      this.ventMs = this.inflatedMs + (1000 * (this.target - LOWEST)) / DEFLATION;
      this.result = evaluate(this.beats);
    }
    this.durationMs = this.ventMs + VENT_MS;
  }

  phaseAt(ms: number): CuffPhase {
    if (ms < this.inflatedMs) return 'inflating';
    if (ms < this.ventMs) return 'deflating';
    return ms < this.durationMs ? 'venting' : 'done';
  }

  /** Cuff pressure in mmHg, with the pulse on it. */
  pressureAt(ms: number): number {
    const ramp = this.rampAt(ms);
    const beat = this.beats.findLast((candidate) => candidate.atMs <= ms);
    if (!beat || ms >= this.ventMs) return ramp;
    return ramp + beat.amplitude * Math.exp(-0.5 * ((ms - beat.atMs - 150) / 70) ** 2);
  }

  private rampAt(ms: number): number {
    const phase = this.phaseAt(ms);
    if (ms <= 0 || phase === 'done') return 0;
    if (phase === 'inflating') {
      if (this.fault === 'leak') return LEAK_PRESSURE * (1 - Math.exp(-ms / 3_000));
      return (this.target * ms) / INFLATION_MS;
    }
    if (phase === 'deflating') return this.target - (DEFLATION * (ms - this.inflatedMs)) / 1000;
    const held = this.rampAt(Math.max(0, Math.min(this.ventMs, this.durationMs) - 1));
    return held * (1 - (ms - this.ventMs) / VENT_MS);
  }

  private feel(artery: ArterialPressure, seed: string): CuffBeat[] {
    const random = seededRandom(seed);
    const largest = this.fault === 'weak-pulse' ? WEAK / 2 : LARGEST;
    const interval = 60_000 / artery.heartRate;
    const end = this.inflatedMs + (1000 * (this.target - LOWEST)) / DEFLATION;
    const beats: CuffBeat[] = [];
    for (let atMs = this.inflatedMs + random.next() * interval; atMs < end; atMs += interval) {
      const pressure = this.target - (DEFLATION * (atMs - this.inflatedMs)) / 1000;
      const amplitude = largest * envelope(pressure, artery) * Math.max(0.5, normal(random, 1, 0.02));
      beats.push({ atMs, pressure, amplitude });
    }
    return this.fault === 'motion' ? this.shake(beats, largest, seed) : beats;
  }

  /** An arm that moves: spikes far apart, each larger than the pulse. */
  private shake(beats: readonly CuffBeat[], largest: number, seed: string): CuffBeat[] {
    const random = seededRandom(`${seed}:motion`);
    const third = Math.max(3, Math.floor(beats.length / 3));
    const first = integer(random, 1, third - 1);
    const struck = new Set([first, first + third, first + 2 * third - 1]);
    return beats.map((beat, index) =>
      struck.has(index) ? { ...beat, amplitude: largest * (1.5 + random.next()) } : beat,
    );
  }
}
