import swagger from '@fastify/swagger';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  alertSchema,
  associationSchema,
  auditSchema,
  deadLetterSchema,
  deviceSchema,
  evidenceSchema,
  limitSchema,
  liveFrameSchema,
  meSchema,
  metricSchema,
  patientSchema,
  placeSchema,
  problemSchema,
  readinessSchema,
  readingSchema,
  screenFrameSchema,
  sinkSchema,
  tokenSchema,
  trendSchema,
  userSchema,
  waveformSchema,
} from '../../model/api.ts';
import type { App } from './routes/kit.ts';

const named = {
  Alert: alertSchema,
  Association: associationSchema,
  AuditEntry: auditSchema,
  DeadLetter: deadLetterSchema,
  Device: deviceSchema,
  Evidence: evidenceSchema,
  Limit: limitSchema,
  LiveFrame: liveFrameSchema,
  Me: meSchema,
  Metric: metricSchema,
  Patient: patientSchema,
  Place: placeSchema,
  Problem: problemSchema,
  Readiness: readinessSchema,
  Reading: readingSchema,
  ScreenFrame: screenFrameSchema,
  Sink: sinkSchema,
  Token: tokenSchema,
  Trend: trendSchema,
  User: userSchema,
  Waveform: waveformSchema,
};

const schemaRegistry = z.registry<{ id?: string }>();
for (const [id, schema] of Object.entries(named)) schemaRegistry.add(schema, { id });

const jsonTransform = createJsonSchemaTransform({ schemaRegistry });
const jsonObject = createJsonSchemaTransformObject({ schemaRegistry });

const PERMISSION_NOTE = 'x-permission';

/** The description of the API is made from the schemas that check it, so the two cannot differ. */
export const describeApi = async (app: App, version: string): Promise<void> => {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Wardwire',
        version,
        description:
          'Readings, alerts and records of a ward. Wardwire is a secondary system: the device at the bedside stays the primary alarm.',
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'An API token, ww_…' },
          session: { type: 'apiKey', in: 'cookie', name: 'wardwire', description: 'Set by POST /api/v1/session' },
        },
      },
    },
    transform: (document) => {
      const { schema, url } = jsonTransform(document);
      const permission = document.route.config?.permission;
      const needed = typeof permission === 'object' ? permission.local : permission;
      return {
        schema: {
          ...schema,
          security: permission === 'public' ? [] : [{ token: [] }, { session: [] }],
          [PERMISSION_NOTE]: needed,
        },
        url,
      };
    },
    transformObject: (document) => {
      const described = jsonObject(document);
      const { components } = described as { components?: { schemas?: Record<string, unknown> } };
      // Nothing is ever sent to the gateway in these shapes.
      for (const id of Object.keys(named)) if (components?.schemas) delete components.schemas[`${id}Input`];
      return described;
    },
  });

  app.get('/api/v1/openapi.json', {
    config: { permission: 'public' },
    schema: { tags: ['operations'], summary: 'This description' },
    handler: async () => app.swagger(),
  });
};
