import { after, type Clock } from '../../model/clock.ts';
import { seededRandom } from '../../model/random.ts';
import { createFreseniusAgilia } from '../devices/fresenius-agilia.ts';
import { createIvy450c } from '../devices/ivy-450c.ts';
import { createOnetouchUltra2 } from '../devices/onetouch-ultra2.ts';
import type { MeterEntry } from '../devices/signals.ts';
import type { SimulatedStreamDevice } from '../devices/simulated-device.ts';
import { createSuntechAdvantage } from '../devices/suntech-advantage.ts';
import { GlucosePatient, glucoseMeter } from '../models/glucose.ts';
import { SimulatedPatient } from '../models/patient.ts';
import { InfusionPump } from '../models/pump.ts';
import type { Vitals } from '../models/vital-signs.ts';
import { cuffSignals } from '../signals/cuff-signals.ts';
import { meterSignals } from '../signals/meter-signals.ts';
import { monitorSignals } from '../signals/monitor-signals.ts';
import { pumpSignals } from '../signals/pump-signals.ts';
import { demoScript } from './demo-script.ts';
import type { DemoDevice } from './demo-site.ts';

/** A device on a byte stream, and how the site knows it. */
export interface BedDevice {
  readonly config: Omit<DemoDevice, 'link'>;
  readonly device: SimulatedStreamDevice;
}

/** How each patient is at the start. */
const baselines: readonly Partial<Vitals>[] = [
  { heartRate: 72, spo2: 97, systolic: 124, diastolic: 78 },
  { heartRate: 84, spo2: 95, systolic: 142, diastolic: 84, respirationRate: 17 },
  { heartRate: 108, spo2: 95, systolic: 108, diastolic: 66, respirationRate: 20, temperature: 38.2 },
  { heartRate: 66, spo2: 98, systolic: 117, diastolic: 70 },
  { heartRate: 78, spo2: 96, systolic: 131, diastolic: 77 },
  { heartRate: 69, spo2: 98, systolic: 121, diastolic: 74 },
];

const SECOND = 1000;
const HOUR = 3_600_000;
const { deterioration, leadOff, occlusion, glucose } = demoScript;

const patientOf = (bed: number, seed: number, startMs: number): SimulatedPatient => {
  const worse = { heartRate: 146, spo2: 84, respirationRate: 31, systolic: 88, diastolic: 52, temperature: 38.6 };
  const patient = new SimulatedPatient({
    seed: `${seed}:bed-${bed}`,
    startMs,
    baseline: baselines[bed - 1] ?? {},
    // A lively heart would cross limits by chance; the script is what should be seen.
    liveliness: 0.5,
    ...(bed === deterioration.bed
      ? {
          course: [
            { minute: deterioration.fromMinute, to: {} },
            { minute: deterioration.toMinute, to: worse },
          ],
        }
      : {}),
  });
  if (bed === leadOff.bed) {
    patient.change(startMs + leadOff.at * SECOND, { leadOff: true });
    patient.change(startMs + leadOff.until * SECOND, { leadOff: false });
  }
  return patient;
};

const monitor = (bed: number, patient: SimulatedPatient, clock: Clock, seed: number): BedDevice => {
  const hasCuff = bed % 2 === 0;
  const signals = monitorSignals({ patient, startMs: clock.now(), cuffEveryMs: hasCuff ? 300_000 : null });
  return {
    config: { id: `monitor-${bed}`, name: `Monitor, bed ${bed}`, driver: 'ivy-450c', place: `bed-${bed}` },
    device: createIvy450c({ clock, random: seededRandom(`${seed}:monitor-${bed}`), signals }),
  };
};

const cuff = (bed: number, patient: SimulatedPatient, clock: Clock, seed: number): BedDevice => ({
  config: {
    id: `cuff-${bed}`,
    name: `Blood pressure, bed ${bed}`,
    driver: 'suntech-advantage',
    place: `bed-${bed}`,
    options: { intervalMinutes: 5 },
  },
  device: createSuntechAdvantage({
    clock,
    random: seededRandom(`${seed}:cuff-${bed}`),
    signals: cuffSignals({ seed: `${seed}:cuff-${bed}`, patient }),
  }),
});

const pump = (bed: number, clock: Clock, seed: number): BedDevice => {
  const startMs = clock.now();
  const isBlocked = bed === occlusion.bed;
  // At a higher rate the pressure in a blocked line rises sooner.
  const model = new InfusionPump({ startMs, rate: isBlocked ? 120 : 25, volume: 250 });
  model.start(startMs);
  if (isBlocked) after(clock, occlusion.at * SECOND, () => model.occlude(clock.now(), true));
  return {
    config: { id: `pump-${bed}`, name: `Infusion pump, bed ${bed}`, driver: 'fresenius-agilia', place: `bed-${bed}` },
    device: createFreseniusAgilia({ clock, random: seededRandom(`${seed}:pump-${bed}`), pumps: pumpSignals(model) }),
  };
};

/** A meter with the results of two days, and one that is taken now and is low. */
const meter = (bed: number, clock: Clock, seed: number): BedDevice => {
  const now = clock.now();
  const start = now - 48 * HOUR;
  const body = new GlucosePatient({ startMs: start });
  const measure = glucoseMeter({ seed: `${seed}:meter-${bed}`, patient: body, errorPercent: 5 });
  for (let hour = 0; hour < 48; hour += 6) {
    body.eat(start + hour * HOUR + HOUR / 2, 45);
    measure.measure(start + (hour + 2) * HOUR);
  }
  const old = [...measure.records]
    .reverse()
    .flatMap(({ atMs, value }): MeterEntry[] => (value === null ? [] : [{ at: atMs, value }]));
  const entries: MeterEntry[] = [
    ...old,
    { at: now - glucose.ago * SECOND, value: glucose.value, meal: 'B', comment: 8 },
  ];
  return {
    config: {
      id: `meter-${bed}`,
      name: `Glucose meter, bed ${bed}`,
      driver: 'onetouch-ultra2',
      place: `bed-${bed}`,
      options: { pollMinutes: 2 },
    },
    device: createOnetouchUltra2({
      clock,
      random: seededRandom(`${seed}:meter-${bed}`),
      signals: meterSignals(entries),
      lineGapMs: 60,
    }),
  };
};

/** Everything at the six beds that speaks on a byte stream. */
export const bedDevices = (clock: Clock, seed: number): BedDevice[] => {
  const patients = baselines.map((_, index) => patientOf(index + 1, seed, clock.now()));
  return [
    ...patients.map((patient, index) => monitor(index + 1, patient, clock, seed)),
    ...[1, 3, 5].flatMap((bed) => {
      const patient = patients[bed - 1];
      return patient ? [cuff(bed, patient, clock, seed)] : [];
    }),
    pump(2, clock, seed),
    pump(occlusion.bed, clock, seed),
    meter(glucose.bed, clock, seed),
  ];
};
