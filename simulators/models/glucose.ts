import { normal, seededRandom } from '../../model/random.ts';

/*
 * Blood glucose of a person with type 1 diabetes: Bergman's minimal model, meals by Hovorka's two compartments, insulin
 * under the skin by two more (ekg.md 4, "Glucose").
 */

/** 1/min; within 0 to 0.028, and 0 where diabetes is strict. */
const P1 = 0.014;
/** 1/min */
const P2 = 0.025;
/** mL/(uU min^2), with insulin in uU/mL. */
const P3 = 1.3e-5;
/** 1/min */
const N = 5 / 54;
/** mg/dL, mU/L, L, dL */
const BASAL_GLUCOSE = 81;
const BASAL_INSULIN = 15;
const INSULIN_VOLUME_L = 12;
const GLUCOSE_VOLUME_DL = 117;
/** Hovorka: time of the largest absorption, and how much of a meal arrives. */
const MEAL_PEAK_MIN = 40;
const MEAL_SHARE = 0.8;
const INSULIN_PEAK_MIN = 55;

const STEP_MIN = 1;

export interface GlucoseOptions {
  readonly startMs: number;
  /** mg/dL at the start. */
  readonly initial?: number;
  /** mg/dL towards which the body returns by itself. */
  readonly basal?: number;
}

interface Dose {
  readonly atMs: number;
  readonly amount: number;
}

/** What two equal compartments in a row hand on, per minute, of one unit taken at minute 0. */
const absorption = (minutes: number, peak: number): number =>
  minutes <= 0 ? 0 : (minutes / peak ** 2) * Math.exp(-minutes / peak);

/** Glucose by time. Steps of a minute; times move forward, earlier ones give the present state. */
export class GlucosePatient {
  private readonly basal: number;
  private readonly meals: Dose[] = [];
  private readonly boluses: Dose[] = [];
  private stateMs: number;
  private glucose: number;
  private action = 0;
  private insulin = BASAL_INSULIN;

  constructor({ startMs, initial, basal = BASAL_GLUCOSE }: GlucoseOptions) {
    this.basal = basal;
    this.stateMs = startMs;
    this.glucose = initial ?? basal;
  }

  /** Carbohydrates in grams. */
  eat(atMs: number, grams: number): void {
    this.meals.push({ atMs, amount: grams });
  }

  /** Insulin under the skin in units. */
  inject(atMs: number, units: number): void {
    this.boluses.push({ atMs, amount: units });
  }

  /** mg/dL */
  at(ms: number): number {
    while (this.stateMs + STEP_MIN * 60_000 <= ms) this.step();
    return this.glucose;
  }

  private step(): void {
    const minutesSince = (dose: Dose) => (this.stateMs - dose.atMs) / 60_000;
    const sum = (doses: readonly Dose[], peak: number) =>
      doses.reduce((total, dose) => total + dose.amount * absorption(minutesSince(dose), peak), 0);
    // g -> mg; U -> mU
    const carbohydrates = 1000 * MEAL_SHARE * sum(this.meals, MEAL_PEAK_MIN);
    const insulin = 1000 * sum(this.boluses, INSULIN_PEAK_MIN);

    const glucoseChange = -(P1 + this.action) * this.glucose + P1 * this.basal + carbohydrates / GLUCOSE_VOLUME_DL;
    const actionChange = -P2 * this.action + P3 * (this.insulin - BASAL_INSULIN);
    // The basal supply keeps insulin at its basal level.
    const insulinChange = -N * (this.insulin - BASAL_INSULIN) + insulin / INSULIN_VOLUME_L;
    this.glucose = Math.max(1, this.glucose + STEP_MIN * glucoseChange);
    this.action = Math.max(0, this.action + STEP_MIN * actionChange);
    this.insulin = Math.max(0, this.insulin + STEP_MIN * insulinChange);
    this.stateMs += STEP_MIN * 60_000;
  }
}

export interface MeterRecord {
  readonly atMs: number;
  /** mg/dL, whole; null where the meter shows LO or HI. */
  readonly value: number | null;
  readonly shown: 'LO' | 'HI' | null;
}

/** Below and above these the meters show LO and HI (protocols.md 6, the rules of the Tidepool uploader). */
const METER_LOW = 20;
const METER_HIGH = 600;

export interface MeterOptions {
  readonly seed: string;
  readonly patient: Pick<GlucosePatient, 'at'>;
  /** Standard deviation of the meter's error, % of the value. */
  readonly errorPercent?: number;
}

/** A meter that keeps what it measured, newest first. */
export const glucoseMeter = ({ seed, patient, errorPercent = 0 }: MeterOptions) => {
  const random = seededRandom(`${seed}:meter`);
  const records: MeterRecord[] = [];
  return {
    records: records as readonly MeterRecord[],
    measure(atMs: number): MeterRecord {
      const value = Math.round(patient.at(atMs) * normal(random, 1, errorPercent / 100));
      const shown = value < METER_LOW ? 'LO' : value > METER_HIGH ? 'HI' : null;
      const record = { atMs, value: shown ? null : value, shown } as const;
      records.unshift(record);
      return record;
    },
  };
};
