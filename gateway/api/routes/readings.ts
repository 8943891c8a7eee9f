import { z } from 'zod';
import { readingSchema, trendSchema, waveformSchema } from '../../../model/api.ts';
import type { ReadingQuery } from '../ports.ts';
import { HttpProblem } from '../problem.ts';
import {
  actorOf,
  answers,
  emptyPage,
  idSchema,
  lensOf,
  limitSchema,
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

const readingFields = {
  device: idSchema.optional(),
  patient: idSchema.optional(),
  place: idSchema.optional(),
  metric: idSchema.optional(),
  ...spanFields,
  ...pageFields,
};

const DAY_MS = 86_400_000;

/** A metric that does not exist is a mistake, not an empty list. */
const knownMetric = (context: RouteContext, metric: string | undefined): string | null => {
  if (metric === undefined || context.view.metrics().some(({ id }) => id === metric)) return orNull(metric);
  throw new HttpProblem(400, 'validation', 'query.metric: no such metric', {
    hint: 'See /api/v1/metrics-catalogue for the metrics there are.',
    more: { fields: [{ field: 'query.metric', problem: 'no such metric' }] },
  });
};

export const readingRoutes: Routes = (app, context) => {
  const { view, looks, clock } = context;
  const tags = ['readings'];

  app.get('/api/v1/readings', {
    config: { permission: 'readings:read' },
    schema: {
      tags,
      summary: 'Readings, newest first',
      querystring: querySchema(readingFields),
      response: answers(listOf(readingSchema)),
    },
    handler: async (request) => {
      const { device, place, metric } = request.query;
      const lens = lensOf(context, request);
      const patient = meantPatient(context, lens, request.query.patient);
      const query: ReadingQuery = {
        ...pageOf(request.query),
        ...spanOf(request.query),
        device: orNull(device),
        patient: patient.id,
        place: orNull(place),
        metric: knownMetric(context, metric),
      };
      const page = patient.nobody ? emptyPage : await view.readings(query);
      looks.patients(
        actorOf(request),
        'read',
        page.items.map((item) => item.patient),
        request.ip,
      );
      return listAnswer(page, lens.reading);
    },
  });

  app.get('/api/v1/waveforms', {
    config: { permission: 'readings:read' },
    schema: {
      tags,
      summary: 'Stored waves, in runs of equally spaced samples',
      querystring: querySchema({ ...readingFields, limit: limitSchema.describe('Runs a page holds') }),
      response: answers(listOf(waveformSchema)),
    },
    handler: async (request) => {
      const { device, place, metric } = request.query;
      const lens = lensOf(context, request);
      const patient = meantPatient(context, lens, request.query.patient);
      const query: ReadingQuery = {
        ...pageOf(request.query),
        ...spanOf(request.query),
        device: orNull(device),
        patient: patient.id,
        place: orNull(place),
        metric: knownMetric(context, metric),
      };
      const page = patient.nobody ? emptyPage : await view.waveforms(query);
      looks.patients(
        actorOf(request),
        'read',
        page.items.map((item) => item.patient),
        request.ip,
      );
      return listAnswer(page, lens.waveform);
    },
  });

  app.get('/api/v1/trends', {
    config: { permission: 'readings:read' },
    schema: {
      tags,
      summary: 'One metric of one device over time, in buckets',
      querystring: querySchema({
        device: idSchema,
        metric: idSchema,
        from: momentSchema.optional().describe('Default: a day before `to`'),
        to: momentSchema.optional().describe('Default: now'),
        points: z.coerce.number().int().min(1).max(5000).default(240).describe('About how many buckets are wanted'),
      }),
      response: answers(trendSchema),
    },
    handler: async (request) => {
      const { device, metric, points } = request.query;
      const to = request.query.to ?? clock.now();
      const from = request.query.from ?? to - DAY_MS;
      spanOf({ from, to });
      knownMetric(context, metric);
      const trend = await view.trend({ device, metric, from, to, points });
      const patient = view.device(device)?.patient ?? null;
      looks.patients(actorOf(request), 'read', [patient], request.ip);
      return trend;
    },
  });
};
