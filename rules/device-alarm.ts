import { z } from 'zod';
import { priorities } from '../model/alert.ts';
import type { Rule } from './kit/contract.ts';
import { stateful } from './kit/stateful.ts';

const parameters = z.strictObject({
  priorities: z
    .record(z.string(), z.enum(priorities))
    .default({})
    .describe('by status code; default: the device’s own'),
  latching: z
    .array(z.string())
    .default([])
    .describe('status codes whose alert stays after it ends, until a person resets it'),
  inhibits: z
    .record(z.string(), z.array(z.string()))
    .default({})
    .describe('by status code: the codes of alerts that mean nothing while it holds; * at the end is a prefix'),
  ignore: z.array(z.string()).default([]).describe('status codes that are no alert here'),
});

/** What devices themselves alarm about, relayed with their own words; patient and technical are kept apart. */
export const deviceAlarm: Rule<z.infer<typeof parameters>> = {
  id: 'device-alarm',
  version: 1,
  title: 'Alarm of the device',
  kind: 'technical',
  priority: 'high',
  latching: false,
  scope: 'patient',
  parameters,
  sources: [
    { fact: 'Device alarms are relayed with their own priority and text', source: 'standards.md 0.4' },
    { fact: 'Leads off inhibits what is derived from the leads', source: 'standards.md 1.7, inhibition' },
    { fact: 'Occlusion and air latch', source: 'standards.md 1.3, latching' },
  ],
  inputs: () => ({ metrics: [], statuses: ['*'] }),
  build: (settings) =>
    stateful((say) => {
      const ignored = new Set(settings.ignore);
      return {
        next(sample) {
          if (sample.kind !== 'status' || sample.role !== 'alarm' || ignored.has(sample.code)) return;
          say({
            code: sample.code,
            device: sample.device,
            state: sample.active === null ? 'unknown' : sample.active ? 'on' : 'off',
            kind: sample.alertKind,
            priority: settings.priorities[sample.code] ?? sample.priority,
            latching: settings.latching.includes(sample.code),
            at: sample.takenAt,
            message: sample.text,
            metric: null,
            value: null,
            limit: null,
            samples: [sample.id],
            inhibits: settings.inhibits[sample.code] ?? [],
          });
        },
        stop: () => {},
      };
    }),
};
