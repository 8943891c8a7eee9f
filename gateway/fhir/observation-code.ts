import { findMetric } from '../../model/metrics.ts';
import type { Unit } from '../../model/unit.ts';
import { findGroup, groups } from '../records/groups.ts';
import type { CodeableConcept, Coding } from './r4.ts';
import { coding, type FhirSite, LOINC, MDC, metricCodings, system } from './systems.ts';

/** Codes of the panels (standards.md 2.1, 2.3, 2.5). */
const panelCodings: Readonly<Record<string, readonly Coding[]>> = {
  'blood-pressure': [
    coding(LOINC, '85354-9', 'Blood pressure panel with all children optional'),
    coding(MDC, '150020', 'MDC_PRESS_BLD_NONINV'),
  ],
  'pump-status': [coding(MDC, '69986', 'MDC_DEV_PUMP_INFUS_VMD')],
  'ekg-strip': [coding(MDC, '131328', 'MDC_ECG_ELEC_POTL')],
};

/** The code of an observation of a group; `unit` where LOINC has one code for each (glucose). */
export const observationCode = (site: FhirSite, group: string, unit?: Unit): CodeableConcept => {
  const metric = findMetric(group);
  const name = findGroup(group)?.name ?? group;
  if (metric) return { coding: metricCodings(site, metric, unit), text: name };
  return {
    coding: [...(panelCodings[group] ?? []), coding(system(site, 'metric'), group, name)],
    text: name,
  };
};

export interface CodeMatch {
  readonly group: string;
  /** The unit the code is for; null: any. */
  readonly variant: string | null;
}

/** Which observations carry a code: for `code=system|code` and, without a system, `code=code`. */
export const groupsWithCode = (site: FhirSite, codeSystem: string | null, code: string): CodeMatch[] => {
  const carries = (candidate: CodeableConcept) =>
    candidate.coding?.some((each) => each.code === code && (codeSystem === null || each.system === codeSystem)) ??
    false;
  return groups.flatMap((group): CodeMatch[] => {
    const metric = findMetric(group.id);
    const perUnit = metric ? Object.keys(metric.loincByUnit) : [];
    if (perUnit.length === 0)
      return carries(observationCode(site, group.id)) ? [{ group: group.id, variant: null }] : [];
    const matching = perUnit.filter((unit) => carries(observationCode(site, group.id, unit as Unit)));
    return matching.map((unit) => ({ group: group.id, variant: unit }));
  });
};
