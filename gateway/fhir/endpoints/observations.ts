import type { MetricCategory } from '../../../model/metric.ts';
import type { ObservationStatus, ObservationVersion } from '../../records/observation.ts';
import type { ObservationFilter } from '../../records/observations.ts';
import { observationResource } from '../observation.ts';
import { groupsWithCode } from '../observation-code.ts';
import { parseProvenanceId, provenanceResource } from '../provenance.ts';
import { matchesTokens, type Search, type SearchReference, type Token } from '../search.ts';
import { OBSERVATION_CATEGORY, system } from '../systems.ts';
import { kindOf, ourDeviceIds } from './devices.ts';
import { type Endpoint, type FhirContext, type Found, intersection, wrongType } from './endpoint.ts';
import { ourPatientIds, ourPlaceIds } from './people.ts';

/** Counting further would hold up everything else; beyond it a bundle has no total. */
const COUNTED = 10_000;

const categories: readonly MetricCategory[] = ['vital-signs', 'laboratory', 'procedure', 'environment', 'device'];
const statuses: readonly ObservationStatus[] = ['final', 'amended', 'corrected', 'entered-in-error'];

const categorySystem = (context: FhirContext, category: MetricCategory): string =>
  category === 'environment' || category === 'device'
    ? system(context.site, 'observation-category')
    : OBSERVATION_CATEGORY;

/** Ids that one list of references to patients allows. */
const patientsIn = (context: FhirContext, name: string, list: readonly SearchReference[]): string[] =>
  list.flatMap((each) => {
    if (each.type !== null && each.type !== 'Patient') throw wrongType(name, each);
    return ourPatientIds(context, each.id);
  });

/** `subject` is of one type per list: a patient unless it says Location or Device. */
const subjectFilter = (context: FhirContext, list: readonly SearchReference[]): Partial<ObservationFilter> => {
  const [first] = list;
  const stray = list.find((each) => (each.type ?? 'Patient') !== (first?.type ?? 'Patient'));
  if (stray) throw wrongType('subject', stray);
  switch (first?.type) {
    case 'Location':
      return { places: list.flatMap((each) => ourPlaceIds(context, each.id)), categories: ['environment'] };
    case 'Device':
      return { devices: list.flatMap((each) => ourDeviceIds(context, each.id)), aboutDevice: true };
    default:
      return { patients: patientsIn(context, 'subject', list) };
  }
};

const deviceFilter = (context: FhirContext, list: readonly SearchReference[]): Partial<ObservationFilter> => {
  const stray = list.find((each) => each.type !== null && each.type !== 'Device' && each.type !== 'DeviceMetric');
  if (stray) throw wrongType('device', stray);
  if (list.every((each) => each.type === 'DeviceMetric')) {
    return { groups: list.flatMap((each) => kindOf(context, each.id) ?? []) };
  }
  return {
    devices: list.filter((each) => each.type !== 'DeviceMetric').flatMap((each) => ourDeviceIds(context, each.id)),
  };
};

const codesIn = (context: FhirContext, list: readonly Token[]) =>
  list.flatMap((token) =>
    token.code === undefined || token.system === null
      ? []
      : groupsWithCode(context.site, token.system ?? null, token.code),
  );

type CodeList = NonNullable<ObservationFilter['codes']>;

/** Codes that both lists allow; a variant narrows a whole group. */
const both = (a: CodeList, b: CodeList): CodeList =>
  a.flatMap(({ group, variant }) =>
    b
      .filter((other) => other.group === group && (variant === null || (other.variant ?? variant) === variant))
      .map((other) => ({ group, variant: variant ?? other.variant })),
  );

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** One filter that allows what all of them allow. */
const allOf = (filters: readonly Partial<ObservationFilter>[]): ObservationFilter => {
  const all: Record<string, unknown> = {};
  for (const filter of filters) {
    for (const [key, value] of Object.entries(filter)) {
      const present = all[key];
      if (!Array.isArray(present) || !Array.isArray(value)) all[key] = value;
      else if (key === 'codes') all[key] = both(present as CodeList, value as CodeList);
      else all[key] = present.filter((each) => value.some((other) => same(each, other)));
    }
  }
  return all as ObservationFilter;
};

