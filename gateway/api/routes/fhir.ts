import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { FhirRequest } from '../ports.ts';
import { actorOf, type Routes } from './kit.ts';

const BASE = '/fhir/R4';

type Query = FhirRequest['query'];

/** Repeated parameters become lists, as `_include` and date ranges need. */
const queryOf = (search: URLSearchParams): Query => {
  const query: Record<string, string | string[]> = Object.create(null);
  for (const name of new Set(search.keys())) {
    const values = search.getAll(name);
    query[name] = values.length === 1 && values[0] !== undefined ? values[0] : values;
  }
  return query;
};

/** The part of the address after the base, decoded, and its query. */
const split = (url: string): { path: string; search: URLSearchParams } => {
  const { pathname, searchParams } = new URL(url, 'http://gateway');
  return { path: decodeURIComponent(pathname.slice(BASE.length)), search: searchParams };
};

/** The FHIR R4 facade: what is answered, also in refusing, is the records' matter. */
export const fhirRoutes: Routes = (app, { view, looks }) => {
  const answer = async (request: FastifyRequest, reply: FastifyReply, path: string, query: Query) => {
    const { actor } = request;
    const result = await view.fhir({
      path,
      query,
      principal: actor && { name: actor.name, role: actor.role },
      baseUrl: `${request.protocol}://${request.headers.host ?? ''}${BASE}`,
    });
    if (actor && path !== '/metadata') {
      const { action, target, patients, outcome } = result.audit;
      for (const patient of patients) looks.write(actor, action, patient, request.ip);
      if (patients.length === 0) looks.write(actor, action, target, request.ip, outcome === 'ok' ? null : outcome);
    }
    reply.code(result.status).headers(result.headers);
    return JSON.stringify(result.body);
  };

  app.get(`${BASE}/metadata`, {
    config: { permission: 'public' },
    schema: { tags: ['fhir'], summary: 'Capability statement' },
    handler: async (request, reply) => answer(request, reply, '/metadata', queryOf(split(request.url).search)),
  });

  app.get(`${BASE}/*`, {
    config: { permission: 'records:read' },
    schema: {
      tags: ['fhir'],
      summary: 'Reads and searches of FHIR R4, e.g. Observation?patient=p1',
      params: z.object({ '*': z.string() }),
    },
    handler: async (request, reply) => {
      const { path, search } = split(request.url);
      return answer(request, reply, path, queryOf(search));
    },
  });

  app.register(async (form) => {
    const text = { parseAs: 'string', bodyLimit: 16_384 } as const;
    form.addContentTypeParser('application/x-www-form-urlencoded', text, (_request, body, done) => done(null, body));
    form.post(`${BASE}/:type/_search`, {
      config: { permission: 'records:read' },
      schema: {
        tags: ['fhir'],
        summary: 'A search whose parameters stay out of addresses and logs',
        params: z.object({ type: z.string().max(64) }),
        consumes: ['application/x-www-form-urlencoded'],
      },
      handler: async (request, reply) => {
        actorOf(request);
        const { search } = split(request.url);
        const body = typeof request.body === 'string' ? request.body : '';
        for (const [name, value] of new URLSearchParams(body)) search.append(name, value);
        const { type } = request.params as { type: string };
        return answer(request, reply, `/${type}`, queryOf(search));
      },
    });
  });
};
