import { seededRandom } from '../../model/random.ts';
import { OrnsteinUhlenbeck } from './ornstein-uhlenbeck.ts';

export interface Vitals {
  /** /min */
  readonly heartRate: number;
  /** /min */
  readonly respirationRate: number;
  /** % */
  readonly spo2: number;
  /** °C */
  readonly temperature: number;
  /** mmHg */
  readonly systolic: number;
  /** mmHg */
  readonly diastolic: number;
}

export interface VitalsNow extends Vitals {
  /** mmHg */
  readonly mean: number;
}

/** Where the means of a patient are at a minute after the start; between two of them they move in a straight line. */
export interface Waypoint {
  readonly minute: number;
  readonly to: Partial<Vitals>;
}

export interface VitalSignsOptions {
  readonly seed: string;
  /** Where the simulation begins, ms. Times before it give the first state. */
  readonly startMs: number;
  readonly baseline?: Partial<Vitals>;
  readonly course?: readonly Waypoint[];
  /** 0: perfectly steady; 1: as lively as a calm patient. */
  readonly liveliness?: number;
}

/** A calm adult; all of it can be set. */
export const calmAdult: Vitals = {
  heartRate: 76,
  respirationRate: 15,
  spo2: 97,
  temperature: 36.8,
  systolic: 122,
  diastolic: 76,
};

type Name = keyof Vitals;
const names: readonly Name[] = ['heartRate', 'respirationRate', 'spo2', 'temperature', 'systolic', 'diastolic'];

/** Standard deviation of the slow walk of each value: ours, to look alive; scaled by `liveliness`. */
const deviations: Readonly<Record<Name, number>> = {
  heartRate: 3,
  respirationRate: 1.2,
  spo2: 0.6,
  temperature: 0.1,
  systolic: 5,
  diastolic: 3,
};

/** What a body can have: the `possible` ranges of standards.md 7.3. */
const limits: Readonly<Record<Name, readonly [number, number]>> = {
  heartRate: [0, 350],
  respirationRate: [0, 150],
  spo2: [0, 100],
  temperature: [20, 45],
  systolic: [30, 300],
  diastolic: [10, 220],
};

const STEP_MS = 1_000;
const TAU_SECONDS = 15 * 60;
/** Baroreflex (ekg.md 4): -1 /min for each mmHg, after 5 to 10 s. */
const BAROREFLEX_GAIN = -1;
const BAROREFLEX_LAG_STEPS = 7;
const BAROREFLEX_MOST = 20;
const KEPT_STEPS = 900;

const clamp = (value: number, [low, high]: readonly [number, number]): number => Math.min(high, Math.max(low, value));

export const meanPressure = (systolic: number, diastolic: number): number => diastolic + (systolic - diastolic) / 3;

interface Step {
  readonly vitals: VitalsNow;
  /** Breaths since the start. */
  readonly breaths: number;
}

/**
 * A patient's vital signs: means that follow a course, each with a slow mean-reverting walk, and a heart that answers
 * to pressure. Steps of a second; times move forward, and a quarter of an hour back is kept.
 */
export class VitalSigns {
  private readonly startMs: number;
  private readonly tracks: Readonly<Record<Name, readonly { readonly minute: number; readonly value: number }[]>>;
  private readonly walks: Readonly<Record<Name, OrnsteinUhlenbeck>>;
  private readonly pressureSwings: number[] = [];
  private steps: Step[] = [];
  private dropped = 0;

  constructor(options: VitalSignsOptions) {
    const { seed, startMs, baseline = {}, course = [], liveliness = 1 } = options;
    this.startMs = startMs;
    const first: Vitals = { ...calmAdult, ...baseline };
    const perName = <T>(make: (name: Name) => T): Record<Name, T> =>
      Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, T>;
    this.tracks = perName((name) => [
      { minute: 0, value: first[name] },
      ...course.flatMap(({ minute, to }) => (to[name] === undefined ? [] : [{ minute, value: to[name] }])),
    ]);
    this.walks = perName(
      (name) => new OrnsteinUhlenbeck(TAU_SECONDS, liveliness * deviations[name], seededRandom(`${seed}:${name}`)),
    );
  }

  at(ms: number): VitalsNow {
    return this.stepAt(ms).vitals;
  }

  /** Chest movement in [fromMs, toMs), from -1 (out) to 1 (in). */
  respiration(fromMs: number, toMs: number, rateHz: number): Float64Array {
    const first = Math.ceil((fromMs * rateHz) / 1000);
    const end = Math.ceil((toMs * rateHz) / 1000);
    const out = new Float64Array(Math.max(0, end - first));
    for (let index = first; index < end; index++) {
      const ms = (index * 1000) / rateHz;
      const { breaths, vitals } = this.stepAt(ms);
      const intoStep = Math.max(0, ms - this.startMs) % STEP_MS;
      const turn = breaths + (vitals.respirationRate / 60_000) * intoStep;
      // A breath that hardly comes is shallow; none is a flat line.
      const depth = Math.min(1, vitals.respirationRate / 4);
      out[index - first] = depth * Math.sin(2 * Math.PI * turn);
    }
    return out;
  }

  private stepAt(ms: number): Step {
    const wanted = Math.max(0, Math.floor((ms - this.startMs) / STEP_MS));
    while (this.dropped + this.steps.length <= wanted) this.steps.push(this.next());
    if (this.steps.length > 2 * KEPT_STEPS) {
      this.dropped += this.steps.length - KEPT_STEPS;
      this.steps = this.steps.slice(-KEPT_STEPS);
    }
    const step = this.steps[Math.max(0, wanted - this.dropped)];
    if (!step) throw new Error('a step that was just made');
    return step;
  }

  private next(): Step {
    const number = this.dropped + this.steps.length;
    const minute = (number * STEP_MS) / 60_000;
    const swing = (name: Name): number => this.walks[name].step(STEP_MS / 1000);
    const [systolicSwing, diastolicSwing] = [swing('systolic'), swing('diastolic')];
    this.pressureSwings.push(meanPressure(systolicSwing, diastolicSwing));
    const felt = this.pressureSwings.length > BAROREFLEX_LAG_STEPS ? (this.pressureSwings.shift() ?? 0) : 0;
    const reflex = clamp(BAROREFLEX_GAIN * felt, [-BAROREFLEX_MOST, BAROREFLEX_MOST]);

    const value = (name: Name, change: number): number => clamp(this.meanAt(name, minute) + change, limits[name]);
    const systolic = value('systolic', systolicSwing);
    const diastolic = Math.min(value('diastolic', diastolicSwing), systolic - 5);
    const vitals: VitalsNow = {
      heartRate: value('heartRate', swing('heartRate') + reflex),
      respirationRate: value('respirationRate', swing('respirationRate')),
      spo2: value('spo2', swing('spo2')),
      temperature: value('temperature', swing('temperature')),
      systolic,
      diastolic,
      mean: meanPressure(systolic, diastolic),
    };
    const before = this.steps.at(-1);
    const breaths = before ? before.breaths + (before.vitals.respirationRate * STEP_MS) / 60_000 : 0;
    return { vitals, breaths };
  }

  private meanAt(name: Name, minute: number): number {
    const track = this.tracks[name];
    const after = track.find((point) => point.minute > minute);
    const before = track.findLast((point) => point.minute <= minute);
    if (!before) return after?.value ?? 0;
    if (!after) return before.value;
    const share = (minute - before.minute) / (after.minute - before.minute);
    return before.value + share * (after.value - before.value);
  }
}
