import type { Patient as Person } from '../../model/person.ts';
import { fhirId } from '../ingest/identity.ts';
import type { DocumentVersion } from '../records/documents.ts';
import type { Patient } from './r4.ts';
import { concept, type FhirSite, IDENTIFIER_TYPE, instant, system } from './systems.ts';

export const patientResource = (site: FhirSite, { body, version, at }: DocumentVersion<Person>): Patient => ({
  resourceType: 'Patient',
  id: fhirId('Patient', body.id),
  meta: { versionId: String(version), lastUpdated: instant(at) },
  identifier: [
    { use: 'usual', type: concept(IDENTIFIER_TYPE, 'MR'), system: system(site, 'mrn'), value: body.mrn },
    { system: system(site, 'patient'), value: body.id },
  ],
  active: true,
  name: [{ family: body.family, ...(body.given === '' ? {} : { given: [body.given] }) }],
  gender: body.gender,
  ...(body.birthDate === null ? {} : { birthDate: body.birthDate }),
});
