import { beforeAll, describe, expect, it } from 'vitest';
import { observationResource } from '../../../gateway/fhir/observation.ts';
import type { Observation, ObservedPart } from '../../../gateway/fhir/r4.ts';
import { defaultSite, LOINC, MDC, UCUM } from '../../../gateway/fhir/systems.ts';
import { observationsIn, type PumpState } from '../../../gateway/records/facts.ts';
import type { ObservationFacts, ObservationVersion } from '../../../gateway/records/observation.ts';
import { WaveformRing } from '../../../gateway/records/waveform-ring.ts';
import { metrics } from '../../../model/metrics.ts';
import type { NumericSample } from '../../../model/sample.ts';
import { faultsOf } from '../../support/fhir-validator.ts';
import { numeric, state, T0, wave } from '../../support/record-bench.ts';

const reading = (sample: NumericSample) => {
  const { kind, frame, ...rest } = sample;
  return { ...rest, digest: frame.digest };
};

const versionOf = (facts: ObservationFacts, over: Partial<ObservationVersion> = {}): ObservationVersion => ({
  id: '7a2f3b0e-52a4-5a3c-9c53-0f5d6a1e8b27',
  version: 1,
  at: T0 + 500,
  by: 'gateway',
  act: 'filed',
  reason: null,
  facts,
  ...over,
});

const resourceOf = (samples: readonly NumericSample[], states: readonly PumpState[] = []): Observation => {
  const [facts] = observationsIn(samples.map(reading), states);
  if (!facts) throw new Error('no observation');
  return observationResource(defaultSite, versionOf(facts));
};

const one = (metric: string, value: number | null, over: Partial<NumericSample> = {}): Observation =>
  resourceOf([numeric('d1', metric, value, T0, { patient: 'p1', ...over })]);

const codes = (observation: Pick<Observation, 'code'>, system: string): (string | undefined)[] =>
  (observation.code.coding ?? []).filter((coding) => coding.system === system).map((coding) => coding.code);

/** Exactly one value, or why there is none: what neither validator finds (standards.md 8.1; vs-2, obs-6). */
const valuesOf = (part: ObservedPart): string[] => Object.keys(part).filter((key) => /^value[A-Z]/.test(key));
const expectOneAnswer = (part: ObservedPart) => {
  expect(valuesOf(part).length + (part.dataAbsentReason ? 1 : 0)).toBe(1);
};

const bloodPressure = (over: Partial<NumericSample> = {}) => [
  numeric('d1', 'nibp-systolic', 128, T0, { patient: 'p1', ...over }),
  numeric('d1', 'nibp-diastolic', 76, T0, { patient: 'p1', ...over }),
  numeric('d1', 'nibp-mean', 93, T0, { patient: 'p1', ...over }),
];

beforeAll(() => {
  faultsOf({ resourceType: 'Patient' });
}, 60_000);

describe('the validators', () => {
  it('find what is wrong with a resource', () => {
    const good = one('heart-rate', 72);
    expect(faultsOf(good)).toEqual([]);
    expect(faultsOf({ ...good, status: 'finished' })).not.toEqual([]);
    expect(faultsOf({ ...good, effectiveDateTime: '2026-13-45' })).not.toEqual([]);
    expect(faultsOf({ ...good, nonsense: 1 })).not.toEqual([]);
    expect(faultsOf({ ...good, code: undefined })).not.toEqual([]);
    expect(faultsOf({ ...good, category: undefined }, 'heartrate')).not.toEqual([]);
  });
});

