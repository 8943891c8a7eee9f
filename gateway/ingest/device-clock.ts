import type { DriverClock } from '../../drivers/kit/contract.ts';
import { localToUtc } from '../../model/time.ts';

/** How far a device's clock is from the gateway's. */
export interface ClockEstimate {
  /** Device minus gateway, ms. */
  readonly offsetMs: number;
  readonly readAt: number;
}

/** Reads the offset off a device's own clock. `zone` is the site's: devices have no zone of their own. */
export const estimateClock = (reading: DriverClock, receivedAt: number, zone: string): ClockEstimate => ({
  offsetMs: localToUtc(reading.local, zone) - receivedAt,
  readAt: receivedAt,
});

/** Below this a spot meter's clock counts as right: its display has no seconds (standards.md 6.1: warn above 60 s). */
export const CLOCK_TOLERANCE_MS = 60_000;

/** A device time further ahead than this is not believed (standards.md 7.1). */
export const FUTURE_TOLERANCE_MS = 120_000;
