import type { FastifyError, FastifyReply } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Problem } from '../../model/api.ts';
import { CodedError } from '../../model/errors.ts';
import { type SignInErrorCode, ThrottledError } from '../access/access.ts';
import type { TokenErrorCode } from '../access/tokens.ts';
import type { UserErrorCode } from '../access/users.ts';
import type { ViewErrorCode } from './ports.ts';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Sign in first',
  403: 'Not permitted',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  409: 'Conflict',
  413: 'Too large',
  414: 'Address too long',
  415: 'Media type not supported',
  421: 'Wrong host',
  426: 'Upgrade required',
  429: 'Too many requests',
  431: 'Header too large',
  500: 'Internal error',
  503: 'Not available',
};

/** A refusal with everything its answer says (RFC 9457). */
export class HttpProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly more: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    code: string,
    detail: string,
    options: { hint?: string; headers?: Record<string, string>; more?: Record<string, unknown> } = {},
  ) {
    super(detail);
    this.status = status;
    this.code = code;
    this.hint = options.hint ?? null;
    this.headers = options.headers ?? {};
    this.more = options.more ?? {};
  }

  toJSON(): Problem {
    return {
      type: `urn:wardwire:problem:${this.code}`,
      title: titles[this.status] ?? 'Error',
      status: this.status,
      detail: this.message,
      code: this.code,
      hint: this.hint,
      ...this.more,
    };
  }
}

type KnownCode = ViewErrorCode | SignInErrorCode | UserErrorCode | TokenErrorCode;

const statusOf: Readonly<Record<KnownCode, number>> = {
  'not-found': 404,
  conflict: 409,
  invalid: 400,
  'bad-cursor': 400,
  unavailable: 503,
  'credentials-wrong': 401,
  'sign-in-throttled': 429,
  'sign-in-busy': 503,
  'user-exists': 409,
  'user-unknown': 404,
  'last-admin': 409,
  'password-weak': 400,
  'name-invalid': 400,
  'token-unknown': 404,
  'token-weak': 400,
};

/** Fastify's own refusals, by its code. */
const fastifyProblems: Readonly<Record<string, readonly [status: number, code: string, hint: string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'media-type', 'Send JSON with the header content-type: application/json.'],
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'too-large', 'Send less than 64 KiB.'],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'invalid-json', 'Send one JSON value.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'invalid-length', 'Let content-length be the length of the body.'],
  FST_ERR_BAD_URL: [400, 'bad-address', 'Percent-encode what is no plain letter in the address.'],
  FST_ERR_MAX_PARAM_LENGTH: [414, 'address-too-long', 'Use an id that a list of the API gave.'],
};

const places: Readonly<Record<string, string>> = { querystring: 'query', body: 'body', params: 'path' };

const validationProblem = (error: FastifyError): HttpProblem => {
  const place = places[error.validationContext ?? ''] ?? 'request';
  const fields = (error.validation ?? []).map(({ instancePath, message }) => ({
    field: [place, ...instancePath.split('/').filter((part) => part !== '')].join('.'),
    problem: message ?? 'is not valid',
  }));
  const detail = fields.map(({ field, problem }) => `${field}: ${problem}`).join('; ');
  return new HttpProblem(400, 'validation', detail === '' ? 'The request is not valid.' : detail, {
    hint: 'See /api/v1/openapi.json for what is expected.',
    more: { fields },
  });
};

/** What to answer to whatever was thrown. `unexpected`: a fault of ours, of which the client learns nothing. */
export const problemOf = (error: unknown): { readonly problem: HttpProblem; readonly unexpected: boolean } => {
  const expected = (problem: HttpProblem) => ({ problem, unexpected: false });
  if (error instanceof HttpProblem) return expected(error);
  if (error instanceof CodedError && Object.hasOwn(statusOf, error.code)) {
    const headers: Record<string, string> =
      error instanceof ThrottledError ? { 'retry-after': String(Math.ceil(error.retryAfterMs / 1000)) } : {};
    const hint = error.hint === null ? {} : { hint: error.hint };
    return expected(
      new HttpProblem(statusOf[error.code as KnownCode], error.code, error.message, { ...hint, headers }),
    );
  }
  if (hasZodFastifySchemaValidationErrors(error)) return expected(validationProblem(error as FastifyError));
  const { code, statusCode } = (error ?? {}) as Partial<FastifyError>;
  const known = fastifyProblems[code ?? ''];
  if (known) {
    const [status, ours, hint] = known;
    return expected(new HttpProblem(status, ours, (error as Error).message, { hint }));
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return expected(new HttpProblem(statusCode, 'bad-request', titles[statusCode] ?? 'The request is not valid.'));
  }
  return {
    problem: new HttpProblem(500, 'internal', 'The gateway could not do that.', {
      hint: 'Try again; if it stays so, look at the gateway’s log.',
    }),
    unexpected: true,
  };
};

/** As text, so that no schema of a route rewrites it. */
export const sendProblem = (reply: FastifyReply, problem: HttpProblem): FastifyReply =>
  reply.code(problem.status).headers(problem.headers).type(PROBLEM_TYPE).send(JSON.stringify(problem));
