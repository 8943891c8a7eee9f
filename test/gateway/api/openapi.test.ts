import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ApiBench, apiBench } from '../../support/api-bench.ts';

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every object within a document, with where it is. */
const walk = function* (value: unknown, at = '#'): Generator<[string, Json]> {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* walk(item, `${at}/${index}`);
  if (!isObject(value)) return;
  yield [at, value];
  for (const [key, item] of Object.entries(value)) yield* walk(item, `${at}/${key}`);
};

const resolve = (document: Json, reference: string): unknown =>
  reference
    .slice(2)
    .split('/')
    .reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), document);

/** The parts of OpenAPI 3.1 that clients and generators rely on. */
const mediaType = z.object({ schema: z.looseObject({}) });
const operation = z.looseObject({
  tags: z.array(z.string()).min(1),
  summary: z.string().min(3),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.enum(['query', 'path', 'header', 'cookie']),
        required: z.boolean().optional(),
        schema: z.looseObject({}),
        description: z.string().optional(),
      }),
    )
    .optional(),
  requestBody: z.looseObject({ content: z.record(z.string(), mediaType) }).optional(),
  responses: z.record(
    z.string().regex(/^([1-5]\d\d|default)$/),
    z.looseObject({ description: z.string(), content: z.record(z.string(), mediaType).optional() }),
  ),
});
const openapi = z.looseObject({
  openapi: z.string().regex(/^3\.1\.\d+$/),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  paths: z.record(
    z.string().startsWith('/'),
    z.record(z.enum(['get', 'post', 'patch', 'delete', 'put']), operation).or(z.looseObject({})),
  ),
  components: z.looseObject({ schemas: z.record(z.string(), z.looseObject({})), securitySchemes: z.looseObject({}) }),
});

describe('the description of the API', () => {
  let bench: ApiBench;
  let document: Json;
  beforeAll(async () => {
    bench = await apiBench();
    document = (await bench.api.inject('/api/v1/openapi.json')).json();
  });
  afterAll(() => bench.close());

  const operations = () =>
    Object.entries(document.paths as Record<string, Json>).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, described]) => ({ path, method, described: operation.parse(described) })),
    );

  it('has the shape of OpenAPI 3.1', () => {
    expect(z.prettifyError(openapi.safeParse(document).error ?? new z.ZodError([]))).toBe('');
    expect(operations().length).toBeGreaterThan(35);
  });

  it('refers to nothing that is not there, and describes nothing that nobody refers to', () => {
    const used = new Set<string>();
    for (const [at, value] of walk(document)) {
      if (typeof value.$ref !== 'string') continue;
      expect(resolve(document, value.$ref), `${at} -> ${value.$ref}`).toBeDefined();
      used.add(value.$ref.replace('#/components/schemas/', ''));
    }
    const { schemas } = document.components as { schemas: Json };
    const unused = Object.keys(schemas).filter((name) => !used.has(name));
    // What goes over the socket has no place in an answer of a route.
    expect(unused.sort()).toEqual(['LiveFrame', 'ScreenFrame']);
  });

  it('declares each parameter of each address', () => {
    for (const { path, described } of operations()) {
      const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
      const declared = (described.parameters ?? []).filter((each) => each.in === 'path').map(({ name }) => name);
      expect(declared.sort(), path).toEqual(inPath.sort());
    }
  });

  it('tells of each route of the API how it refuses', () => {
    for (const { path, described } of operations().filter((each) => each.path.startsWith('/api/v1/'))) {
      if (path === '/api/v1/openapi.json') continue;
      expect(described.responses.default?.content, path).toHaveProperty(['application/problem+json']);
    }
  });

  it('names what a filter takes', () => {
    const readings = operations().find(({ path }) => path === '/api/v1/readings');
    const names = readings?.described.parameters?.map(({ name }) => name).sort();
    expect(names).toEqual(['cursor', 'device', 'from', 'limit', 'metric', 'patient', 'place', 'to']);
  });

  it('is true: what the routes answer has the described shape', async () => {
    const { schemas } = document.components as { schemas: Record<string, { required: string[] }> };
    for (const [url, name] of [
      ['devices', 'Device'],
      ['readings', 'Reading'],
      ['alerts', 'Alert'],
    ] as const) {
      const { items } = (await bench.api.inject({ url: `/api/v1/${url}`, headers: bench.as.nurse })).json();
      expect(Object.keys(items[0]).sort()).toEqual([...(schemas[name]?.required ?? [])].sort());
    }
  });
});
