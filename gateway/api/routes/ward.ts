import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  associationSchema,
  deviceSchema,
  limitSchema as limitInForceSchema,
  metricSchema,
  patientSchema,
  placeSchema,
} from '../../../model/api.ts';
import { deviceClasses, deviceStates } from '../../../model/device.ts';
import { HttpProblem } from '../problem.ts';
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
  momentSchema,
  orNull,
  pageFields,
  pageOf,
  querySchema,
  type RouteContext,
  type Routes,
  spanFields,
  spanOf,
} from './kit.ts';

/** Lists that are bounded by the ward come in one page. */
const whole = <T>(items: readonly T[]) => ({ items: [...items], next: null });

/** Whoever may not know the patients may move devices between places only. */
const requirePatients = (context: RouteContext, request: FastifyRequest, target: string): void => {
  const { name, role, permissions } = actorOf(request);
  if (permissions.has('patients:read')) return;
  context.access.refusals.write({ who: name, role, target, reason: 'needs patients:read', address: request.ip });
  throw new HttpProblem(403, 'not-permitted', `The role ${role} may not put a device on a patient, or take it off.`, {
    hint: 'It needs patients:read. Putting a device on a place is permitted.',
  });
};

export const wardRoutes: Routes = (app, context) => {
  const { view, looks } = context;
  const tags = ['ward'];

  app.get('/api/v1/devices', {
    config: { permission: 'ward:read' },
    schema: {
      tags,
      summary: 'Devices and how they are',
      querystring: querySchema({
        class: z.enum(deviceClasses).optional(),
        state: z.enum(deviceStates).optional(),
        place: idSchema.optional(),
      }),
      response: answers(listOf(deviceSchema)),
    },
    handler: async (request) => {
      const { class: kind, state, place } = request.query;
      const devices = view
        .devices()
        .filter((device) => kind === undefined || device.class === kind)
        .filter((device) => state === undefined || device.state === state)
        .filter((device) => place === undefined || device.place === place);
      return whole(devices.map(lensOf(context, request).device));
    },
  });

  app.get('/api/v1/devices/:id', {
    config: { permission: 'ward:read' },
    schema: { tags, summary: 'One device', params: idParams, response: answers(deviceSchema) },
    handler: async (request) => {
      const device = found(view.device(request.params.id), 'device');
      return lensOf(context, request).device(device);
    },
  });

  app.get('/api/v1/places', {
    config: { permission: 'ward:read' },
    schema: { tags, summary: 'Beds, rooms and refrigerators', response: answers(listOf(placeSchema)) },
    handler: async (request) => whole(view.places().map(lensOf(context, request).place)),
  });

  app.get('/api/v1/limits', {
    config: { permission: 'ward:read' },
    schema: { tags, summary: 'Alarm limits in force', response: answers(listOf(limitInForceSchema)) },
    handler: async (request) => whole(view.limits().map(lensOf(context, request).limit)),
  });

  app.get('/api/v1/metrics-catalogue', {
    config: { permission: 'ward:read' },
    schema: { tags, summary: 'What can be measured, in which unit', response: answers(listOf(metricSchema)) },
    handler: async () => whole(view.metrics()),
  });

  app.get('/api/v1/patients', {
    config: { permission: 'patients:read' },
    schema: { tags, summary: 'Patients', response: answers(listOf(patientSchema)) },
    handler: async (request) => {
      const patients = view.patients();
      looks.write(actorOf(request), 'list', 'patients', request.ip, `${patients.length} shown`);
      return whole(patients);
    },
  });

  app.get('/api/v1/patients/:id', {
    config: { permission: 'patients:read' },
    schema: { tags, summary: 'One patient', params: idParams, response: answers(patientSchema) },
    handler: async (request) => {
      const patient = found(
        view.patients().find(({ id }) => id === request.params.id),
        'patient',
      );
      looks.patients(actorOf(request), 'read', [patient.id], request.ip);
      return patient;
    },
  });

  app.get('/api/v1/associations', {
    config: { permission: 'associations:read' },
    schema: {
      tags,
      summary: 'Which device was on whom, or where, and when',
      querystring: querySchema({
        device: idSchema.optional(),
        patient: idSchema.optional(),
        place: idSchema.optional(),
        ...spanFields,
        ...pageFields,
      }),
      response: answers(listOf(associationSchema)),
    },
    handler: async (request) => {
      const { device, place } = request.query;
      const lens = lensOf(context, request);
      const patient = meantPatient(context, lens, request.query.patient);
      const query = {
        ...pageOf(request.query),
        ...spanOf(request.query),
        device: orNull(device),
        place: orNull(place),
      };
      const page = patient.nobody ? emptyPage : await view.associations({ ...query, patient: patient.id });
      looks.patients(
        actorOf(request),
        'read',
        page.items.map((item) => item.patient),
        request.ip,
      );
      return listAnswer(page, lens.association);
    },
  });

  app.post('/api/v1/associations', {
    config: { permission: 'associations:write' },
    schema: {
      tags,
      summary: 'Put a device on a patient, or on a place',
      body: z
        .strictObject({
          device: idSchema,
          patient: idSchema.nullish(),
          place: idSchema.nullish(),
          from: momentSchema.nullish().describe('Default: now'),
          to: momentSchema.nullish(),
          reason: z.string().max(500).nullish(),
        })
        .refine((body) => (body.patient ?? null) === null || (body.place ?? null) === null, {
          error: 'give patient or place, not both',
          path: ['patient'],
        })
        .refine((body) => (body.patient ?? body.place ?? null) !== null, {
          error: 'give a patient or a place',
          path: ['patient'],
        }),
      response: answers(associationSchema, 201),
    },
    handler: async (request, reply) => {
      const { device, patient, place, from, to, reason } = request.body;
      const actor = actorOf(request);
      if (patient) requirePatients(context, request, 'POST /api/v1/associations');
      const subject = patient ? { kind: 'patient' as const, id: patient } : { kind: 'place' as const, id: place ?? '' };
      const made = await view.associate(
        { device, subject, from: orNull(from), to: orNull(to), reason: orNull(reason) },
        actor.name,
      );
      looks.write(actor, 'associate', `association:${made.id}`, request.ip);
      reply.code(201);
      return lensOf(context, request).association(made);
    },
  });

  app.post('/api/v1/associations/:id/end', {
    config: { permission: 'associations:write' },
    schema: {
      tags,
      summary: 'Take a device off',
      params: idParams,
      body: z
        .strictObject({ at: momentSchema.nullish().describe('Default: now'), reason: z.string().max(500).nullish() })
        .nullish(),
      response: answers(associationSchema),
    },
    handler: async (request) => {
      const actor = actorOf(request);
      const { id } = request.params;
      const before = found(await view.association(id), 'association');
      if (before.patient !== null) requirePatients(context, request, 'POST /api/v1/associations/:id/end');
      const ended = await view.endAssociation(id, orNull(request.body?.at), orNull(request.body?.reason), actor.name);
      looks.write(actor, 'dissociate', `association:${id}`, request.ip);
      return lensOf(context, request).association(ended);
    },
  });
};
