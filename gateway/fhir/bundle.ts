import type { Bundle, BundleEntry, Resource } from './r4.ts';

const fullUrl = (base: string, resource: Resource): string => `${base}/${resource.resourceType}/${resource.id}`;

const entryOf = (base: string, resource: Resource, mode: 'match' | 'include'): BundleEntry => ({
  fullUrl: fullUrl(base, resource),
  resource,
  search: { mode },
});

/** The answer to a search. `total` is left out where it is not known. */
export const searchset = (
  base: string,
  resources: readonly Resource[],
  page: {
    readonly self: string;
    readonly next: string | null;
    readonly total: number | null;
    readonly included: readonly Resource[];
  },
): Bundle => ({
  resourceType: 'Bundle',
  type: 'searchset',
  ...(page.total === null ? {} : { total: page.total }),
  link: [{ relation: 'self', url: page.self }, ...(page.next === null ? [] : [{ relation: 'next', url: page.next }])],
  ...entries([
    ...resources.map((resource) => entryOf(base, resource, 'match')),
    ...page.included.map((resource) => entryOf(base, resource, 'include')),
  ]),
});

/** Every version of one resource, newest first. */
export const historyBundle = (base: string, self: string, versions: readonly Resource[]): Bundle => ({
  resourceType: 'Bundle',
  type: 'history',
  total: versions.length,
  link: [{ relation: 'self', url: self }],
  ...entries(
    versions.map((resource) => {
      const first = resource.meta?.versionId === '1';
      const url = `${resource.resourceType}/${resource.id}`;
      return {
        fullUrl: fullUrl(base, resource),
        resource,
        request: { method: 'PUT', url },
        response: {
          status: first ? '201 Created' : '200 OK',
          etag: `W/"${resource.meta?.versionId ?? '1'}"`,
          ...(resource.meta?.lastUpdated ? { lastModified: resource.meta.lastUpdated } : {}),
        },
      };
    }),
  ),
});

/** FHIR allows no empty lists. */
const entries = (entry: readonly BundleEntry[]): Pick<Bundle, 'entry'> => (entry.length > 0 ? { entry } : {});
