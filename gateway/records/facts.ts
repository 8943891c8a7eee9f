import type { StatusSample } from '../../model/sample.ts';
import { findGroup, type Group, groupOfMetric, isClinical } from './groups.ts';
import type { ObservationFacts, ObservedState, ObservedValue } from './observation.ts';
import { isAssignable, type Reading } from './reading.ts';

const toValue = (reading: Reading): ObservedValue => ({
  sample: reading.id,
  metric: reading.metric,
  value: reading.value === null ? null : (reading.original?.value ?? reading.value),
  unit: reading.value === null ? reading.unit : (reading.original?.unit ?? reading.unit),
  comparator: reading.comparator,
  quality: reading.quality,
  reasons: reading.reasons,
  context: reading.context,
});

const toState = (status: Pick<StatusSample, 'id' | 'code' | 'active' | 'text'>): ObservedState => ({
  sample: status.id,
  code: status.code,
  active: status.active,
  text: status.text,
});

/** True where the observation may belong to a person: then it follows the associations. */
export const mayBelong = (facts: Pick<ObservationFacts, 'group' | 'values'>): boolean => {
  const group = findGroup(facts.group);
  return group !== null && isClinical(group) && facts.values.every(isAssignable);
};

const union = <T>(a: readonly T[], b: readonly T[], key: (item: T) => string): T[] => {
  const seen = new Set(a.map(key));
  return [...a, ...b.filter((item) => !seen.has(key(item)))];
};

/** The same observation with what came later of the same measurement; null where that adds nothing. */
export const complete = (facts: ObservationFacts, later: ObservationFacts): ObservationFacts | null => {
  const values = union(facts.values, later.values, (value) => value.sample);
  const states = union(facts.states, later.states, (state) => state.sample);
  if (values.length === facts.values.length && states.length === facts.states.length) return null;
  return {
    ...facts,
    receivedAt: Math.max(facts.receivedAt, later.receivedAt),
    values,
    states,
    frames: union(facts.frames, later.frames, (digest) => digest),
  };
};

/** A pump's state with the digest of its frame. */
export type PumpState = Omit<StatusSample, 'frame'> & { readonly digest: string };

const factsOf = (
  group: Group,
  source: Reading | PumpState,
  part: Pick<ObservationFacts, 'values' | 'states'>,
): ObservationFacts => ({
  group: group.id,
  device: source.device,
  measurement: source.measurement,
  takenAt: source.takenAt,
  endsAt: null,
  receivedAt: source.receivedAt,
  patient: source.patient,
  place: source.place,
  status: 'final',
  waves: [],
  frames: [source.digest],
  ...part,
});

/**
 * The observations that readings and pump states make: one per measurement and group. `patient` and `place` are those
 * of the readings; an observation that cannot belong to a person has no patient.
 */
export const observationsIn = (
  readings: readonly Reading[],
  pumpStates: readonly PumpState[] = [],
): ObservationFacts[] => {
  const drafts = new Map<string, ObservationFacts>();
  const add = (part: ObservationFacts) => {
    const key = `${part.group} ${part.takenAt} ${part.measurement}`;
    const draft = drafts.get(key);
    drafts.set(key, draft ? (complete(draft, part) ?? draft) : part);
  };
  for (const reading of readings) {
    const group = groupOfMetric(reading.metric);
    if (group) add(factsOf(group, reading, { values: [toValue(reading)], states: [] }));
  }
  const pump = findGroup('pump-status');
  if (pump) for (const state of pumpStates) add(factsOf(pump, state, { values: [], states: [toState(state)] }));
  return [...drafts.values()].map((facts) => (mayBelong(facts) ? facts : { ...facts, patient: null }));
};
