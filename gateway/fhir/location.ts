import type { Place, PlaceKind } from '../../model/person.ts';
import { fhirId } from '../ingest/identity.ts';
import type { DocumentVersion } from '../records/documents.ts';
import type { Location } from './r4.ts';
import { concept, type FhirSite, identifier, instant } from './systems.ts';

const PHYSICAL_TYPE = 'http://terminology.hl7.org/CodeSystem/location-physical-type';

const physicalType: Readonly<Record<PlaceKind, readonly [code: string, display: string]>> = {
  bed: ['bd', 'Bed'],
  room: ['ro', 'Room'],
  'records-room': ['ro', 'Room'],
  refrigerator: ['ca', 'Cabinet'],
  freezer: ['ca', 'Cabinet'],
};

export const locationResource = (site: FhirSite, { body, version, at }: DocumentVersion<Place>): Location => ({
  resourceType: 'Location',
  id: fhirId('Location', body.id),
  meta: { versionId: String(version), lastUpdated: instant(at) },
  identifier: [identifier(site, 'place', body.id)],
  status: 'active',
  name: body.name,
  mode: 'instance',
  physicalType: concept(PHYSICAL_TYPE, ...physicalType[body.kind]),
});
