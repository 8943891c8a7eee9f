import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { problemSchema } from '../../../model/api.ts';
import type { Clock } from '../../../model/clock.ts';
import type { Access } from '../../access/access.ts';
import type { Actor } from '../../access/actor.ts';
import { type Lens, type Lenses, viewerOf } from '../lens.ts';
import type { Looks } from '../looks.ts';
import type { GatewayView, Page } from '../ports.ts';
import { HttpProblem } from '../problem.ts';

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export interface RouteContext {
  readonly view: GatewayView;
  readonly access: Access;
  readonly clock: Clock;
  readonly lenses: Lenses;
  readonly looks: Looks;
  readonly secureCookie: boolean;
  readonly version: string;
}

export type Routes = (app: App, context: RouteContext) => void;

/** Who asks, on a route that the guard lets only signed-in people reach. */
export const actorOf = (request: Pick<FastifyRequest, 'actor'>): Actor => {
  if (request.actor) return request.actor;
  throw new HttpProblem(401, 'not-signed-in', 'The gateway must know who asks.');
};

export const lensOf = (context: RouteContext, request: Pick<FastifyRequest, 'actor'>): Lens =>
  context.lenses[viewerOf(actorOf(request))];

export const idSchema = z.string().min(1).max(200);
export const idParams = z.object({ id: idSchema });

/** ISO 8601 with an offset, as ms since the epoch. */
export const momentSchema = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text))
  .describe('ISO 8601, e.g. 2026-11-26T08:00:00Z');

export const limitSchema = z.coerce.number().int().min(1).max(1000).default(100).describe('Items a page holds');
export const cursorSchema = z.string().min(1).max(500).optional().describe('`next` of the page before');

export const pageFields = { limit: limitSchema, cursor: cursorSchema };
export const spanFields = {
  from: momentSchema.optional().describe('Event time, included'),
  to: momentSchema.optional().describe('Event time, not included'),
};

/** Unknown parameters are refused: a filter with a typing error must not answer with everything. */
export const querySchema = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject(shape);

export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable().describe('Cursor of the next page; null on the last') });

/** The answer when it goes well; every other answer is a problem. */
export const answers = <Body extends z.ZodType>(body: Body, status: 200 | 201 = 200) => ({
  [status]: body,
  default: problemAnswer,
});

export const problemAnswer = {
  description: 'What is wrong (RFC 9457)',
  content: { 'application/problem+json': { schema: problemSchema } },
};

export const noContent = { 204: z.null().describe('Done'), default: problemAnswer };

/** The absent as null, as the view wants it. */
export const orNull = <T>(value: T | undefined): T | null => value ?? null;

export const pageOf = ({ limit, cursor }: { limit: number; cursor?: string | undefined }) => ({
  limit,
  cursor: orNull(cursor),
});

export const spanOf = ({ from, to }: { from?: number | undefined; to?: number | undefined }) => {
  if (from !== undefined && to !== undefined && from > to) {
    throw new HttpProblem(400, 'validation', 'query.from: must not be after query.to', {
      hint: 'Exchange the two.',
      more: { fields: [{ field: 'query.from', problem: 'must not be after query.to' }] },
    });
  }
  return { from: orNull(from), to: orNull(to) };
};

export const emptyPage: Page<never> = { items: [], next: null };

export const listAnswer = <From, To>(page: Page<From>, shape: (item: From) => To) => ({
  items: page.items.map(shape),
  next: page.next,
});

export const found = <T>(value: T | null | undefined, what: string): T => {
  if (value !== null && value !== undefined) return value;
  throw new HttpProblem(404, 'not-found', `There is no such ${what}.`, { hint: 'List them to see which there are.' });
};

/**
 * The patient that a filter means to this viewer. `nobody`: it names one that the viewer cannot know, so that nothing
 * matches.
 */
export const meantPatient = (
  context: RouteContext,
  lens: Lens,
  patient: string | undefined,
): { readonly id: string | null; readonly nobody: boolean } => {
  if (patient === undefined) return { id: null, nobody: false };
  const id = lens.meant(patient, context.view.patients());
  return { id, nobody: id === null };
};
