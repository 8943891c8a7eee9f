import { findMetric } from '../../model/metrics.ts';
import type { Quality, QualityReason } from '../../model/quality.ts';
import { deviceMetricId } from '../ingest/identity.ts';
import { mayBelong } from '../records/facts.ts';
import { findGroup } from '../records/groups.ts';
import type {
  ObservationFacts,
  ObservationVersion,
  ObservedState,
  ObservedValue,
  ObservedWave,
} from '../records/observation.ts';
import { observationCode } from './observation-code.ts';
import type {
  CodeableConcept,
  Coding,
  Meta,
  Observation,
  ObservationComponent,
  ObservedPart,
  Reference,
} from './r4.ts';
import {
  coding,
  concept,
  DATA_ABSENT,
  type FhirSite,
  INTERPRETATION,
  identifier,
  instant,
  MDC,
  metricCodings,
  OBSERVATION_CATEGORY,
  quantity,
  reference,
  system,
} from './systems.ts';

const RELIABILITY = 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue';
const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';

/** R4 vital-signs profiles by LOINC magic code's group (standards.md 2.1). Claimed only where a patient is known. */
const profiles: Readonly<Record<string, string>> = {
  'blood-pressure': 'bp',
  'heart-rate': 'heartrate',
  'nibp-pulse-rate': 'heartrate',
  'respiration-rate': 'resprate',
  spo2: 'oxygensat',
  'body-temperature': 'bodytemp',
  'body-temperature-2': 'bodytemp',
};

/** A panel's parts that its profile demands, with or without a value. */
const demanded: Readonly<Record<string, readonly string[]>> = {
  'blood-pressure': ['nibp-systolic', 'nibp-diastolic'],
};

/** Why there is no value (standards.md 2.2, OBX-8 map). The first reason that says something decides. */
const absentReasons: Readonly<Partial<Record<QualityReason, string>>> = {
  'lead-off': 'temp-unknown',
  'sensor-off': 'temp-unknown',
  'no-signal': 'temp-unknown',
  calibrating: 'temp-unknown',
  'not-measured': 'not-performed',
  'device-error': 'error',
  'device-memory-error': 'error',
  implausible: 'error',
  inconsistent: 'error',
  'unknown-unit': 'error',
  'after-late-reply': 'error',
  'above-range': 'as-text',
  'below-range': 'as-text',
};

const absent = (code: string): CodeableConcept => concept(DATA_ABSENT, code);

const whyAbsent = (quality: Quality, reasons: readonly QualityReason[]): CodeableConcept => {
  if (quality === 'invalid') return absent('error');
  return absent(reasons.flatMap((reason) => absentReasons[reason] ?? [])[0] ?? 'unknown');
};

/** Off the device's scale; for glucose that is also critical (standards.md 2.3: LO is LL, HI is HH). */
const offScale = (value: ObservedValue): CodeableConcept[] => {
  const low = value.comparator === '<' || value.reasons.includes('below-range');
  const high = value.comparator === '>' || value.reasons.includes('above-range');
  if (low === high) return [];
  const critical = value.metric === 'glucose' ? [coding(INTERPRETATION, low ? 'LL' : 'HH')] : [];
  return [{ coding: [coding(INTERPRETATION, low ? '<' : '>'), ...critical] }];
};

const partOf = (value: ObservedValue): ObservedPart => {
  const interpretation = offScale(value);
  return {
    ...(value.value === null || value.quality === 'invalid' || value.quality === 'missing'
      ? { dataAbsentReason: whyAbsent(value.quality, value.reasons) }
      : { valueQuantity: quantity(value.value, value.unit, value.comparator) }),
    ...(interpretation.length > 0 ? { interpretation } : {}),
  };
};

const componentOf = (site: FhirSite, value: ObservedValue): ObservationComponent => ({
  code: metricCode(site, value.metric, value.unit),
  ...partOf(value),
});

const metricCode = (site: FhirSite, id: string, unit?: ObservedValue['unit']): CodeableConcept => {
  const metric = findMetric(id);
  if (!metric) return { text: id };
  return { coding: metricCodings(site, metric, unit), text: metric.name };
};

/** The infusing state has a code and values of its own (standards.md 2.5); other states go by their own words. */
const stateComponent = (site: FhirSite, state: ObservedState): ObservationComponent => {
  const infusing = state.code === 'infusing';
  return {
    code: {
      coding: [
        ...(infusing ? [coding(MDC, '184519', 'MDC_PUMP_INFUSING_STATUS')] : []),
        coding(system(site, 'state'), state.code),
      ],
      text: state.text,
    },
    ...(state.active === null
      ? { dataAbsentReason: absent('unknown') }
      : infusing
        ? { valueString: state.active ? 'pump-status-infusing' : 'pump-status-not-infusing' }
        : { valueBoolean: state.active }),
  };
};

