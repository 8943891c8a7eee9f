import type { Endpoint } from './endpoints/endpoint.ts';
import type { CapabilityStatement } from './r4.ts';
import { instant } from './systems.ts';

/** What this server can do, made from the endpoints themselves. */
export const capabilityStatement = (
  endpoints: readonly Endpoint[],
  server: { readonly version: string; readonly since: number; readonly baseUrl: string },
): CapabilityStatement => ({
  resourceType: 'CapabilityStatement',
  status: 'active',
  date: instant(server.since),
  kind: 'instance',
  software: { name: 'Wardwire', version: server.version },
  implementation: {
    description: 'Readings of ward equipment as patient records; read-only',
    ...(/^https?:/.test(server.baseUrl) ? { url: server.baseUrl } : {}),
  },
  fhirVersion: '4.0.1',
  format: ['application/fhir+json', 'json'],
  rest: [
    {
      mode: 'server',
      documentation:
        'Searches are strict: a parameter that is not listed is refused. A secondary system: not an alarm.',
      resource: endpoints.map(({ type, search, history }) => ({
        type,
        interaction: [
          { code: 'read' as const },
          { code: 'search-type' as const },
          ...(history ? [{ code: 'vread' as const }, { code: 'history-instance' as const }] : []),
        ],
        versioning: history ? ('versioned' as const) : ('no-version' as const),
        readHistory: history !== undefined,
        searchParam: Object.entries(search.parameters).map(([name, kind]) => ({ name, type: kind })),
      })),
    },
  ],
});
