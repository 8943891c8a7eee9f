import { LatticeNoise } from './lattice-noise.ts';

/* A refrigerator for medicines (ekg.md 4, "Room", vaccine refrigerator). */

export interface RefrigeratorOptions {
  readonly seed: string;
  readonly startMs: number;
  /** Middle of the range, °C; the compressor runs from half a kelvin above to half a kelvin below. */
  readonly setpoint?: number;
  /** J/K: 30 000 to 60 000 when full. */
  readonly heatCapacity?: number;
  /** W/K: 1.5 to 3. */
  readonly loss?: number;
  /** °C around it. */
  readonly room?: number;
}

export interface RefrigeratorNow {
  /** °C of the air. */
  readonly air: number;
  /** °C of a probe in glycol, as the product feels it. */
  readonly product: number;
  readonly compressor: boolean;
}

const STEP_MS = 5_000;
/** W that the compressor takes out. */
const COOLING = 120;
const HYSTERESIS = 1;
/** An open door multiplies the loss by 10 to 20. */
const DOOR_FACTOR = 15;
/** Glycol probe: 10 to 15 min. */
const PRODUCT_TAU_S = 750;
const SENSOR_NOISE = 0.05;

/** Times are ms and move forward; an earlier one gives the present state. */
export class Refrigerator {
  private readonly noise: LatticeNoise;
  private readonly setpoint: number;
  private readonly heatCapacity: number;
  private readonly loss: number;
  private stateMs: number;
  private room: number;
  private air: number;
  private product: number;
  private compressor = false;
  private doorOpen = false;
  private powered = true;

  constructor({ seed, startMs, setpoint = 5, heatCapacity = 45_000, loss = 2, room = 22 }: RefrigeratorOptions) {
    this.noise = new LatticeNoise(`${seed}:refrigerator`);
    this.setpoint = setpoint;
    this.heatCapacity = heatCapacity;
    this.loss = loss;
    this.stateMs = startMs;
    this.room = room;
    this.air = setpoint;
    this.product = setpoint;
  }

  /** From `atMs` on: the door is left open, the plug is pulled, the room warms. */
  change(atMs: number, to: { readonly doorOpen?: boolean; readonly powered?: boolean; readonly room?: number }): void {
    this.advance(atMs);
    this.doorOpen = to.doorOpen ?? this.doorOpen;
    this.powered = to.powered ?? this.powered;
    this.room = to.room ?? this.room;
  }

  at(ms: number): RefrigeratorNow {
    this.advance(ms);
    return { air: this.air, product: this.product, compressor: this.compressor };
  }

  /** What its two sensors would say. */
  measured(ms: number): Pick<RefrigeratorNow, 'air' | 'product'> {
    const { air, product } = this.at(ms);
    const index = 2 * Math.floor(ms / STEP_MS);
    return {
      air: air + SENSOR_NOISE * this.noise.normal(index),
      product: product + SENSOR_NOISE * this.noise.normal(index + 1),
    };
  }

  private advance(ms: number): void {
    while (this.stateMs + STEP_MS <= ms) this.step(STEP_MS / 1000);
  }

  private step(seconds: number): void {
    if (this.air > this.setpoint + HYSTERESIS / 2) this.compressor = true;
    if (this.air < this.setpoint - HYSTERESIS / 2) this.compressor = false;
    if (!this.powered) this.compressor = false;
    const loss = this.loss * (this.doorOpen ? DOOR_FACTOR : 1);
    const heat = loss * (this.room - this.air) - (this.compressor ? COOLING : 0);
    this.air += (heat * seconds) / this.heatCapacity;
    this.product += (this.air - this.product) * (1 - Math.exp(-seconds / PRODUCT_TAU_S));
    this.stateMs += STEP_MS;
  }
}