const waveComponent = (site: FhirSite, wave: ObservedWave): ObservationComponent => ({
  code: metricCode(site, wave.metric),
  valueSampledData: {
    origin: quantity(wave.offset, wave.unit),
    period: 1000 / wave.rateHz,
    factor: wave.scale,
    dimensions: 1,
    data: wave.raw.map((value) => value ?? 'E').join(' '),
  },
});

const categoryOf = (site: FhirSite, group: string): CodeableConcept => {
  const category = findGroup(group)?.category ?? 'device';
  const ours = category === 'environment' || category === 'device';
  return concept(ours ? system(site, 'observation-category') : OBSERVATION_CATEGORY, category);
};

/** A patient, the place of a room's climate, the device of a test of the device; nobody where nobody was on it. */
const subjectOf = (facts: ObservationFacts): Reference | null => {
  if (findGroup(facts.group)?.category === 'environment') {
    return facts.place === null ? reference('Device', facts.device) : reference('Location', facts.place);
  }
  if (!mayBelong(facts)) return reference('Device', facts.device);
  return facts.patient === null ? null : reference('Patient', facts.patient);
};

const metaOf = (site: FhirSite, { version, at, facts }: ObservationVersion): Meta => {
  const qualities = new Set(facts.values.map((value) => value.quality));
  const simulated = facts.values.some((value) => value.quality === 'simulated' || value.reasons.includes('simulated'));
  const security: Coding[] = [
    ...(qualities.has('invalid')
      ? [coding(RELIABILITY, 'UNRELIABLE')]
      : qualities.has('questionable')
        ? [coding(RELIABILITY, 'UNCERTREL')]
        : []),
    ...(simulated ? [coding(ACT_REASON, 'HTEST')] : []),
  ];
  const profile = facts.patient === null ? undefined : profiles[facts.group];
  const unassigned = facts.patient === null && mayBelong(facts);
  return {
    versionId: String(version),
    lastUpdated: instant(at),
    ...(profile === undefined ? {} : { profile: [`http://hl7.org/fhir/StructureDefinition/${profile}`] }),
    ...(security.length > 0 ? { security } : {}),
    ...(unassigned ? { tag: [coding(system(site, 'tag'), 'unassigned')] } : {}),
  };
};

/** What a device says besides the number: meal marker, comment, "LO". */
const noteOf = (facts: ObservationFacts): string | null => {
  const words = facts.values.flatMap((value) => [
    ...(value.reasons.includes('below-range') ? ['Below what the device can measure'] : []),
    ...(value.reasons.includes('above-range') ? ['Above what the device can measure'] : []),
    ...(value.reasons.includes('control-solution') ? ['Control solution'] : []),
    ...Object.entries(value.context).map(([key, text]) => `${key}: ${text}`),
  ]);
  return words.length > 0 ? [...new Set(words)].join('; ') : null;
};

const bodyOf = (site: FhirSite, facts: ObservationFacts): Pick<Observation, 'component'> & ObservedPart => {
  const [first] = facts.values;
  if (!findGroup(facts.group)?.panel) return first ? partOf(first) : { dataAbsentReason: absent('unknown') };
  const present = new Set(facts.values.map((value) => value.metric));
  const missing = (demanded[facts.group] ?? []).filter((metric) => !present.has(metric));
  const component = [
    ...facts.values.map((value) => componentOf(site, value)),
    ...missing.map((metric) => ({ code: metricCode(site, metric), dataAbsentReason: absent('unknown') })),
    ...facts.states.map((state) => stateComponent(site, state)),
    ...facts.waves.map((wave) => waveComponent(site, wave)),
  ];
  return { component };
};

/** One version of an observation as FHIR. */
export const observationResource = (site: FhirSite, version: ObservationVersion): Observation => {
  const { id, facts } = version;
  const subject = subjectOf(facts);
  const note = noteOf(facts);
  return {
    resourceType: 'Observation',
    id,
    meta: metaOf(site, version),
    identifier: [identifier(site, 'observation', id)],
    status: facts.status,
    category: [categoryOf(site, facts.group)],
    code: observationCode(site, facts.group, facts.values[0]?.unit),
    ...(subject === null ? {} : { subject }),
    ...(facts.endsAt === null
      ? { effectiveDateTime: instant(facts.takenAt) }
      : { effectivePeriod: { start: instant(facts.takenAt), end: instant(facts.endsAt) } }),
    issued: instant(facts.receivedAt),
    device: { reference: `DeviceMetric/${deviceMetricId(facts.device, facts.group)}`, display: facts.device },
    ...(note === null ? {} : { note: [{ text: note }] }),
    ...bodyOf(site, facts),
  };
};
