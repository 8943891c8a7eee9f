import { describe, expect, it } from 'vitest';
import { relevantParameters } from '../../../gateway/view/relevant-parameters.ts';

describe('the parameters shown as evidence', () => {
  it('are those of the metric, and what holds for all', () => {
    const parameters = {
      limits: { spo2: { low: 90 }, 'heart-rate': { low: 50, high: 120, extremeLow: null } },
      unknownAfterSeconds: 10,
    };
    expect(relevantParameters(parameters, 'heart-rate')).toEqual({ low: 50, high: 120, unknownAfterSeconds: 10 });
  });

  it('are found however deep they stand', () => {
    const parameters = { profiles: { cold: { limits: { 'air-temperature': { high: 8 } } } }, places: { a: 'cold' } };
    expect(relevantParameters(parameters, 'air-temperature')).toEqual({ high: 8 });
  });

  it('are all of them where no metric decided', () => {
    expect(relevantParameters({ priority: 'medium', latching: ['a'] }, null)).toEqual({
      priority: 'medium',
      latching: ['a'],
    });
  });
});
