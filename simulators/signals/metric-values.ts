import type { CuffResult } from '../models/cuff.ts';
import { GlucosePatient } from '../models/glucose.ts';
import { SimulatedPatient } from '../models/patient.ts';
import { InfusionPump } from '../models/pump.ts';
import { Room } from '../models/room.ts';
import { roomValues } from './climate-values.ts';
import { measureCuff } from './cuff-signals.ts';

/** A value by time (ms); null: nothing there to measure. */
export type MetricSource = (t: number) => number | null;

/** A battery half used and a middling radio link: a thing that shows them has to have some. */
const constants = { battery: 62, 'link-quality': 120 } as const;
const CUFF_MS = 60_000;

/**
 * Plausible values for any metric of the catalogue that a model has something to say about, in the catalogue's unit: for
 * devices that are known only by their profile.
 */
export const metricSources = (seed: string, startMs: number): Readonly<Record<string, MetricSource>> => {
  const patient = new SimulatedPatient({ seed: `${seed}:patient`, startMs: startMs - CUFF_MS });
  const glucose = new GlucosePatient({ startMs, initial: 112, basal: 110 });
  const pump = new InfusionPump({ startMs, rate: 50, volume: 500 });
  pump.start(startMs);
  const room = new Room({ seed: `${seed}:room`, startMs, inputs: { people: 2 } });

  const ofRoom =
    (metric: string): MetricSource =>
    (t) =>
      roomValues(room, t)[metric] ?? null;
  // All numbers of one reading: the first that asks in a minute has it taken.
  let reading: { readonly minute: number; readonly result: CuffResult } | null = null;
  const ofCuff =
    (field: 'systolic' | 'diastolic' | 'mean' | 'pulseRate'): MetricSource =>
    (t) => {
      const minute = Math.floor(t / CUFF_MS);
      if (reading?.minute !== minute) {
        reading = { minute, result: measureCuff(patient, `${seed}:cuff:${minute}`, t) };
      }
      return reading.result.ok ? reading.result[field] : null;
    };

  return {
    'air-temperature': ofRoom('air-temperature'),
    'relative-humidity': ofRoom('relative-humidity'),
    'dew-point': ofRoom('dew-point'),
    'absolute-humidity': ofRoom('absolute-humidity'),
    co2: ofRoom('co2'),
    'air-pressure': ofRoom('air-pressure'),
    'differential-pressure': ofRoom('differential-pressure'),
    battery: () => constants.battery,
    'link-quality': () => constants['link-quality'],
    'heart-rate': (t) => patient.at(t).heartRate,
    'pulse-rate': (t) => patient.at(t).pulseRate,
    'respiration-rate': (t) => patient.at(t).respirationRate,
    spo2: (t) => patient.at(t).spo2,
    'body-temperature': (t) => patient.at(t).temperature,
    'nibp-systolic': ofCuff('systolic'),
    'nibp-diastolic': ofCuff('diastolic'),
    'nibp-mean': ofCuff('mean'),
    'nibp-pulse-rate': ofCuff('pulseRate'),
    glucose: (t) => glucose.at(t),
    'infusion-rate': (t) => pump.at(t).flow,
    'infused-volume': (t) => pump.at(t).infused,
    'volume-remaining': (t) => pump.at(t).remaining,
    'infusion-time-remaining': (t) => pump.at(t).minutesLeft,
  };
};
