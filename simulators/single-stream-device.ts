import type { Clock } from '../model/clock.ts';
import { seededRandom } from '../model/random.ts';
import { createFreseniusAgilia } from './devices/fresenius-agilia.ts';
import { createIvy450c } from './devices/ivy-450c.ts';
import { createOnetouchUltra2 } from './devices/onetouch-ultra2.ts';
import type { SimulatedStreamDevice } from './devices/simulated-device.ts';
import { createSuntechAdvantage } from './devices/suntech-advantage.ts';
import { GlucosePatient } from './models/glucose.ts';
import { SimulatedPatient } from './models/patient.ts';
import { InfusionPump } from './models/pump.ts';
import { cuffSignals } from './signals/cuff-signals.ts';
import { type MeterTest, meterSignals } from './signals/meter-signals.ts';
import { monitorSignals } from './signals/monitor-signals.ts';
import { pumpSignals } from './signals/pump-signals.ts';

const MINUTE_MS = 60_000;
/** A meter that has been used for two days, and goes on being used for ten. */
const TESTS_BEFORE = 8;
const TESTS_AFTER = 40;
const TEST_EVERY_MS = 6 * 60 * MINUTE_MS;

const meterTests = (startMs: number): readonly MeterTest[] =>
  Array.from({ length: TESTS_BEFORE + TESTS_AFTER }, (_, n) => ({
    atMs: startMs + (n + 1 - TESTS_BEFORE) * TEST_EVERY_MS,
  }));

/** The device of a driver on a byte stream, on a calm patient; null where none is written. */
export const singleStreamDevice = (driverId: string, clock: Clock, seed: string): SimulatedStreamDevice | null => {
  const startMs = clock.now();
  const world = { clock, random: seededRandom(`${seed}:device`) };
  // He lay there before: a monitor needs some heartbeats until it has a rate.
  const patient = () => new SimulatedPatient({ seed: `${seed}:patient`, startMs: startMs - 15_000 });
  switch (driverId) {
    case 'ivy-450c':
      return createIvy450c({
        ...world,
        signals: monitorSignals({ patient: patient(), seed, startMs, cuffMinutes: 5 }),
      });
    case 'suntech-advantage':
      return createSuntechAdvantage({ ...world, signals: cuffSignals({ patient: patient(), seed }) });
    case 'fresenius-agilia': {
      const pump = new InfusionPump({ startMs, rate: 50, volume: 500 });
      pump.start(startMs);
      return createFreseniusAgilia({ ...world, pumps: pumpSignals(pump) });
    }
    case 'onetouch-ultra2': {
      const tests = meterTests(startMs);
      const person = new GlucosePatient({ startMs: tests[0]?.atMs ?? startMs, initial: 118, basal: 112 });
      for (const { atMs } of tests) person.eat(atMs + 30 * MINUTE_MS, 15);
      return createOnetouchUltra2({ ...world, signals: meterSignals({ patient: person, seed, tests }) });
    }
    default:
      return null;
  }
};
