import type { Clock } from '../../model/clock.ts';

export interface BreakerLimits {
  /** Failures in a row after which a unit is only probed. */
  readonly failuresToTrip: number;
  /** The part of the bus's time that all dead units together may cost. */
  readonly probeShare: number;
  readonly firstProbeMs: number;
  readonly longestProbeMs: number;
}

export const defaultBreaker: BreakerLimits = {
  failuresToTrip: 3,
  probeShare: 0.1,
  firstProbeMs: 2000,
  longestProbeMs: 60_000,
};

export interface UnitBreaker {
  /** Null: go on. Otherwise the time of the unit's next probe. */
  refusedUntil(unitId: number): number | null;
  succeeded(unitId: number): void;
  /** `costMs`: how long the bus was not to be used because of it. */
  failed(unitId: number, costMs: number): void;
  /** Forgets all failures: the engineer has repaired something. */
  reset(): void;
  readonly tripped: readonly number[];
}

interface Unit {
  failures: number;
  askedAt: number;
  nextProbeAt: number;
  intervalMs: number;
}

/**
 * Keeps a dead unit from taking the bus away from the living (peers.md 3). After some failures a unit is asked only at
 * its probe times. These are given out from one row of slots for the whole bus, so far apart that all dead units
 * together cost no more than their share; each unit has its own, so none starves.
 */
export const createUnitBreaker = (clock: Clock, limits: BreakerLimits = defaultBreaker): UnitBreaker => {
  const units = new Map<number, Unit>();
  let nextSlotAt = 0;

  const unitOf = (unitId: number): Unit => {
    let unit = units.get(unitId);
    if (!unit) {
      unit = { failures: 0, askedAt: 0, nextProbeAt: 0, intervalMs: limits.firstProbeMs };
      units.set(unitId, unit);
    }
    return unit;
  };
  const isTripped = (unit: Unit): boolean => unit.failures >= limits.failuresToTrip;

  /** Alone on its bus, a dead unit takes nothing from anybody: it may be asked as often as its poller likes. */
  const othersLive = (unitId: number): boolean => {
    const since = clock.now() - limits.longestProbeMs;
    for (const [id, unit] of units) if (id !== unitId && !isTripped(unit) && unit.askedAt >= since) return true;
    return false;
  };

  const reserve = (unit: Unit, costMs: number): void => {
    unit.nextProbeAt = Math.max(clock.now() + unit.intervalMs, nextSlotAt);
    nextSlotAt = unit.nextProbeAt + costMs / limits.probeShare;
    unit.intervalMs = Math.min(limits.longestProbeMs, unit.intervalMs * 2);
  };

  return {
    refusedUntil(unitId) {
      const unit = unitOf(unitId);
      unit.askedAt = clock.now();
      if (!isTripped(unit) || !othersLive(unitId)) return null;
      if (clock.now() < unit.nextProbeAt) return unit.nextProbeAt;
      // Until this probe's outcome is known no second one may start.
      unit.nextProbeAt = clock.now() + unit.intervalMs;
      return null;
    },
    succeeded(unitId) {
      const unit = unitOf(unitId);
      unit.failures = 0;
      unit.intervalMs = limits.firstProbeMs;
    },
    failed(unitId, costMs) {
      const unit = unitOf(unitId);
      unit.failures++;
      if (isTripped(unit)) reserve(unit, costMs);
    },
    reset() {
      for (const unit of units.values()) {
        unit.failures = 0;
        unit.intervalMs = limits.firstProbeMs;
      }
      nextSlotAt = 0;
    },
    get tripped() {
      return [...units].filter(([, unit]) => isTripped(unit)).map(([id]) => id);
    },
  };
};
