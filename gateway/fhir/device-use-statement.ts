import type { Association } from '../../model/association.ts';
import { fhirId } from '../ingest/identity.ts';
import type { DocumentVersion } from '../records/documents.ts';
import type { DeviceUseStatement } from './r4.ts';
import { type FhirSite, identifier, instant, reference } from './systems.ts';

/** Who was on which device, when. Null for a place: a DeviceUseStatement is about a patient. */
export const deviceUseStatementResource = (
  site: FhirSite,
  { body, version, at, by, reason }: DocumentVersion<Association>,
): DeviceUseStatement | null => {
  if (body.subject.kind !== 'patient') return null;
  const withdrawn = body.to !== null && body.to <= body.from;
  return {
    resourceType: 'DeviceUseStatement',
    id: fhirId('DeviceUseStatement', body.id),
    meta: { versionId: String(version), lastUpdated: instant(at) },
    identifier: [identifier(site, 'association', body.id)],
    status: withdrawn ? 'entered-in-error' : body.to === null ? 'active' : 'completed',
    subject: reference('Patient', body.subject.id),
    timingPeriod: { start: instant(body.from), ...(body.to === null ? {} : { end: instant(body.to) }) },
    recordedOn: instant(at),
    device: reference('Device', body.device),
    note: [{ authorString: by, time: instant(at), text: reason ?? 'Associated' }],
  };
};
