import { hasCode } from '../../model/errors.ts';
import type { Role } from '../../model/person.ts';
import type { DeviceDirectory } from '../records/devices.ts';
import type { RecordStore } from '../records/record-store.ts';
import { historyBundle, searchset } from './bundle.ts';
import { capabilityStatement } from './capability-statement.ts';
import { detectedIssueEndpoint } from './endpoints/alerts.ts';
import { auditEventEndpoint } from './endpoints/audit.ts';
import { deviceEndpoint, deviceMetricEndpoint, deviceUseStatementEndpoint } from './endpoints/devices.ts';
import type { AuditSource, Endpoint, FhirContext } from './endpoints/endpoint.ts';
import { observationEndpoint, provenanceEndpoint } from './endpoints/observations.ts';
import { locationEndpoint, patientEndpoint } from './endpoints/people.ts';
import { type IssueCode, operationOutcome } from './operation-outcome.ts';
import type { Reference, Resource, ResourceType } from './r4.ts';
import { parseSearch, type Query } from './search.ts';
import { defaultSite, type FhirSite } from './systems.ts';

export const FHIR_CONTENT_TYPE = 'application/fhir+json; charset=utf-8';

export interface FhirPrincipal {
  readonly name: string;
  readonly role: Role;
}

export interface FhirRequest {
  /** After `/fhir/R4`, e.g. `/Observation/…/_history/2`. */
  readonly path: string;
  readonly query: Query;
  readonly principal: FhirPrincipal | null;
  /** e.g. `http://127.0.0.1:8080/fhir/R4`, for links; default: `/fhir/R4`. */
  readonly baseUrl?: string;
}

export interface FhirResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Resource;
  /** For the access log: what was asked for, and which patients were in the answer (`patient:p1`). */
  readonly audit: {
    readonly action: 'read' | 'vread' | 'history' | 'search' | 'metadata';
    readonly target: string | null;
    readonly patients: readonly string[];
    readonly outcome: 'ok' | 'refused' | 'failed';
  };
}

export interface FhirOptions {
  readonly store: RecordStore;
  readonly devices: DeviceDirectory;
  readonly site?: FhirSite;
  readonly audit?: AuditSource;
  /** Who may read what; default: whoever is signed in may read everything. */
  readonly mayRead?: (principal: FhirPrincipal, type: ResourceType) => boolean;
  readonly version: string;
  /** When the gateway started, ms: the date of its CapabilityStatement. */
  readonly since: number;
}

export const fhirEndpoints: readonly Endpoint[] = [
  patientEndpoint,
  locationEndpoint,
  deviceEndpoint,
  deviceMetricEndpoint,
  deviceUseStatementEndpoint,
  observationEndpoint,
  detectedIssueEndpoint,
  provenanceEndpoint,
  auditEventEndpoint,
];

const byType = new Map<string, Endpoint>(fhirEndpoints.map((endpoint) => [endpoint.type, endpoint]));

const formats = ['json', 'application/json', 'application/fhir+json', 'application/fhir json'];

/** Patients that a resource tells of. */
const patientsOf = (resource: Resource): string[] => {
  const refer = (reference: Reference | undefined): string[] => {
    const [type, id] = reference?.reference?.split('/') ?? [];
    return type === 'Patient' && id ? [`patient:${id}`] : [];
  };
  switch (resource.resourceType) {
    case 'Patient':
      return [`patient:${resource.id}`];
    case 'Observation':
    case 'DeviceUseStatement':
      return refer(resource.subject);
    case 'DetectedIssue':
      return refer(resource.patient);
    case 'Bundle':
      return (resource.entry ?? []).flatMap((entry) => (entry.resource ? patientsOf(entry.resource) : []));
    default:
      return [];
  }
};

type Audit = FhirResponse['audit'];

const respond = (
  status: number,
  body: Resource,
  audit: Pick<Audit, 'action' | 'target'>,
  headers: Record<string, string> = {},
): FhirResponse => ({
  status,
  headers: { 'content-type': FHIR_CONTENT_TYPE, ...headers },
  body,
  audit: {
    ...audit,
    patients: [...new Set(patientsOf(body))],
    outcome: status < 400 ? 'ok' : status === 401 || status === 403 ? 'refused' : 'failed',
  },
});

const versionHeaders = ({ meta }: Resource): Record<string, string> => ({
  ...(meta?.versionId === undefined ? {} : { etag: `W/"${meta.versionId}"` }),
  ...(meta?.lastUpdated === undefined ? {} : { 'last-modified': new Date(meta.lastUpdated).toUTCString() }),
});