describe('Observation', () => {
  it.each(metrics.filter((metric) => metric.kind === 'numeric').map((metric) => metric.id))(
    'is valid FHIR R4 for %s, with a value and without',
    (metric) => {
      const value = metric === 'glucose' ? 104 : 42;
      for (const observation of [
        one(metric, value),
        one(metric, null),
        one(metric, value, { quality: 'invalid', reasons: ['implausible'] }),
        one(metric, value, { patient: null }),
        one(metric, value, { quality: 'simulated', reasons: ['simulated'] }),
      ]) {
        expect(faultsOf(observation)).toEqual([]);
        for (const part of observation.component ?? [observation]) expectOneAnswer(part);
        if (observation.component) expect(valuesOf(observation)).toEqual([]);
      }
    },
  );

  it('is a blood pressure panel with systolic, diastolic and mean in mm[Hg]', () => {
    const panel = resourceOf(bloodPressure());
    expect(faultsOf(panel, 'vitalsigns')).toEqual([]);
    expect(panel.meta?.profile).toEqual(['http://hl7.org/fhir/StructureDefinition/bp']);
    expect(codes(panel, LOINC)).toEqual(['85354-9']);
    expect(codes(panel, MDC)).toEqual(['150020']);
    expect(panel.subject).toEqual({ reference: 'Patient/p1' });
    expect(panel.effectiveDateTime).toBe('2026-11-26T12:00:00.000Z');
    const parts = new Map(panel.component?.map((part) => [codes(part, LOINC)[0], part.valueQuantity]));
    const mmHg = { unit: 'mmHg', system: UCUM, code: 'mm[Hg]' };
    expect(parts).toEqual(
      new Map([
        ['8480-6', { value: 128, ...mmHg }],
        ['8462-4', { value: 76, ...mmHg }],
        ['8478-0', { value: 93, ...mmHg }],
      ]),
    );
  });

  it('keeps both slices of a blood pressure panel when a part is missing', () => {
    const panel = resourceOf(bloodPressure().slice(2));
    expect(faultsOf(panel)).toEqual([]);
    const parts = new Map(panel.component?.map((part) => [codes(part, LOINC)[0], part]));
    for (const code of ['8480-6', '8462-4']) expect(parts.get(code)?.dataAbsentReason).toBeDefined();
    expect(parts.get('8478-0')?.valueQuantity?.value).toBe(93);
  });

  it.each([
    ['heart-rate', '8867-4', '/min', 'heartrate'],
    ['nibp-pulse-rate', '8867-4', '/min', 'heartrate'],
    ['respiration-rate', '9279-1', '/min', 'resprate'],
    ['spo2', '2708-6', '%', 'oxygensat'],
    ['body-temperature', '8310-5', 'Cel', 'bodytemp'],
  ])('of %s carries %s and %s and holds its profile %s', (metric, loinc, unit, profile) => {
    for (const observation of [one(metric, 37), one(metric, null)]) {
      expect(faultsOf(observation, profile)).toEqual([]);
      expect(codes(observation, LOINC)[0]).toBe(loinc);
    }
    expect(one(metric, 37).valueQuantity).toMatchObject({ value: 37, system: UCUM, code: unit });
  });

  it('of SpO2 carries both LOINC codes', () => {
    expect(codes(one('spo2', 97), LOINC)).toEqual(['2708-6', '59408-5']);
  });

  it('of a temperature keeps degrees Fahrenheit, which the profile allows', () => {
    const observation = one('body-temperature', 37, { original: { value: 98.6, unit: '[degF]' } });
    expect(observation.valueQuantity).toMatchObject({ value: 98.6, code: '[degF]' });
    expect(faultsOf(observation, 'bodytemp')).toEqual([]);
  });

  it.each([
    ['mg/dL', { value: 104 }, '41653-7'],
    ['mmol/L', { value: 99.0858, original: { value: 5.5, unit: 'mmol/L' as const } }, '14743-9'],
  ])('of glucose in %s has the LOINC code of that unit', (unit, over, loinc) => {
    const observation = one('glucose', over.value, over);
    expect(codes(observation, LOINC)).toEqual([loinc]);
    expect(observation.valueQuantity).toMatchObject({ value: 'original' in over ? 5.5 : 104, code: unit });
    expect(observation.category[0]?.coding?.[0]?.code).toBe('laboratory');
  });

  it('of a meter that shows LO says less than its limit and critically low', () => {
    const observation = one('glucose', 20, { comparator: '<', reasons: ['below-range'] });
    expect(faultsOf(observation)).toEqual([]);
    expect(observation.valueQuantity).toMatchObject({ value: 20, comparator: '<', code: 'mg/dL' });
    expect(observation.interpretation?.[0]?.coding?.map((coding) => coding.code)).toEqual(['<', 'LL']);
    expect(observation.note?.[0]?.text).toContain('Below what the device can measure');
  });

  it('of a meter that shows HI without a limit has no value but the reason', () => {
    const observation = one('glucose', null, { quality: 'missing', reasons: ['above-range'] });
    expect(observation.valueQuantity).toBeUndefined();
    expect(observation.dataAbsentReason?.coding?.[0]?.code).toBe('as-text');
    expect(observation.interpretation?.[0]?.coding?.map((coding) => coding.code)).toEqual(['>', 'HH']);
  });

  it.each([
    [['lead-off'], 'temp-unknown'],
    [['not-measured'], 'not-performed'],
    [['device-error'], 'error'],
    [[], 'unknown'],
  ] as const)('without a value says why: %s', (reasons, code) => {
    const observation = one('heart-rate', null, { reasons: [...reasons] });
    expect(observation.dataAbsentReason?.coding?.[0]?.code).toBe(code);
  });

  it('never shows an impossible value', () => {
    const observation = one('heart-rate', 900, { quality: 'invalid', reasons: ['implausible'] });
    expect(JSON.stringify(observation)).not.toContain('900');
    expect(observation.dataAbsentReason?.coding?.[0]?.code).toBe('error');
    expect(observation.meta?.security?.[0]?.code).toBe('UNRELIABLE');
  });

  it('of a control solution is about the meter and never about a patient', () => {
    for (const observation of [one('glucose-control', 110), one('glucose', 110, { reasons: ['control-solution'] })]) {
      expect(observation.subject).toEqual({ reference: 'Device/d1' });
      expect(JSON.stringify(observation)).not.toContain('Patient/');
      expect(faultsOf(observation)).toEqual([]);
    }
  });

  it('of nobody has no subject, is tagged, and claims no profile that demands one', () => {
    const observation = one('heart-rate', 72, { patient: null });
    expect(observation.subject).toBeUndefined();
    expect(observation.meta?.profile).toBeUndefined();
    expect(observation.meta?.tag?.[0]?.code).toBe('unassigned');
  });

  it('marks what is simulated as a test', () => {
    const observation = one('heart-rate', 72, { quality: 'simulated', reasons: ['simulated'] });
    expect(observation.meta?.security?.map((coding) => coding.code)).toEqual(['HTEST']);
    expect(observation.valueQuantity?.value).toBe(72);
  });

  it('of a pump is one compound with its infusing state', () => {
    const { frame, ...infusing } = state('pump-1', 'infusing', true, T0);
    const observation = resourceOf(
      [
        numeric('pump-1', 'infusion-rate', 85, T0, { patient: 'p1' }),
        numeric('pump-1', 'volume-remaining', 212.5, T0, { patient: 'p1' }),
      ],
      [{ ...infusing, patient: 'p1', digest: frame.digest }],
    );
    expect(faultsOf(observation)).toEqual([]);
    expect(codes(observation, MDC)).toEqual(['69986']);
    expect(
      observation.component?.map((part) => [codes(part, MDC)[0], part.valueQuantity?.value ?? part.valueString]),
    ).toEqual([
      ['157784', 85],
      ['157872', 212.5],
      ['184519', 'pump-status-infusing'],
    ]);
  });

  it('of a room is about its location', () => {
    const place = { place: 'archive', patient: 'p1' };
    const observation = resourceOf([
      numeric('room-1', 'air-temperature', 18.4, T0, place),
      numeric('room-1', 'relative-humidity', 44.1, T0, place),
      numeric('room-1', 'co2', 620, T0, place),
    ]);
    expect(faultsOf(observation)).toEqual([]);
    expect(observation.subject).toEqual({ reference: 'Location/archive' });
    expect(observation.component?.map((part) => part.valueQuantity?.code)).toEqual(['Cel', '%', '[ppm]']);
  });

  it('of an EKG strip is sampled data with what is missing marked', () => {
    const ring = new WaveformRing();
    ring.add(wave('ekg-1', T0, [0, 1, -20, null, 2047]));
    const strip = ring.strip('ekg-1', T0, T0 + 24);
    if (!strip) throw new Error('no strip');
    const observation = observationResource(defaultSite, versionOf({ ...strip, patient: 'p1' }));
    expect(faultsOf(observation)).toEqual([]);
    expect(observation.effectivePeriod).toEqual({ start: '2026-11-26T12:00:00.000Z', end: '2026-11-26T12:00:00.024Z' });
    expect(observation.component?.[0]).toMatchObject({
      valueSampledData: {
        period: 4,
        factor: 0.005,
        dimensions: 1,
        origin: { value: 0, code: 'mV' },
        data: '0 1 -20 E 2047 E',
      },
    });
    expect(codes(observation.component?.[0] ?? { code: {} }, MDC)).toEqual(['131330']);
  });
});
