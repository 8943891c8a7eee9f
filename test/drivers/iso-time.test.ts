import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIsoTime } from '../../drivers/kit/iso-time.ts';

describe('ISO 8601 times', () => {
  it('are the moments that the platform reads, where they have a zone', () => {
    const date = fc.date({ min: new Date('1980-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(date, (moment) => {
        expect(parseIsoTime(moment.toISOString())).toMatchObject({ kind: 'utc', ms: moment.getTime() });
      }),
    );
    for (const text of ['2020-05-29T19:47:19+00:00', '2026-11-26T01:15:00-09:30', '2026-11-26T12:00Z']) {
      expect(parseIsoTime(text)).toMatchObject({ kind: 'utc', ms: Date.parse(text), text });
    }
  });

  it('are local where they have none', () => {
    expect(parseIsoTime('2018-03-02T18:25:03')).toEqual({
      kind: 'local',
      local: { year: 2018, month: 3, day: 2, hour: 18, minute: 25, second: 3 },
      text: '2018-03-02T18:25:03',
    });
  });

  it.each([
    '2026-02-30T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00:60Z',
    '2026-01-01',
    '26-01-01T00:00:00Z',
    '2026-01-01T00:00:00+25:00',
    '2026-01-01T00:00:00Z ',
    'now',
    '',
  ])('are refused in the form %o', (text) => expect(parseIsoTime(text)).toBeNull());
});
