import { z } from 'zod';
import { priorities } from '../model/alert.ts';
import type { Rule } from './kit/contract.ts';
import { createDeadline } from './kit/deadline.ts';
import { seconds, toMs } from './kit/seconds.ts';
import { stateful } from './kit/stateful.ts';

const parameters = z.strictObject({
  priority: z.enum(priorities).default('medium').describe('of the alert'),
  silentAfterSeconds: z
    .record(z.string(), z.number().positive())
    .default({})
    .describe('s, by device; default: what its driver or the site says'),
  neverSeenAfterSeconds: seconds('how long after the start a device that never spoke is an alert').default(60),
});

const messageOf = (name: string, isSilent: boolean, ageMs: number | null): string => {
  if (!isSilent) return `${name}: data again`;
  return ageMs === null
    ? `${name}: no data since the start`
    : `${name}: no data, last one ${Math.round(ageMs / 1000)} s ago`;
};

/**
 * No data is a condition of its own, never "normal" (promise 4). While it holds, what the device said last is no longer
 * known: its other alerts are inhibited, not cleared.
 */
export const deviceSilent: Rule<z.infer<typeof parameters>> = {
  id: 'device-silent',
  version: 1,
  title: 'Device has stopped sending',
  kind: 'technical',
  priority: 'medium',
  latching: false,
  scope: 'device',
  acceptsLate: true,
  parameters,
  sources: [
    { fact: 'No data is a timed alert state of its own', source: 'screens-and-alarms.md 0.4' },
    { fact: 'Communication loss after 2 to 3 missed polls', source: 'standards.md 1.8' },
    { fact: 'How long each device may be silent', source: 'its driver (protocols.md) or the site' },
  ],
  inputs: () => ({ metrics: ['*'], statuses: ['*'] }),
  build: ({ priority, silentAfterSeconds, neverSeenAfterSeconds }, { clock, device }) =>
    stateful((say) => {
      if (!device) return { next: () => {}, stop: () => {} };
      const own = silentAfterSeconds[device.id];
      const silentAfterMs = own === undefined ? device.silentAfterMs : toMs(own);
      let lastSample: string | null = null;
      let isSilent: boolean | null = null;

      const tell = (silent: boolean, since: number | null): void => {
        isSilent = silent;
        say({
          code: 'device-silent',
          device: device.id,
          state: silent ? 'on' : 'off',
          kind: 'technical',
          priority,
          latching: false,
          at: clock.now(),
          message: messageOf(device.name, silent, since === null ? null : clock.now() - since),
          metric: null,
          value: null,
          limit: silentAfterMs === null ? null : silentAfterMs / 1000,
          samples: lastSample === null ? [] : [lastSample],
          inhibits: ['*'],
        });
      };

      // A field is written in place; a number in a closure would be a new object for each sample.
      const seen = { at: clock.now() };
      /** Until the first sample the wait is for a first one. */
      let deadline =
        silentAfterMs === null
          ? null
          : createDeadline(
              clock,
              Math.max(silentAfterMs, toMs(neverSeenAfterSeconds)),
              () => seen.at,
              () => tell(true, null),
            );
      return {
        next(sample) {
          lastSample = sample.id;
          seen.at = clock.now();
          if (isSilent === false) return;
          tell(false, seen.at);
          if (silentAfterMs === null) return;
          deadline?.stop();
          deadline = createDeadline(
            clock,
            silentAfterMs,
            () => seen.at,
            () => tell(true, seen.at),
          );
        },
        stop: () => deadline?.stop(),
      };
    }),
};
