import { describe, expect, it } from 'vitest';
import { associatedSince } from '../../../dashboard/api/associations.ts';
import { parseRoute } from '../../../dashboard/route.ts';
import { alignTrends, trendInWords } from '../../../dashboard/ward/trend-data.ts';
import type { ApiTrend } from '../../../model/api.ts';
import { at, NOW } from '../../support/dashboard-ward.ts';

const trend = (metric: string, points: readonly (readonly [minutes: number, mean: number | null])[]): ApiTrend => ({
  device: 'd',
  metric,
  unit: '/min',
  bucketSeconds: 60,
  points: points.map(([minutes, mean]) => ({
    at: at(NOW + minutes * 60_000),
    min: mean === null ? null : mean - 1,
    max: mean === null ? null : mean + 1,
    mean,
    count: mean === null ? 0 : 5,
  })),
});

describe('trends', () => {
  it('put an empty bucket where buckets are missing, so that no line crosses the gap', () => {
    const { times, columns } = alignTrends([
      {
        trend: trend('heart-rate', [
          [0, 70],
          [1, 71],
          [5, 75],
        ]),
        fields: ['mean'],
      },
    ]);
    expect(times.map((second) => (second - NOW / 1000) / 60)).toEqual([0, 1, 2, 5]);
    expect(columns).toEqual([[70, 71, null, 75]]);
  });

  it('share one axis without lending each other values', () => {
    const { columns } = alignTrends([
      { trend: trend('a', [[0, 1]]), fields: ['min', 'mean'] },
      { trend: trend('b', [[1, 9]]), fields: ['mean'] },
    ]);
    expect(columns).toEqual([
      [0, null],
      [1, null],
      [null, 9],
    ]);
  });

  it('are told in words too', () => {
    const points = [
      [0, 70],
      [1, 90],
      [2, null],
    ] as const;
    expect(trendInWords(trend('a', points), 0)).toBe('69–91, last 90');
    expect(trendInWords(trend('a', []), 0)).toBe('no values');
  });

  it('begin when the device was put on this patient', () => {
    const item = (device: string, patient: string, from: number, to: number | null) => ({
      id: `${from}`,
      device,
      patient,
      place: null,
      from: at(from),
      to: to === null ? null : at(to),
    });
    const items = [
      item('d', 'p1', NOW - 9000, NOW - 5000),
      item('d', 'p1', NOW - 3000, null),
      item('e', 'p1', 1, null),
    ];
    expect(associatedSince(items, 'd', 'p1')).toBe(NOW - 3000);
    expect(associatedSince(items, 'd', 'p2')).toBeNull();
  });
});

describe('addresses', () => {
  it('lead to screens, and nowhere where there is none', () => {
    expect(parseRoute('/')).toEqual({ screen: 'wall' });
    expect(parseRoute('/bed/bed%201')).toEqual({ screen: 'bed', id: 'bed 1' });
    expect(parseRoute('/alerts/a-1')).toEqual({ screen: 'alerts', id: 'a-1' });
    expect(parseRoute('/devices')).toEqual({ screen: 'devices', id: null });
    expect(parseRoute('/bed')).toEqual({ screen: 'not-found' });
    expect(parseRoute('/bed/%zz')).toEqual({ screen: 'bed', id: '%zz' });
    expect(parseRoute('/alerts/a/b')).toEqual({ screen: 'not-found' });
  });
});
