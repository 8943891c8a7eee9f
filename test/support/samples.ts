import { metricOf } from '../../model/metrics.ts';
import type { NumericSample, StatusSample } from '../../model/sample.ts';

/** Event time at which test samples begin. */
export const START = Date.UTC(2026, 0, 1);

const common = (device: string, seconds: number) => {
  const at = START + seconds * 1000;
  return {
    device,
    measurement: `m${seconds}`,
    takenAt: at,
    receivedAt: at,
    timeSource: 'gateway',
    deviceTime: null,
    clockOffsetMs: null,
    patient: null,
    place: null,
    quality: 'good',
    reasons: [],
    frame: { digest: '00' },
  } as const;
};

let made = 0;

/** A numeric sample `seconds` after the start; null: no value. */
export const numeric = (
  metric: string,
  seconds: number,
  value: number | null,
  change: Partial<NumericSample> = {},
): NumericSample => ({
  ...common(change.device ?? 'd1', seconds),
  id: `s${made++}`,
  kind: 'numeric',
  metric,
  value,
  unit: metricOf(metric).unit,
  original: null,
  comparator: null,
  context: {},
  ...(value === null ? { quality: 'missing', reasons: ['not-measured'] } : {}),
  ...change,
});

/** A status sample `seconds` after the start. */
export const status = (
  code: string,
  seconds: number,
  active: boolean | null,
  change: Partial<StatusSample> = {},
): StatusSample => ({
  ...common(change.device ?? 'd1', seconds),
  id: `s${made++}`,
  kind: 'status',
  code,
  active,
  role: 'alarm',
  alertKind: 'technical',
  priority: 'high',
  text: code,
  detail: null,
  mdc: null,
  ...change,
});
