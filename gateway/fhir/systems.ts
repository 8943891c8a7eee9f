import type { Metric } from '../../model/metric.ts';
import { isoTime } from '../../model/time.ts';
import { type Unit, units } from '../../model/unit.ts';
import { fhirId } from '../ingest/identity.ts';
import type { CodeableConcept, Coding, Identifier, Quantity, Reference } from './r4.ts';

/** Code systems (standards.md 2.1). */
export const LOINC = 'http://loinc.org';
export const UCUM = 'http://unitsofmeasure.org';
export const MDC = 'urn:iso:std:iso:11073:10101';
export const OBSERVATION_CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category';
export const INTERPRETATION = 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation';
export const DATA_ABSENT = 'http://terminology.hl7.org/CodeSystem/data-absent-reason';
export const IDENTIFIER_TYPE = 'http://terminology.hl7.org/CodeSystem/v2-0203';

/** What the mapping needs to know of the site. */
export interface FhirSite {
  /** Prefix of our own code and identifier systems; a site sets its own, e.g. `https://hospital.example/id/`. */
  readonly identifierBase: string;
  /** IANA zone of a date without one in a search. */
  readonly zone: string;
}

export const defaultSite: FhirSite = { identifierBase: 'urn:wardwire:', zone: 'UTC' };

export const system = (site: FhirSite, name: string): string => `${site.identifierBase}${name}`;

export const identifier = (site: FhirSite, name: string, value: string): Identifier => ({
  system: system(site, name),
  value,
});

export const coding = (codeSystem: string, code: string, display?: string): Coding =>
  display === undefined ? { system: codeSystem, code } : { system: codeSystem, code, display };

export const concept = (codeSystem: string, code: string, display?: string): CodeableConcept => ({
  coding: [coding(codeSystem, code, display)],
});

export const reference = (type: string, id: string, display?: string): Reference => ({
  reference: `${type}/${fhirId(type, id)}`,
  ...(display === undefined ? {} : { display }),
});

/** The gateway itself, as author and assembler. */
export const GATEWAY_DEVICE = 'gateway';

export const instant = isoTime;

/** UCUM only (standards.md 2.2). */
export const quantity = (value: number, unit: Unit, comparator: '<' | '>' | null = null): Quantity => ({
  value,
  ...(comparator === null ? {} : { comparator }),
  unit: units[unit].display || '1',
  system: UCUM,
  code: unit,
});

/** SpO2 carries the pulse-oximetry code besides the magic code (standards.md 2.1). */
const alsoLoinc: Readonly<Record<string, { readonly code: string; readonly display: string }>> = {
  spo2: { code: '59408-5', display: 'Oxygen saturation in Arterial blood by Pulse oximetry' },
};

/** LOINC of the unit it is given in, MDC, and our own name for what has neither. */
export const metricCodings = (site: FhirSite, metric: Metric, unit: Unit = metric.unit): Coding[] => {
  const loinc = Object.keys(metric.loincByUnit).length > 0 ? metric.loincByUnit[unit] : metric.loinc;
  const more = alsoLoinc[metric.id];
  return [
    ...(loinc ? [coding(LOINC, loinc)] : []),
    ...(more ? [coding(LOINC, more.code, more.display)] : []),
    ...(metric.mdc ? [coding(MDC, String(metric.mdc.code), metric.mdc.refId)] : []),
    coding(system(site, 'metric'), metric.id, metric.name),
  ];
};
