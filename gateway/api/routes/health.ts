import { z } from 'zod';
import { readinessSchema } from '../../../model/api.ts';
import { messageOf } from '../../../model/errors.ts';
import { HttpProblem } from '../problem.ts';
import { answers, type Routes } from './kit.ts';

export const healthRoutes: Routes = (app, { view, version }) => {
  app.get('/healthz', {
    config: { permission: 'public' },
    schema: {
      tags: ['operations'],
      summary: 'The process is alive',
      response: answers(z.object({ status: z.literal('alive'), version: z.string() })),
    },
    handler: async () => ({ status: 'alive' as const, version }),
  });

  app.get('/readyz', {
    config: { permission: 'public' },
    schema: {
      tags: ['operations'],
      summary: 'It takes in, keeps and shows readings',
      response: answers(z.object({ status: z.literal('ready'), checks: z.array(readinessSchema) })),
    },
    handler: async () => {
      let checks: z.infer<typeof readinessSchema>[];
      try {
        checks = [...(await view.readiness())];
      } catch (error) {
        checks = [{ name: 'checks', ok: false, reason: messageOf(error) }];
      }
      const failing = checks.filter(({ ok }) => !ok);
      if (failing.length === 0) return { status: 'ready' as const, checks };
      const detail = failing.map(({ name, reason }) => `${name}: ${reason ?? 'not ready'}`).join('; ');
      throw new HttpProblem(503, 'not-ready', detail, {
        hint: 'The reasons say what to do; `wardwire doctor` looks deeper.',
        more: { checks },
      });
    },
  });
};