/** The address of a page: what was asked, with the cursor of the page. */
const pageUrl = (base: string, type: string, query: Query, cursor: string | null): string => {
  const parameters = new URLSearchParams();
  for (const [name, given] of Object.entries(query)) {
    if (name === '_cursor' || given === undefined) continue;
    for (const value of typeof given === 'string' ? [given] : given) parameters.append(name, value);
  }
  if (cursor !== null) parameters.append('_cursor', cursor);
  const text = parameters.toString();
  return `${base}/${type}${text === '' ? '' : `?${text}`}`;
};

/** `/Observation/o1/_history/2` → Observation, o1, history, 2. */
const PATH = /^\/?([A-Za-z]+)(?:\/([A-Za-z0-9\-.]{1,64})(\/_history(?:\/([1-9]\d{0,8}))?)?)?\/?$/;

/** Answers FHIR R4 reads and searches. It never throws; the caller mounts it, and writes the access log from `audit`. */
export const fhirHandlers = (options: FhirOptions): ((request: FhirRequest) => FhirResponse) => {
  const context: FhirContext = {
    store: options.store,
    devices: options.devices,
    site: options.site ?? defaultSite,
    audit: options.audit ?? null,
  };

  const search = (endpoint: Endpoint, { query }: FhirRequest, base: string): FhirResponse => {
    const audit = { action: 'search', target: endpoint.type } as const;
    const parsed = parseSearch(endpoint.search, query, context.site.zone);
    const found = endpoint.find(parsed, context);
    const bundle = searchset(base, found.resources, {
      self: pageUrl(base, endpoint.type, query, parsed.cursor ?? null),
      next: found.next === null ? null : pageUrl(base, endpoint.type, query, found.next),
      total: found.total,
      included: found.included ?? [],
    });
    return respond(200, bundle, audit);
  };

  const answer = (request: FhirRequest): FhirResponse => {
    const base = request.baseUrl ?? '/fhir/R4';
    const [, type = '', id, history, version] = PATH.exec(request.path) ?? [];
    const action = version ? 'vread' : history ? 'history' : id ? 'read' : 'search';
    const target = id === undefined ? type || null : `${type}/${id}`;
    const refuse = (status: number, code: IssueCode, text: string) =>
      respond(status, operationOutcome(code, text), { action, target });

    const { _format } = request.query;
    if (_format !== undefined && !(typeof _format === 'string' && formats.includes(_format))) {
      return refuse(406, 'not-supported', 'Only JSON is given: _format=json.');
    }
    if (type === 'metadata' && id === undefined) {
      const { version: software, since } = options;
      const statement = capabilityStatement(fhirEndpoints, { version: software, since, baseUrl: base });
      return respond(200, statement, { action: 'metadata', target: null });
    }
    if (request.principal === null) return refuse(401, 'login', 'Sign in first.');
    const endpoint = byType.get(type);
    if (!endpoint) return refuse(404, 'not-supported', `There is no ${request.path} here; see /metadata.`);
    if (options.mayRead?.(request.principal, endpoint.type) === false) {
      return refuse(403, 'forbidden', `Your role may not read ${endpoint.type}.`);
    }
    if (id === undefined) return search(endpoint, request, base);

    const stray = Object.keys(request.query).find((name) => name !== '_format');
    if (stray !== undefined) return refuse(400, 'not-supported', `The parameter ${stray} is not supported here.`);
    if (history !== undefined) {
      if (!endpoint.history) return refuse(404, 'not-supported', `Versions of ${endpoint.type} are not kept.`);
      const versions = endpoint.history(id, context);
      if (version === undefined) {
        if (versions.length === 0) return refuse(404, 'not-found', `There is no ${type}/${id}.`);
        return respond(200, historyBundle(base, `${base}/${type}/${id}/_history`, versions), { action, target });
      }
      const found = versions.find((each) => each.meta?.versionId === version);
      if (!found) return refuse(404, 'not-found', `There is no version ${version} of ${type}/${id}.`);
      return respond(200, found, { action, target }, versionHeaders(found));
    }
    const resource = endpoint.read(id, context);
    if (!resource) return refuse(404, 'not-found', `There is no ${type}/${id}.`);
    return respond(200, resource, { action, target }, versionHeaders(resource));
  };

  return (request) => {
    try {
      return answer(request);
    } catch (error) {
      const audit = { action: 'search', target: request.path } as const;
      if (hasCode(error, 'search-unknown', 'search-invalid', 'bad-cursor')) {
        const code = error.code === 'search-unknown' ? 'not-supported' : 'invalid';
        return respond(400, operationOutcome(code, [error.message, error.hint ?? ''].join(' ').trim()), audit);
      }
      return respond(500, operationOutcome('exception', 'The record could not be read; try again.'), audit);
    }
  };
};
