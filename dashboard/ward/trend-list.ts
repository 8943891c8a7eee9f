import type { ApiDevice, ApiPlace } from '../../model/api.ts';
import type { WardState } from '../live/ward-state.ts';
import type { Tone } from './vital-list.ts';
import { newest } from './vitals.ts';

export interface TrendKind {
  readonly key: string;
  readonly label: string;
  readonly tone: Tone;
  readonly metrics: readonly string[];
}

const kinds: readonly TrendKind[] = [
  { key: 'hr', label: 'HR', tone: 'ekg', metrics: ['heart-rate'] },
  { key: 'spo2', label: 'SpO₂', tone: 'spo2', metrics: ['spo2'] },
  { key: 'nibp', label: 'NIBP sys / dia', tone: 'nibp', metrics: ['nibp-systolic', 'nibp-diastolic'] },
  { key: 'rr', label: 'RR', tone: 'resp', metrics: ['respiration-rate'] },
  { key: 'temp', label: 'Temp', tone: 'temp', metrics: ['body-temperature'] },
  { key: 'glu', label: 'Glucose', tone: 'glu', metrics: ['glucose'] },
  { key: 'rate', label: 'Infusion rate', tone: 'press', metrics: ['infusion-rate'] },
  { key: 'air', label: 'Air temperature', tone: 'temp', metrics: ['air-temperature'] },
  { key: 'rh', label: 'Relative humidity', tone: 'spo2', metrics: ['relative-humidity'] },
  { key: 'co2', label: 'CO₂', tone: 'env', metrics: ['co2'] },
  { key: 'dp', label: 'Differential pressure', tone: 'press', metrics: ['differential-pressure'] },
];

export interface PlannedTrend extends TrendKind {
  readonly device: string;
}

/** Which trends a place has: of the devices that measure there. */
export const trendsAt = (ward: WardState, place: ApiPlace, devices: readonly ApiDevice[]): readonly PlannedTrend[] =>
  kinds.flatMap((kind) => {
    const found = kind.metrics[0] === undefined ? null : newest(ward, place, devices, kind.metrics[0]);
    return found === null ? [] : [{ ...kind, device: found.device.id }];
  });
