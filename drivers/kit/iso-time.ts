import { type DeviceTime, isRealLocalTime, type LocalTime } from '../../model/time.ts';

const pattern =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|z|[+-]\d{2}(?::?\d{2})?)?$/;

const offsetMs = (zone: string): number | null => {
  if (/^z$/i.test(zone)) return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || 0);
  if (hours > 14 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
};

/**
 * An ISO 8601 date and time. With a zone it is a moment; without, it is local time of the device. Null for anything
 * else, and for dates that do not exist: `Date.parse` would turn 30 February into 2 March.
 */
export const parseIsoTime = (text: string): DeviceTime | null => {
  const parts = text.length <= 40 ? pattern.exec(text) : null;
  if (!parts) return null;
  const [, year, month, day, hour, minute, second, fraction = '', zone] = parts;
  const local: LocalTime = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second ?? 0),
  };
  if (!isRealLocalTime(local)) return null;
  if (zone === undefined) return { kind: 'local', local, text };
  const offset = offsetMs(zone);
  if (offset === null) return null;
  const whole = Date.UTC(local.year, local.month - 1, local.day, local.hour, local.minute, local.second);
  return { kind: 'utc', ms: whole + Math.floor(Number(`0.${fraction || 0}`) * 1000) - offset, text };
};
