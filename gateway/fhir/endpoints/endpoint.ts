import { CodedError } from '../../../model/errors.ts';
import type { AuditEntry } from '../../../model/journal.ts';
import type { DeviceDirectory } from '../../records/devices.ts';
import type { Page } from '../../records/page.ts';
import type { RecordStore } from '../../records/record-store.ts';
import type { Identifier, Resource } from '../r4.ts';
import type { Search, SearchDefinition, SearchReference } from '../search.ts';
import type { FhirSite } from '../systems.ts';

export interface AuditFilter {
  readonly from?: number;
  readonly to?: number;
  /** e.g. `patient:p1`. */
  readonly target?: string;
  readonly limit: number;
  readonly cursor?: string;
}

/** The access log, as the journal's owner keeps it. Newest first; `id` is the entry's position. */
export interface AuditSource {
  list(filter: AuditFilter): Page<{ readonly id: number; readonly entry: AuditEntry }>;
  get(id: number): AuditEntry | null;
}

export interface FhirContext {
  readonly store: RecordStore;
  readonly devices: DeviceDirectory;
  readonly site: FhirSite;
  readonly audit: AuditSource | null;
}

export interface Found {
  readonly resources: readonly Resource[];
  readonly included?: readonly Resource[];
  readonly next: string | null;
  /** null: not counted. */
  readonly total: number | null;
}

/** How one type of resource is searched and read. */
export interface Endpoint {
  readonly type: Resource['resourceType'];
  readonly search: SearchDefinition;
  find(search: Search, context: FhirContext): Found;
  read(id: string, context: FhirContext): Resource | null;
  /** Every version, newest first; absent where versions are not kept. */
  history?(id: string, context: FhirContext): readonly Resource[];
}

/** A page of a list that is small enough to hold: by id. */
export const pageById = <R extends Resource>(resources: readonly R[], search: Search): Found => {
  const after = search.cursor === undefined ? '' : Buffer.from(search.cursor, 'base64url').toString('utf8');
  const rest = [...resources]
    .filter((resource) => (resource.id ?? '') > after)
    .sort((a, b) => ((a.id ?? '') < (b.id ?? '') ? -1 : 1));
  const page = rest.slice(0, search.count);
  const last = page.at(-1)?.id;
  const more = last !== undefined && rest.length > page.length;
  return {
    resources: page,
    next: more ? Buffer.from(last, 'utf8').toString('base64url') : null,
    total: resources.length,
  };
};

export const identifiersOf = (identifiers: readonly Identifier[]): { system?: string; value: string }[] =>
  identifiers.map(({ system, value }) => (system === undefined ? { value } : { system, value }));

export const idTokens = (resource: Resource): { value: string }[] => [{ value: resource.id ?? '' }];

/** Ids that every list of a reference parameter allows, all of one type; undefined where it was not given. */
export const referencedIds = (search: Search, name: string, type: string): readonly string[] | undefined =>
  intersection(
    search.references[name]?.map((list) =>
      list.map((each) => {
        if (each.type !== null && each.type !== type) throw wrongType(name, each);
        return each.id;
      }),
    ),
  );

export const wrongType = (name: string, given: SearchReference): CodedError<'search-invalid'> =>
  new CodedError('search-invalid', `${name}: ${given.type ?? 'that'} is not a type that it can refer to.`);

/** What all lists have in common; undefined where there is no list. */
export const intersection = <T>(lists: readonly (readonly T[])[] | undefined): readonly T[] | undefined =>
  lists?.reduce((all, list) => all.filter((item) => list.includes(item)));
