import { GATEWAY, type ObservationAct, type ObservationVersion } from '../records/observation.ts';
import type { Provenance, Reference } from './r4.ts';
import { concept, type FhirSite, GATEWAY_DEVICE, instant, reference, system } from './systems.ts';

const OPERATION = 'http://terminology.hl7.org/CodeSystem/v3-DataOperation';
const PARTICIPANT = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';

const activity: Readonly<Record<ObservationAct, string>> = {
  filed: 'CREATE',
  completed: 'APPEND',
  reassigned: 'UPDATE',
  corrected: 'UPDATE',
  retracted: 'NULLIFY',
  reinstated: 'REACTIVATE',
};

/** Readable, so that one can be found by its id. */
export const provenanceId = (observation: string, version: number): string => `${observation}.${version}`;

/** The observation and version that an id names; null where it is none of ours. */
export const parseProvenanceId = (id: string): { readonly observation: string; readonly version: number } | null => {
  const match = /^(.+)\.([1-9]\d{0,8})$/.exec(id);
  return match?.[1] && match[2] ? { observation: match[1], version: Number(match[2]) } : null;
};

/** Who made a version of an observation, when and why, and from which raw frames. */
export const provenanceResource = (
  site: FhirSite,
  { id, version, at, by, act, reason, facts }: ObservationVersion,
): Provenance => {
  const of = (number: number): Reference => ({ reference: `Observation/${id}/_history/${number}` });
  const author: Reference =
    act === 'filed' || act === 'completed'
      ? reference('Device', facts.device)
      : { identifier: { system: system(site, 'user'), value: by }, display: by };
  const requested =
    by !== GATEWAY && act === 'filed' ? [{ identifier: { system: system(site, 'user'), value: by }, display: by }] : [];
  return {
    resourceType: 'Provenance',
    id: provenanceId(id, version),
    meta: { lastUpdated: instant(at) },
    target: [of(version)],
    recorded: instant(at),
    ...(reason === null ? {} : { reason: [{ text: reason }] }),
    activity: concept(OPERATION, activity[act]),
    agent: [
      { type: concept(PARTICIPANT, 'author'), who: author },
      ...requested.map((who) => ({ type: concept(PARTICIPANT, 'enterer'), who })),
      { type: concept(PARTICIPANT, 'assembler'), who: reference('Device', GATEWAY_DEVICE) },
    ],
    entity: [
      ...(version > 1 ? [{ role: 'revision' as const, what: of(version - 1) }] : []),
      ...facts.frames.map((digest) => ({
        role: 'source' as const,
        what: { identifier: { system: system(site, 'raw-frame'), value: `sha256:${digest}` } },
      })),
    ],
  };
};
