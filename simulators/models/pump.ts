/*
 * An infusion pump (ekg.md 4, "Infusion pump state machine"). Its methods are what hands do at the bedside of a
 * simulation; the gateway has no way to call them.
 */

export const pumpStates = ['standby', 'running', 'paused', 'kvo', 'complete', 'alarm-stopped'] as const;
export type PumpState = (typeof pumpStates)[number];

export type PumpAlarm = 'occlusion' | 'air-in-line' | 'battery-empty';

export interface PumpOptions {
  readonly startMs: number;
  /** mL/h, 0.1 to 1200. */
  readonly rate: number;
  /** Volume to be infused, mL. */
  readonly volume: number;
  /** Rate that keeps the vein open when all is infused, mL/h; 0: it stops. */
  readonly kvoRate?: number;
  /** Line pressure at which it alarms, mmHg: 300, 525 or 750 on pumps. */
  readonly occlusionLimit?: number;
  /** Give of line and syringe, mL/mmHg: 0.0013 to 0.002. */
  readonly compliance?: number;
  /** How long before the end it says so, min. */
  readonly nearEndMinutes?: number;
  /** Bubble that it does not let pass, uL: 50 to 100. */
  readonly bubbleLimit?: number;
  /** Start-up lag of the flow at the patient, min: 1 to 5 at low rates. */
  readonly lagMinutes?: number;
  /** How long a full battery lasts, h: 4 to 8. */
  readonly batteryHours?: number;
}

export interface PumpNow {
  readonly state: PumpState;
  readonly alarm: PumpAlarm | null;
  readonly nearEnd: boolean;
  readonly batteryLow: boolean;
  /** mL/h that the motor gives now. */
  readonly flow: number;
  /** mL/h as set. */
  readonly rate: number;
  /** mL that the pump has counted. */
  readonly infused: number;
  /** mL that have reached the patient: behind what is counted at start and while the line is blocked. */
  readonly delivered: number;
  /** mL of the volume to be infused. */
  readonly remaining: number;
  /** min at the set rate; null while nothing flows. */
  readonly minutesLeft: number | null;
  /** mmHg */
  readonly linePressure: number;
  /** % */
  readonly battery: number;
}

const STEP_MS = 1_000;
const HOUR_MS = 3_600_000;
const BATTERY_LOW_MINUTES = 30;

/** Times are ms and move forward; an earlier one gives the present state. */
export class InfusionPump {
  private readonly set: Required<Omit<PumpOptions, 'startMs' | 'rate' | 'volume'>>;
  private nowMs: number;
  private state: PumpState = 'standby';
  private alarm: PumpAlarm | null = null;
  private rate: number;
  private readonly volume: number;
  private infused = 0;
  private delivered = 0;
  private kvoVolume = 0;
  private pressure = 0;
  private blocked = false;
  private onMains = true;
  private charge = 1;
  private ranMs = 0;

  constructor({ startMs, rate, volume, ...options }: PumpOptions) {
    this.nowMs = startMs;
    this.rate = rate;
    this.volume = volume;
    this.set = {
      kvoRate: 1,
      occlusionLimit: 525,
      compliance: 0.0016,
      nearEndMinutes: 5,
      bubbleLimit: 75,
      lagMinutes: 1,
      batteryHours: 6,
      ...options,
    };
  }

  /** Also acknowledges an alarm: a line that is still blocked stops it again. */
  start(atMs: number): void {
    this.advance(atMs);
    if (this.state === 'complete' || this.state === 'kvo' || this.charge <= 0) return;
    this.alarm = null;
    this.state = 'running';
  }

  pause(atMs: number): void {
    this.advance(atMs);
    if (this.state === 'running' || this.state === 'kvo') this.state = 'paused';
  }

  setRate(atMs: number, rate: number): void {
    this.advance(atMs);
    this.rate = rate;
  }

  /** A clamp closed, or a kinked line; opening it lets the pressed volume go as a bolus. */
  occlude(atMs: number, blocked: boolean): void {
    this.advance(atMs);
    this.blocked = blocked;
    if (!blocked) {
      this.delivered += this.pressure * this.set.compliance;
      this.pressure = 0;
    }
  }

  bubble(atMs: number, microlitres: number): void {
    this.advance(atMs);
    if (microlitres > this.set.bubbleLimit && this.flow() > 0) this.stopFor('air-in-line');
  }

  mains(atMs: number, plugged: boolean): void {
    this.advance(atMs);
    this.onMains = plugged;
  }

  at(ms: number): PumpNow {
    this.advance(ms);
    const flow = this.flow();
    const remaining = Math.max(0, this.volume - this.infused);
    const minutesLeft = this.state === 'running' && this.rate > 0 ? (60 * remaining) / this.rate : null;
    return {
      state: this.state,
      alarm: this.alarm,
      nearEnd: minutesLeft !== null && minutesLeft <= this.set.nearEndMinutes,
      batteryLow: !this.onMains && this.charge * this.set.batteryHours * 60 <= BATTERY_LOW_MINUTES,
      flow,
      rate: this.rate,
      infused: this.infused + this.kvoVolume,
      delivered: this.delivered,
      remaining,
      minutesLeft,
      linePressure: this.pressure,
      battery: 100 * this.charge,
    };
  }

  private flow(): number {
    if (this.state === 'running') return this.rate;
    return this.state === 'kvo' ? Math.min(this.set.kvoRate, this.rate) : 0;
  }

  private stopFor(alarm: PumpAlarm): void {
    this.state = 'alarm-stopped';
    this.alarm = alarm;
  }

  private advance(ms: number): void {
    while (this.nowMs + STEP_MS <= ms) this.step();
  }

  private step(): void {
    this.nowMs += STEP_MS;
    const hours = STEP_MS / HOUR_MS;
    this.charge = this.onMains
      ? Math.min(1, this.charge + hours / this.set.batteryHours)
      : Math.max(0, this.charge - hours / this.set.batteryHours);
    const flow = this.flow();
    if (flow <= 0) return;
    if (this.charge === 0) {
      this.stopFor('battery-empty');
      return;
    }

    const left = this.state === 'running' ? this.volume - this.infused : Number.POSITIVE_INFINITY;
    const pushed = Math.min(flow * hours, left);
    if (this.state === 'running') this.infused += pushed;
    else this.kvoVolume += pushed;
    this.ranMs += STEP_MS;
    if (this.blocked) {
      this.pressure += pushed / this.set.compliance;
      if (this.pressure >= this.set.occlusionLimit) {
        this.stopFor('occlusion');
        return;
      }
    } else {
      const lag = this.set.lagMinutes * 60_000;
      this.delivered += pushed * (lag > 0 ? 1 - Math.exp(-this.ranMs / lag) : 1);
    }
    if (this.state === 'running' && this.infused >= this.volume) {
      this.state = this.set.kvoRate > 0 ? 'kvo' : 'complete';
    }
  }
}
