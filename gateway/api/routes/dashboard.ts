import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply } from 'fastify';
import { HttpProblem } from '../problem.ts';
import type { App } from './kit.ts';

/** Addresses that are never a screen of the dashboard. */
const notScreens = /^\/(api|fhir|metrics|healthz|readyz)(\/|$)/;
/** Where the bundler puts files whose name changes with their content. */
const HASHED = 'assets/';
const YEAR_MS = 365 * 86_400_000;

const isFile = async (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

const notFound = (): never => {
  throw new HttpProblem(404, 'not-found', 'There is nothing at this address.', {
    hint: 'See /api/v1/openapi.json for what there is.',
  });
};

const notBuilt = `<!doctype html><html lang="en"><title>Wardwire</title>
<h1>The dashboard is not built</h1>
<p>Run <code>npm run build:dashboard</code>, then load this page again. The API answers at <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p>
</html>`;

/** The dashboard's files; any other address of it is one of its screens, so it gets the page. */
export const dashboardRoutes = async (app: App, directory: string | null): Promise<void> => {
  const root = directory === null ? null : resolve(directory);
  await app.register(fastifyStatic, { serve: false, root: root ?? process.cwd() });

  const page = async (reply: FastifyReply): Promise<FastifyReply> => {
    reply.header('cache-control', 'no-cache');
    if (root === null || !(await isFile(join(root, 'index.html')))) {
      return reply.code(503).type('text/html; charset=utf-8').send(notBuilt);
    }
    return reply.sendFile('index.html', root, { cacheControl: false });
  };

  app.get('/*', {
    config: { permission: 'public' },
    schema: { hide: true },
    handler: async (request, reply) => {
      const path = (request.params as { '*': string })['*'];
      if (notScreens.test(`/${path}`)) return notFound();
      const isOdd = path.includes('\0') || path.split(/[\\/]/).some((part) => part.startsWith('.'));
      if (isOdd) return notFound();
      if (root !== null && path !== '' && path !== 'index.html' && (await isFile(join(root, path)))) {
        const hashed = path.startsWith(HASHED);
        reply.header('cache-control', hashed ? `public, max-age=${YEAR_MS / 1000}, immutable` : 'no-cache');
        return reply.sendFile(path, root, { cacheControl: false });
      }
      // A missing script answered with the page would hide that the page is out of date.
      if (/\.\w+$/.test(path) && path !== 'index.html') return notFound();
      return page(reply);
    },
  });
};
