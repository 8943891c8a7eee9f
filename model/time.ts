/** A date and time as a device shows it: no zone, so not yet a moment. Months and days count from 1. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** What a device says about when it measured. `text` is kept for evidence. */
export type DeviceTime =
  | { readonly kind: 'utc'; readonly ms: number; readonly text: string }
  | { readonly kind: 'local'; readonly local: LocalTime; readonly text: string };

/** How the event time was chosen (standards.md 7.1). */
export const timeSources = ['device', 'device-corrected', 'gateway'] as const;
export type TimeSource = (typeof timeSources)[number];

/** True for a calendar date that exists and a time of day in range. */
export const isRealLocalTime = (local: LocalTime): boolean => {
  const ms = Date.UTC(local.year, local.month - 1, local.day, local.hour, local.minute, local.second);
  const back = new Date(ms);
  return (
    back.getUTCFullYear() === local.year &&
    back.getUTCMonth() === local.month - 1 &&
    back.getUTCDate() === local.day &&
    back.getUTCHours() === local.hour &&
    back.getUTCMinutes() === local.minute &&
    back.getUTCSeconds() === local.second
  );
};

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Offset of a zone from UTC at a moment, in ms (positive east of Greenwich). `zone` is an IANA name. */
export const zoneOffset = (ms: number, zone: string): number => {
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(zone, formatter);
  }
  const parts: Record<string, number> = {};
  for (const part of formatter.formatToParts(ms)) parts[part.type] = Number(part.value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
};

/**
 * The moment of a local time in a zone. In the hour that a clock change repeats, the earlier reading is taken;
 * in the hour that it skips, the time as if the change had not yet happened.
 */
export const localToUtc = (local: LocalTime, zone: string): number => {
  const asUtc = Date.UTC(local.year, local.month - 1, local.day, local.hour, local.minute, local.second);
  const candidates = [asUtc - 86_400_000, asUtc + 86_400_000].map((near) => asUtc - zoneOffset(near, zone));
  const exact = candidates.filter((ms) => ms + zoneOffset(ms, zone) === asUtc);
  return exact.length > 0 ? Math.min(...exact) : Math.max(...candidates);
};

export const isoTime = (ms: number): string => new Date(ms).toISOString();
