import type { Clock } from '../../model/clock.ts';

export type Grade = 'inside' | 'beyond' | 'extreme';

export interface LimitSettings {
  readonly direction: 'high' | 'low';
  /** Beyond this it is a violation. */
  readonly limit: number;
  /** Beyond this it is one at once, whatever the delay; null: none. */
  readonly extreme: number | null;
  /** How far back inside the limit a value must be to end it. */
  readonly hysteresis: number;
  readonly onDelayMs: number;
  readonly extremeDelayMs: number;
  readonly offDelayMs: number;
  /** A change by so much within so long that ends beyond the limit bypasses the delay; null: none. */
  readonly fastChange: { readonly by: number; readonly withinMs: number } | null;
  /** How long values may be unusable before the condition is unknown. */
  readonly unknownAfterMs: number;
}

export type LimitState = 'off' | 'on' | 'unknown';

export interface LimitVerdict {
  readonly state: LimitState;
  readonly extreme: boolean;
  /** The worst value of this violation, or the last one. */
  readonly value: number | null;
  readonly at: number;
}

/**
 * One limit with hysteresis, on-delay with bypass, and off-delay. Timers count from the event time of the first value
 * that crossed, on the injected clock. An unusable value never means "off": it leaves things as they are for a while,
 * then the state is unknown.
 */
export const createLimitWatch = (settings: LimitSettings, clock: Clock, say: (verdict: LimitVerdict) => void) => {
  const sign = settings.direction === 'high' ? 1 : -1;
  const isBeyond = (value: number, limit: number): boolean => sign * (value - limit) > 0;
  const worse = (a: number, b: number | null): number => (b === null || sign * (a - b) > 0 ? a : b);

  let state: LimitState | 'unsaid' = 'unsaid';
  let extreme = false;
  let worst: number | null = null;
  /** Values within the window of `fastChange`. */
  let recent: { readonly at: number; readonly value: number }[] = [];
  let cancelOn: (() => void) | null = null;
  let cancelExtreme: (() => void) | null = null;
  let cancelOff: (() => void) | null = null;
  let cancelUnknown: (() => void) | null = null;

  const tell = (next: LimitState, value: number | null, at: number): void => {
    state = next;
    say({ state: next, extreme: next === 'on' && extreme, value, at });
  };

  const stopOn = (): void => {
    cancelOn?.();
    cancelExtreme?.();
    cancelOn = cancelExtreme = null;
  };

  const turnOn = (isExtreme: boolean): void => {
    stopOn();
    extreme ||= isExtreme;
    tell('on', worst, clock.now());
  };

  const turnOff = (value: number, at: number): void => {
    stopOn();
    cancelOff?.();
    cancelOff = null;
    extreme = false;
    worst = null;
    tell('off', value, at);
  };

  const isFast = (value: number, at: number): boolean => {
    const { fastChange } = settings;
    if (!fastChange) return false;
    recent = recent.filter((old) => at - old.at <= fastChange.withinMs);
    const fast = recent.some((old) => sign * (value - old.value) >= fastChange.by);
    recent.push({ at, value });
    return fast;
  };

  const beyond = (value: number, at: number, fast: boolean): void => {
    cancelOff?.();
    cancelOff = null;
    const grew = worst === null || sign * (value - worst) > 0;
    worst = worse(value, worst);
    const isExtreme = settings.extreme !== null && isBeyond(value, settings.extreme);
    if (state === 'on') {
      if (isExtreme && !extreme) turnOn(true);
      else if (grew) tell('on', worst, at);
      return;
    }
    if (isExtreme && settings.extremeDelayMs === 0) turnOn(true);
    else if (settings.onDelayMs === 0 || fast) turnOn(isExtreme);
    else {
      if (isExtreme) cancelExtreme ??= clock.at(at + settings.extremeDelayMs, () => turnOn(true));
      cancelOn ??= clock.at(at + settings.onDelayMs, () => turnOn(false));
    }
  };

  const inside = (value: number, at: number): void => {
    if (state !== 'on') {
      stopOn();
      worst = null;
      if (state !== 'off') turnOff(value, at);
      return;
    }
    const clear = settings.limit - sign * settings.hysteresis;
    if (isBeyond(value, clear)) {
      cancelOff?.();
      cancelOff = null;
    } else if (settings.offDelayMs === 0) turnOff(value, at);
    else cancelOff ??= clock.at(at + settings.offDelayMs, () => turnOff(value, clock.now()));
  };

  return {
    value(value: number, at: number): void {
      cancelUnknown?.();
      cancelUnknown = null;
      const fast = isFast(value, at);
      if (state === 'unknown') state = extreme || worst !== null ? 'on' : 'unsaid';
      if (isBeyond(value, settings.limit)) beyond(value, at, fast);
      else inside(value, at);
    },
    /** A value came that cannot be used. */
    unusable(at: number): void {
      if (state === 'unknown') return;
      cancelUnknown ??= clock.at(at + settings.unknownAfterMs, () => {
        cancelUnknown = null;
        stopOn();
        cancelOff?.();
        cancelOff = null;
        const wasOn = state === 'on';
        if (!wasOn) worst = null;
        tell('unknown', worst, clock.now());
      });
    },
    stop(): void {
      stopOn();
      cancelOff?.();
      cancelUnknown?.();
    },
  };
};

export type LimitWatch = ReturnType<typeof createLimitWatch>;
