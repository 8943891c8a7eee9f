import { z } from 'zod';
import { priorities } from '../model/alert.ts';
import type { Rule } from './kit/contract.ts';
import { seconds, toMs } from './kit/seconds.ts';
import { stateful } from './kit/stateful.ts';

const parameters = z.strictObject({
  priority: z.enum(priorities).default('medium'),
  silentAfterSeconds: z
    .record(z.string(), z.number().positive())
    .default({})
    .describe('s, by device; default: what its driver or the site says'),
  neverSeenAfterSeconds: seconds('how long after the start a device that never spoke is an alert').default(60),
});

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
      let cancel = () => {};
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
          message:
            since === null
              ? `${device.name}: no data since the start`
              : `${device.name}: no data, last one ${Math.round((clock.now() - since) / 1000)} s ago`,
          metric: null,
          value: null,
          limit: silentAfterMs === null ? null : silentAfterMs / 1000,
          samples: lastSample === null ? [] : [lastSample],
          inhibits: ['*'],
        });
      };

      const wait = (ms: number, since: number | null): void => {
        cancel();
        cancel = clock.at(clock.now() + ms, () => tell(true, since));
      };

      if (silentAfterMs !== null) wait(Math.max(silentAfterMs, toMs(neverSeenAfterSeconds)), null);
      return {
        next(sample) {
          lastSample = sample.id;
          if (isSilent !== false) tell(false, sample.receivedAt);
          if (silentAfterMs !== null) wait(silentAfterMs, sample.receivedAt);
        },
        stop: () => cancel(),
      };
    }),
};
