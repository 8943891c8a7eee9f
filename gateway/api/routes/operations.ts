import { z } from 'zod';
import { auditSchema, deadLetterSchema, sinkSchema } from '../../../model/api.ts';
import {
  actorOf,
  answers,
  found,
  idParams,
  idSchema,
  listAnswer,
  listOf,
  orNull,
  pageFields,
  pageOf,
  querySchema,
  type Routes,
  spanFields,
  spanOf,
} from './kit.ts';

export const operationRoutes: Routes = (app, { view, looks }) => {
  app.get('/api/v1/audit', {
    config: { permission: 'audit:read' },
    schema: {
      tags: ['audit'],
      summary: 'Who saw or did what, or was refused; newest first',
      querystring: querySchema({
        who: idSchema.optional(),
        action: idSchema.optional(),
        target: idSchema.optional().describe('e.g. patient:p1'),
        outcome: z.enum(['ok', 'refused', 'failed']).optional(),
        ...spanFields,
        ...pageFields,
      }),
      response: answers(listOf(auditSchema)),
    },
    handler: async (request) => {
      const { who, action, target, outcome } = request.query;
      const page = await view.audit({
        ...pageOf(request.query),
        ...spanOf(request.query),
        who: orNull(who),
        action: orNull(action),
        target: orNull(target),
        outcome: orNull(outcome),
      });
      looks.write(actorOf(request), 'read', 'audit', request.ip);
      return listAnswer(page, (entry) => entry);
    },
  });

  app.get('/api/v1/sinks', {
    config: { permission: 'operations:read' },
    schema: { tags: ['operations'], summary: 'Where readings go on to', response: answers(listOf(sinkSchema)) },
    handler: async () => ({ items: [...view.sinks()], next: null }),
  });

  app.get('/api/v1/sinks/:id/dead-letters', {
    config: { permission: 'operations:read' },
    schema: {
      tags: ['operations'],
      summary: 'What a sink refused for good, and why',
      params: idParams,
      querystring: querySchema(pageFields),
      response: answers(listOf(deadLetterSchema)),
    },
    handler: async (request) => {
      const page = await view.deadLetters(request.params.id, pageOf(request.query));
      return listAnswer(found(page, 'sink'), (letter) => letter);
    },
  });
};
