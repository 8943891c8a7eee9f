import type { RuleOverride } from '../rules/rule-settings.ts';

/** A person who watches should see within two minutes what a door otherwise takes a quarter of an hour for. */
export const demoOverrides: readonly RuleOverride[] = [
  {
    subject: { kind: 'place', id: 'medicines' },
    by: 'demo',
    reason: 'shows an open door within a minute',
    rules: {
      'storage-climate': {
        profiles: {
          'medicines-refrigerator': {
            limits: { 'air-temperature': { onDelaySeconds: 15, extremeDelaySeconds: 10, offDelaySeconds: 10 } },
          },
        },
      },
    },
  },
];
