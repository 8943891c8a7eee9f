import { describe, expect, it } from 'vitest';
import { metrics, resolveMetric } from '../../model/metrics.ts';

describe('the names of metrics', () => {
  it('find each metric by its id', () => {
    for (const metric of metrics) expect(resolveMetric(metric.id)).toBe(metric);
  });

  it('give a code that two metrics share to the continuous one', () => {
    expect(resolveMetric('8867-4')?.id).toBe('heart-rate');
    expect(resolveMetric('8310-5')?.id).toBe('body-temperature');
    expect(resolveMetric('MDC_TEMP')?.id).toBe('body-temperature');
    expect(resolveMetric('14743-9')?.id).toBe('glucose');
    expect(resolveMetric('MDC_PULS_RATE_NON_INV')?.id).toBe('nibp-pulse-rate');
  });

  it('find nothing under a name that is none', () => {
    for (const name of ['', '__proto__', 'constructor', 'heart rate']) expect(resolveMetric(name)).toBeNull();
  });
});