const filterOf = ({ tokens, references, dates, sort }: Search, context: FhirContext): ObservationFilter =>
  allOf([
    ...(references.patient ?? []).map((list) => ({ patients: patientsIn(context, 'patient', list) })),
    ...(references.subject ?? []).map((list) => subjectFilter(context, list)),
    ...(references.device ?? []).map((list) => deviceFilter(context, list)),
    ...(tokens._id ?? []).map((list) => ({ ids: list.flatMap((token) => token.code ?? []) })),
    ...(tokens.identifier ?? []).map((list) => ({ ids: list.flatMap((token) => ownIdentifier(context, token)) })),
    ...(tokens.code ?? []).map((list) => ({ codes: codesIn(context, list) })),
    ...(tokens.category ?? []).map((list) => ({
      categories: categories.filter((value) =>
        matchesTokens([list], [{ system: categorySystem(context, value), value }]),
      ),
    })),
    ...(tokens.status ?? []).map((list) => ({
      statuses: statuses.filter((value) => matchesTokens([list], [{ value }])),
    })),
    ...(dates.date ? [{ from: dates.date.from, to: dates.date.to }] : []),
    { oldestFirst: sort !== null && !sort.descending },
  ]);

const ownIdentifier = (context: FhirContext, token: Token): string[] => {
  const ours = token.system === undefined || token.system === system(context.site, 'observation');
  return ours && token.code !== undefined ? [token.code] : [];
};

export const observationEndpoint: Endpoint = {
  type: 'Observation',
  search: {
    parameters: {
      _id: 'token',
      identifier: 'token',
      patient: 'reference',
      subject: 'reference',
      device: 'reference',
      date: 'date',
      category: 'token',
      code: 'token',
      status: 'token',
    },
    sort: ['date'],
    revinclude: ['Provenance:target'],
  },
  find(search, context): Found {
    const filter = filterOf(search, context);
    const { observations } = context.store;
    const page =
      search.count === 0
        ? { items: [], next: null }
        : observations.list({
            ...filter,
            limit: search.count,
            ...(search.cursor === undefined ? {} : { cursor: search.cursor }),
          });
    return {
      resources: page.items.map((version) => observationResource(context.site, version)),
      ...(search.revinclude.length > 0
        ? { included: page.items.map((version) => provenanceResource(context.site, version)) }
        : {}),
      next: page.next,
      total: observations.count(filter, COUNTED),
    };
  },
  read(id, { store, site }) {
    const version = store.observations.get(id);
    return version ? observationResource(site, version) : null;
  },
  history(id, { store, site }) {
    return store.observations.history(id).map((version) => observationResource(site, version));
  },
};

/** Provenance is asked for by its observation, or by its own id. */
export const provenanceEndpoint: Endpoint = {
  type: 'Provenance',
  search: { parameters: { _id: 'token', target: 'reference' } },
  find(search, { store, site }) {
    const targets = intersection(
      search.references.target?.map((list) =>
        list.map((each) => {
          if (each.type !== null && each.type !== 'Observation') throw wrongType('target', each);
          return each.id;
        }),
      ),
    );
    const own = intersection(search.tokens._id?.map((list) => list.flatMap((token) => token.code ?? [])));
    const versions: ObservationVersion[] = targets
      ? [...new Set(targets)].flatMap((id) => store.observations.history(id))
      : (own ?? []).flatMap((id) => {
          const parsed = parseProvenanceId(id);
          return (parsed && store.observations.getVersion(parsed.observation, parsed.version)) ?? [];
        });
    const resources = versions
      .map((version) => provenanceResource(site, version))
      .filter((resource) => own === undefined || own.includes(resource.id ?? ''));
    return { resources, next: null, total: resources.length };
  },
  read(id, { store, site }) {
    const parsed = parseProvenanceId(id);
    const version = parsed && store.observations.getVersion(parsed.observation, parsed.version);
    return version ? provenanceResource(site, version) : null;
  },
};
