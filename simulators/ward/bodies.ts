import type { CuffSignals, MeterSignals, MonitorSignals, PumpSignals } from '../devices/signals.ts';
import { GlucosePatient } from '../models/glucose.ts';
import { type PatientOptions, SimulatedPatient } from '../models/patient.ts';
import { InfusionPump } from '../models/pump.ts';
import { cuffSignals } from '../signals/cuff-signals.ts';
import { type MeterTest, meterSignals } from '../signals/meter-signals.ts';
import { monitorSignals } from '../signals/monitor-signals.ts';
import { pumpSignals } from '../signals/pump-signals.ts';
import type { BedNumber } from './people-and-places.ts';

/* The patients of the demonstration and what is on them. Their numbers are ours: a story, not data. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const bedsWithCuff = [1, 3, 5] as const satisfies readonly BedNumber[];
export const bedsWithPump = [2, 4] as const satisfies readonly BedNumber[];
const BED_IN_TROUBLE = 3 satisfies BedNumber;

type Course = Omit<PatientOptions, 'seed' | 'startMs'>;

const courses: Readonly<Record<BedNumber, Course>> = {
  1: { baseline: { heartRate: 72, systolic: 128, diastolic: 78, spo2: 97 } },
  2: { baseline: { heartRate: 84, systolic: 118, diastolic: 70, spo2: 96, respirationRate: 17 } },
  // Through 120 /min within half a minute, beyond 140 at two minutes; treated after six.
  3: {
    liveliness: 0.5,
    baseline: { heartRate: 106, spo2: 95, respirationRate: 20, systolic: 112, diastolic: 68, temperature: 38.2 },
    course: [
      { minute: 0.15, to: { heartRate: 110 } },
      { minute: 0.3, to: { heartRate: 126, spo2: 93 } },
      { minute: 1, to: { heartRate: 136, spo2: 89, respirationRate: 25 } },
      { minute: 2, to: { heartRate: 148, spo2: 84, respirationRate: 29, systolic: 96, diastolic: 58 } },
      { minute: 6, to: { heartRate: 148, spo2: 84, respirationRate: 29, systolic: 96, diastolic: 58 } },
      { minute: 9, to: { heartRate: 98, spo2: 95, respirationRate: 19, systolic: 114, diastolic: 70 } },
    ],
  },
  4: { rhythm: 'premature-ventricular', baseline: { heartRate: 78, systolic: 134, diastolic: 80, spo2: 97 } },
  5: { rhythm: 'atrial-fibrillation', baseline: { systolic: 138, diastolic: 82, spo2: 95 } },
  6: { baseline: { heartRate: 66, systolic: 116, diastolic: 72, spo2: 98, temperature: 36.6 } },
};

/** Blood glucose tests: five a day for three days back, one that is low and one to see, then every half hour. */
const testsAround = (startMs: number): MeterTest[] => {
  const past = [3, 2, 1].flatMap((days) =>
    [0, 2, 6, 8, 13].map(
      (hour, index): MeterTest => ({ atMs: startMs - days * DAY_MS + hour * HOUR_MS, meal: index % 2 ? 'A' : 'B' }),
    ),
  );
  const now = [45, 330].map((second): MeterTest => ({ atMs: startMs + second * 1000 }));
  const later = Array.from({ length: 96 }, (_, n): MeterTest => ({ atMs: startMs + (n + 1) * 30 * MINUTE_MS }));
  return [...past, ...now, ...later];
};

/** Three ordinary days, and a morning on which the insulin was given and the meal was not eaten. */
const diabetic = (startMs: number): GlucosePatient => {
  const patient = new GlucosePatient({ startMs: startMs - 3 * DAY_MS - HOUR_MS, initial: 150, basal: 125 });
  for (const days of [3, 2, 1]) {
    for (const [hour, grams] of [
      [0.5, 55],
      [6.5, 70],
      [12, 60],
    ] as const) {
      patient.eat(startMs - days * DAY_MS + hour * HOUR_MS, grams);
      patient.inject(startMs - days * DAY_MS + hour * HOUR_MS, grams / 12);
    }
  }
  patient.inject(startMs - 100 * MINUTE_MS, 13);
  // Treated after the low result.
  patient.eat(startMs + 2 * MINUTE_MS, 45);
  return patient;
};

export interface Bodies {
  readonly patients: Readonly<Record<BedNumber, SimulatedPatient>>;
  readonly pumps: Readonly<Record<(typeof bedsWithPump)[number], InfusionPump>>;
  readonly monitor: (bed: BedNumber) => MonitorSignals;
  readonly cuff: (bed: BedNumber) => CuffSignals;
  readonly pump: (bed: (typeof bedsWithPump)[number]) => PumpSignals;
  readonly meter: () => MeterSignals;
}

const perBed = <T>(make: (bed: BedNumber) => T): Record<BedNumber, T> => ({
  1: make(1),
  2: make(2),
  3: make(3),
  4: make(4),
  5: make(5),
  6: make(6),
});

/** The patients lay there before: a monitor needs some heartbeats until it has a rate. */
const BEFORE_MINUTES = 0.5;

const patientOf = (seed: string, startMs: number, { course = [], ...rest }: Course): SimulatedPatient => {
  const { baseline = {} } = rest;
  const shifted = course.map(({ minute, to }) => ({ minute: minute + BEFORE_MINUTES, to }));
  return new SimulatedPatient({
    ...rest,
    seed,
    startMs: startMs - BEFORE_MINUTES * MINUTE_MS,
    course: [{ minute: BEFORE_MINUTES, to: baseline }, ...shifted],
  });
};

export const createBodies = (seed: string, startMs: number): Bodies => {
  const patients = perBed((bed) => patientOf(`${seed}:bed-${bed}`, startMs, courses[bed]));
  const pumps = {
    2: new InfusionPump({ startMs, rate: 42, volume: 250 }),
    // Fast enough that a blocked line alarms within a minute: 525 mmHg at 1.6 uL/mmHg are 0.84 mL.
    4: new InfusionPump({ startMs, rate: 75, volume: 100 }),
  };
  for (const bed of bedsWithPump) pumps[bed].start(startMs);
  return {
    patients,
    pumps,
    monitor: (bed) =>
      monitorSignals({
        patient: patients[bed],
        seed: `${seed}:monitor-${bed}`,
        startMs,
        // Where a cuff module is on the arm, the monitor's own is not.
        cuffMinutes: bedsWithCuff.some((other) => other === bed) ? null : 3,
        arterialLine: bed === BED_IN_TROUBLE,
      }),
    cuff: (bed) => cuffSignals({ patient: patients[bed], seed: `${seed}:cuff-${bed}` }),
    pump: (bed) => pumpSignals(pumps[bed]),
    meter: () =>
      meterSignals({
        patient: diabetic(startMs),
        seed: `${seed}:meter`,
        tests: testsAround(startMs),
        // A meter whose clock is four minutes slow, as many are.
        clockErrorMs: -4 * MINUTE_MS,
      }),
  };
};
