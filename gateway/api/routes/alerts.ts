import { z } from 'zod';
import { alertKinds, alertStates, priorities } from '../../../model/alert.ts';
import { type ApiAlert, alertSchema, evidenceSchema } from '../../../model/api.ts';
import {
  actorOf,
  answers,
  emptyPage,
  found,
  idParams,
  idSchema,
  lensOf,
  listAnswer,
  listOf,
  meantPatient,
  orNull,
  pageFields,
  pageOf,
  querySchema,
  type Routes,
  spanFields,
  spanOf,
} from './kit.ts';

const patientOf = ({ subject }: ApiAlert): string | null => (subject.kind === 'patient' ? subject.id : null);

/** A pause ends by itself, and soon (screens-and-alarms.md 1.5: 120 s; a bed at most 30 min). */
const PAUSE_SECONDS = { least: 1, most: 1800 } as const;

export const alertRoutes: Routes = (app, context) => {
  const { view, looks } = context;
  const tags = ['alerts'];

  app.get('/api/v1/alerts', {
    config: { permission: 'alerts:read' },
    schema: {
      tags,
      summary: 'Alerts, newest first',
      querystring: querySchema({
        state: z
          .enum(['active', ...alertStates])
          .optional()
          .describe('`active`: every state but normal'),
        kind: z.enum(alertKinds).optional(),
        priority: z.enum(priorities).optional(),
        device: idSchema.optional(),
        patient: idSchema.optional(),
        place: idSchema.optional(),
        ...spanFields,
        ...pageFields,
      }),
      response: answers(listOf(alertSchema)),
    },
    handler: async (request) => {
      const { state, kind, priority, device, place } = request.query;
      const lens = lensOf(context, request);
      const patient = meantPatient(context, lens, request.query.patient);
      const query = {
        ...pageOf(request.query),
        ...spanOf(request.query),
        state: orNull(state),
        kind: orNull(kind),
        priority: orNull(priority),
        device: orNull(device),
        patient: patient.id,
        place: orNull(place),
      };
      const page = patient.nobody ? emptyPage : await view.alerts(query);
      looks.patients(actorOf(request), 'read', page.items.map(patientOf), request.ip);
      return listAnswer(page, lens.alert);
    },
  });

  app.get('/api/v1/alerts/:id', {
    config: { permission: 'alerts:read' },
    schema: { tags, summary: 'One alert', params: idParams, response: answers(alertSchema) },
    handler: async (request) => {
      const alert = found(await view.alert(request.params.id), 'alert');
      looks.patients(actorOf(request), 'read', [patientOf(alert)], request.ip);
      return lensOf(context, request).alert(alert);
    },
  });

  app.get('/api/v1/alerts/:id/evidence', {
    config: { permission: 'evidence:read' },
    schema: {
      tags,
      summary: 'From an alert down to the bytes',
      params: idParams,
      response: answers(evidenceSchema),
    },
    handler: async (request) => {
      const evidence = found(await view.evidence(request.params.id), 'alert');
      const patients = [patientOf(evidence.alert), ...evidence.samples.map((sample) => sample.patient)];
      looks.patients(actorOf(request), 'read', patients, request.ip);
      return lensOf(context, request).evidence(evidence);
    },
  });

  app.get('/api/v1/alerts/:id/history', {
    config: { permission: 'alerts:read' },
    schema: {
      tags,
      summary: 'What became of an alert, step by step',
      params: idParams,
      response: answers(listOf(evidenceSchema.shape.history.element)),
    },
    handler: async (request) => {
      const history = found(await view.alertHistory(request.params.id), 'alert');
      looks.write(actorOf(request), 'read', `alert:${request.params.id}`, request.ip);
      return { items: lensOf(context, request).history(history), next: null };
    },
  });

  app.post('/api/v1/alerts/:id/acknowledge', {
    config: { permission: 'alerts:handle' },
    schema: {
      tags,
      summary: 'I have it',
      params: idParams,
      body: z.strictObject({ note: z.string().max(500).nullish() }).nullish(),
      response: answers(alertSchema),
    },
    handler: async (request) => {
      const { id } = request.params;
      const actor = actorOf(request);
      const alert = await view.acknowledge(id, actor.name, orNull(request.body?.note));
      looks.write(actor, 'acknowledge', `alert:${id}`, request.ip);
      return lensOf(context, request).alert(alert);
    },
  });

  app.post('/api/v1/alerts/:id/pause', {
    config: { permission: 'alerts:handle' },
    schema: {
      tags,
      summary: 'Pause the sound for a while',
      params: idParams,
      body: z.strictObject({ seconds: z.number().int().min(PAUSE_SECONDS.least).max(PAUSE_SECONDS.most) }),
      response: answers(alertSchema),
    },
    handler: async (request) => {
      const { id } = request.params;
      const actor = actorOf(request);
      const alert = await view.pause(id, actor.name, request.body.seconds);
      looks.write(actor, 'pause', `alert:${id}`, request.ip, `${request.body.seconds} s`);
      return lensOf(context, request).alert(alert);
    },
  });

  app.post('/api/v1/alerts/:id/reset', {
    config: { permission: 'alerts:handle' },
    schema: {
      tags,
      summary: 'Let go of an alert that is latched though its cause is over',
      params: idParams,
      response: answers(alertSchema),
    },
    handler: async (request) => {
      const { id } = request.params;
      const actor = actorOf(request);
      const alert = await view.reset(id, actor.name);
      looks.write(actor, 'reset', `alert:${id}`, request.ip);
      return lensOf(context, request).alert(alert);
    },
  });
};
