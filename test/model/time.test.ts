import { describe, expect, it } from 'vitest';
import { isRealLocalTime, localToUtc } from '../../model/time.ts';

const local = (text: string) => {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = text.split(/[-T:]/).map(Number);
  return { year, month, day, hour, minute, second };
};
const utc = (text: string, zone: string) => new Date(localToUtc(local(text), zone)).toISOString();

describe('local device time', () => {
  it('becomes UTC in summer and in winter', () => {
    expect(utc('2026-07-01T12:00:00', 'Europe/Rome')).toBe('2026-07-01T10:00:00.000Z');
    expect(utc('2026-12-01T12:00:00', 'Europe/Rome')).toBe('2026-12-01T11:00:00.000Z');
    expect(utc('2026-12-01T12:00:00', 'UTC')).toBe('2026-12-01T12:00:00.000Z');
    expect(utc('2026-07-01T00:30:00', 'America/New_York')).toBe('2026-07-01T04:30:00.000Z');
  });

  it('takes the earlier of two in the hour that is repeated', () => {
    expect(utc('2026-10-25T02:30:00', 'Europe/Rome')).toBe('2026-10-25T00:30:00.000Z');
  });

  it('takes the old offset in the hour that is skipped', () => {
    expect(utc('2026-03-29T02:30:00', 'Europe/Rome')).toBe('2026-03-29T01:30:00.000Z');
  });

  it('rejects dates that do not exist', () => {
    expect(isRealLocalTime(local('2026-02-29T00:00:00'))).toBe(false);
    expect(isRealLocalTime(local('2024-02-29T23:59:59'))).toBe(true);
    expect(isRealLocalTime(local('2026-01-01T24:00:00'))).toBe(false);
  });
});
