import { fhirId } from '../../ingest/identity.ts';
import { locationResource } from '../location.ts';
import { patientResource } from '../patient.ts';
import { matchesStrings, matchesTokens } from '../search.ts';
import { type Endpoint, type FhirContext, identifiersOf, idTokens, pageById } from './endpoint.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-5/;

/**
 * Our ids for an id in FHIR: the same, or where that is a UUID made because FHIR does not allow ours, the one it was
 * made of.
 */
const ourIds = (kind: string, id: string, known: () => readonly { readonly id: string }[]): string[] => [
  id,
  ...(uuid.test(id)
    ? known()
        .filter((each) => each.id !== id && fhirId(kind, each.id) === id)
        .map((each) => each.id)
    : []),
];

export const ourPatientIds = ({ store }: FhirContext, id: string): string[] =>
  ourIds('Patient', id, () => store.patients.list());

export const ourPlaceIds = ({ store }: FhirContext, id: string): string[] =>
  ourIds('Location', id, () => store.places.list());

export const patientEndpoint: Endpoint = {
  type: 'Patient',
  search: { parameters: { _id: 'token', identifier: 'token', name: 'string', family: 'string' } },
  find(search, { store, site }) {
    const resources = store.patients
      .list()
      .map((version) => patientResource(site, version))
      .filter(
        (patient) =>
          matchesTokens(search.tokens._id, idTokens(patient)) &&
          matchesTokens(search.tokens.identifier, identifiersOf(patient.identifier)) &&
          matchesStrings(
            search.strings.family,
            patient.name.map((name) => name.family),
          ) &&
          matchesStrings(
            search.strings.name,
            patient.name.flatMap((name) => [name.family, ...(name.given ?? [])]),
          ),
      );
    return pageById(resources, search);
  },
  read(id, context) {
    const found = ourPatientIds(context, id).flatMap((each) => context.store.patients.getVersion(each) ?? [])[0];
    return found ? patientResource(context.site, found) : null;
  },
  history(id, context) {
    return ourPatientIds(context, id)
      .flatMap((each) => context.store.patients.history(each))
      .map((version) => patientResource(context.site, version));
  },
};

export const locationEndpoint: Endpoint = {
  type: 'Location',
  search: { parameters: { _id: 'token', identifier: 'token', name: 'string' } },
  find(search, { store, site }) {
    const resources = store.places
      .list()
      .map((version) => locationResource(site, version))
      .filter(
        (location) =>
          matchesTokens(search.tokens._id, idTokens(location)) &&
          matchesTokens(search.tokens.identifier, identifiersOf(location.identifier)) &&
          matchesStrings(search.strings.name, [location.name]),
      );
    return pageById(resources, search);
  },
  read(id, context) {
    const found = ourPlaceIds(context, id).flatMap((each) => context.store.places.getVersion(each) ?? [])[0];
    return found ? locationResource(context.site, found) : null;
  },
  history(id, context) {
    return ourPlaceIds(context, id)
      .flatMap((each) => context.store.places.history(each))
      .map((version) => locationResource(context.site, version));
  },
};
