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

/** How far back inside ends a violation. */
export const clearOf = ({ direction, limit, hysteresis }: LimitSettings): number =>
  direction === 'high' ? limit - hysteresis : limit + hysteresis;

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
    if (isExtreme) stopOn();
    cancelOn?.();
    cancelOn = null;
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

  const beyond = (value: number, at: number, fast: boolean, isRestated: boolean): void => {
    cancelOff?.();
    cancelOff = null;
    const grew = worst === null || sign * (value - worst) > 0;
    worst = worse(value, worst);
    const isExtreme = settings.extreme !== null && isBeyond(value, settings.extreme);
    if (!isExtreme) {
      cancelExtreme?.();
      cancelExtreme = null;
    } else if (!extreme) {
      if (settings.extremeDelayMs === 0 || fast) {
        turnOn(true);
        return;
      }
      cancelExtreme ??= clock.at(at + settings.extremeDelayMs, () => turnOn(true));
    }
    if (state === 'on') {
      if (grew || isRestated) tell('on', worst, at);
    } else if (settings.onDelayMs === 0 || fast) turnOn(false);
    else cancelOn ??= clock.at(at + settings.onDelayMs, () => turnOn(false));
  };

  const inside = (value: number, at: number, isRestated: boolean): void => {
    stopOn();
    if (state !== 'on') {
      worst = null;
      if (state !== 'off') turnOff(value, at);
      return;
    }
    const isBack = !isBeyond(value, clearOf(settings));
    if (isRestated && (!isBack || settings.offDelayMs > 0)) tell('on', worst, at);
    if (!isBack) {
      cancelOff?.();
      cancelOff = null;
    } else if (settings.offDelayMs === 0) turnOff(value, at);
    else cancelOff ??= clock.at(at + settings.offDelayMs, () => turnOff(value, clock.now()));
  };

  const lose = (): void => {
    cancelUnknown?.();
    cancelUnknown = null;
    if (state === 'unknown') return;
    stopOn();
    cancelOff?.();
    cancelOff = null;
    if (state !== 'on') worst = null;
    tell('unknown', worst, clock.now());
  };

  return {
    value(value: number, at: number): void {
      cancelUnknown?.();
      cancelUnknown = null;
      const fast = isFast(value, at);
      // Known again: what was on still is, until a value says otherwise, and that is said.
      const isRestated = state === 'unknown' && worst !== null;
      if (state === 'unknown') state = isRestated ? 'on' : 'unsaid';
      if (isBeyond(value, settings.limit)) beyond(value, at, fast, isRestated);
      else inside(value, at, isRestated);
    },
    /** A value came that cannot be used. */
    unusable(at: number): void {
      if (state === 'unknown') return;
      cancelUnknown ??= clock.at(at + settings.unknownAfterMs, lose);
    },
    /** No value has come for too long. */
    lose,
    /** True where a value inside the limit would change nothing at all. */
    get isQuiet(): boolean {
      return state === 'off' && !cancelOn && !cancelExtreme && !cancelUnknown && settings.fastChange === null;
    },
    stop(): void {
      stopOn();
      cancelOff?.();
      cancelUnknown?.();
    },
  };
};

export type LimitWatch = ReturnType<typeof createLimitWatch>;
