import type { ServerOptions } from 'node:https';
import Fastify, { type FastifyServerOptions } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { messageOf } from '../../model/errors.ts';
import { DeclaredRoutes } from './methods.ts';
import { HttpProblem, PROBLEM_TYPE, problemOf, sendProblem } from './problem.ts';
import type { App } from './routes/kit.ts';

export interface TlsOptions {
  /** PEM. */
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** A fault of the gateway behind an answer 500; never with patient data. */
export interface ApiFault {
  readonly route: string;
  readonly message: string;
}

export interface ServerSettings {
  readonly tls: TlsOptions | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly report: (fault: ApiFault) => void;
}

const BODY_LIMIT = 64 * 1024;
/** Whoever sends a request in drips is cut off. */
const REQUEST_WITHIN_MS = 30_000;

const common: FastifyServerOptions = {
  bodyLimit: BODY_LIMIT,
  requestTimeout: REQUEST_WITHIN_MS,
  forceCloseConnections: true,
  routerOptions: { maxParamLength: 256 },
};

/** Refused before there is a request: bytes that are no HTTP. */
const rawProblem = (code: string | undefined): string => {
  const problem =
    code === 'HPE_HEADER_OVERFLOW'
      ? new HttpProblem(431, 'header-too-large', 'The header is too large.')
      : new HttpProblem(400, 'bad-request', 'That is not HTTP.');
  const body = JSON.stringify(problem);
  return `HTTP/1.1 ${problem.status} ${problem.toJSON().title}\r\ncontent-type: ${PROBLEM_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`;
};

/** A server whose every answer, also to nonsense, has the security headers and, where it is a refusal, says what is wrong. */
export const createServer = ({ tls, headers, report }: ServerSettings): App => {
  const settings: FastifyServerOptions = {
    ...common,
    clientErrorHandler: (error, socket) => {
      if (socket.writable && error.code !== 'ECONNRESET') socket.end(rawProblem(error.code));
      else socket.destroy();
    },
    frameworkErrors: (error, _request, reply) => {
      reply.headers(headers);
      sendProblem(reply, problemOf(error).problem);
    },
  };
  const https: ServerOptions | null = tls && { cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2' };
  const app: App = (
    https ? Fastify({ ...settings, https } as FastifyServerOptions) : Fastify(settings)
  ).withTypeProvider<ZodTypeProvider>();

  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);

  // Only JSON: a form of another site's page cannot send it.
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parseJson(request, body as string, done);
  });

  const routes = new DeclaredRoutes();
  app.addHook('onRoute', ({ url, method }) => routes.add(url, method));

  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(headers).header('cache-control', 'no-store');
  });

  app.setErrorHandler((error, request, reply) => {
    const { problem, unexpected } = problemOf(error);
    const route = `${request.method} ${request.routeOptions.url ?? 'unknown'}`;
    if (unexpected) report({ route, message: messageOf(error) });
    return sendProblem(reply, problem);
  });

  app.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split('?');
    const allowed = routes.at(path);
    if (allowed.length > 0 && !allowed.includes(request.method)) {
      const detail = `${request.method} is not for this address.`;
      const allow = { allow: allowed.join(', ') };
      return sendProblem(
        reply,
        new HttpProblem(405, 'method-not-allowed', detail, { hint: `Use ${allow.allow}.`, headers: allow }),
      );
    }
    return sendProblem(
      reply,
      new HttpProblem(404, 'not-found', 'There is nothing at this address.', {
        hint: 'See /api/v1/openapi.json for what there is.',
      }),
    );
  });
  return app;
};
