import { AIR_DENSITY, AIR_HEAT, moistureOf, relativeHumidity } from './air.ts';
import { LatticeNoise } from './lattice-noise.ts';

/* A room with people, ventilation and a door (ekg.md 4, "Room"; CO2: standards.md 5.3, "Ventilation"). */

export interface RoomParameters {
  /** m^3 */
  readonly volume: number;
  /** J/K, furniture included. */
  readonly heatCapacity: number;
  /** W/K to the outside. */
  readonly loss: number;
  /** Fresh air changes per hour while the ventilation runs, and while it does not. */
  readonly airChanges: number;
  readonly leakage: number;
  /** Changes per hour of the room's own air over the coil. */
  readonly recirculation: number;
  /** What the ventilation steers to, °C and %RH. */
  readonly temperature: number;
  readonly humidity: number;
  /** Supply less exhaust, m^3/s: what keeps the pressure difference; 0: none. */
  readonly surplus: number;
  /** W of lamps and machines. */
  readonly equipment: number;
}

/** A bed room: 6 air changes per hour (ICU 6 to 12). The surplus gives about 10 Pa over the leaks. */
export const wardRoom: RoomParameters = {
  volume: 60,
  heatCapacity: 5e5,
  loss: 45,
  airChanges: 6,
  leakage: 0.2,
  recirculation: 0,
  temperature: 22,
  humidity: 45,
  surplus: 0.049,
  equipment: 150,
};

/** A records room: cool, dry and hardly aired, for stability (standards.md 5.1 and 5.3: 0.1 to 0.5 per hour). */
export const recordsRoom: RoomParameters = {
  ...wardRoom,
  volume: 120,
  heatCapacity: 4e6,
  airChanges: 0.5,
  leakage: 0.1,
  recirculation: 2,
  temperature: 17,
  humidity: 42,
  surplus: 0,
  equipment: 0,
};

export interface RoomInputs {
  readonly people: number;
  readonly doorOpen: boolean;
  readonly ventilation: boolean;
  /** °C and %RH outside the building, and °C in the corridor. */
  readonly outside: number;
  readonly outsideHumidity: number;
  readonly corridor: number;
}

const usualInputs: RoomInputs = {
  people: 0,
  doorOpen: false,
  ventilation: true,
  outside: 12,
  outsideHumidity: 70,
  corridor: 22,
};

export interface RoomNow {
  /** °C */
  readonly temperature: number;
  /** % */
  readonly humidity: number;
  /** ppm */
  readonly co2: number;
  /** Pa against the corridor. */
  readonly differentialPressure: number;
}

const STEP_MS = 5_000;
const OUTSIDE_CO2 = 420;
/** L/s of CO2, W of heat and kg/s of moisture by a person at rest. */
const PERSON = { co2: 0.0052, heat: 70, moisture: 0.05 / 3600 };
const DOOR = { area: 2, height: 2, discharge: 0.6 };
const LEAK_AREA = 0.02;
const GRAVITY = 9.81;
/** Supply air: how hard the control answers, and what the coil can do, °C. */
const CONTROL = { gain: 5, coldest: 12, warmest: 35 };
/** Noise of a sensor (ekg.md 4): °C, %RH; of CO2 and pressure ours. */
const SENSOR_NOISE = { temperature: 0.05, humidity: 0.5, co2: 5, differentialPressure: 0.3 };

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

export interface RoomOptions {
  readonly seed: string;
  readonly startMs: number;
  readonly parameters?: RoomParameters;
  readonly inputs?: Partial<RoomInputs>;
}

/** Times are ms and move forward; an earlier one gives the present state. */
export class Room {
  private readonly room: RoomParameters;
  private readonly noise: LatticeNoise;
  private inputs: RoomInputs;
  private stateMs: number;
  private temperature: number;
  private moisture: number;
  private co2 = OUTSIDE_CO2;

  constructor({ seed, startMs, parameters = wardRoom, inputs = {} }: RoomOptions) {
    this.room = parameters;
    this.noise = new LatticeNoise(`${seed}:room`);
    this.inputs = { ...usualInputs, ...inputs };
    this.stateMs = startMs;
    this.temperature = parameters.temperature;
    this.moisture = moistureOf(parameters.humidity, parameters.temperature);
  }

  /** From `atMs` on: people come, a door stands open, the ventilation fails. */
  change(atMs: number, inputs: Partial<RoomInputs>): void {
    this.advance(atMs);
    this.inputs = { ...this.inputs, ...inputs };
  }

  /** What is so. */
  at(ms: number): RoomNow {
    this.advance(ms);
    return {
      temperature: this.temperature,
      humidity: relativeHumidity(this.moisture, this.temperature),
      co2: this.co2,
      differentialPressure: this.pressure(),
    };
  }

  /** What sensors in the room would say. */
  measured(ms: number): RoomNow {
    const now = this.at(ms);
    const index = 4 * Math.floor(ms / STEP_MS);
    const noise = (channel: number, size: number) => size * this.noise.normal(index + channel);
    return {
      temperature: now.temperature + noise(0, SENSOR_NOISE.temperature),
      humidity: clamp(now.humidity + noise(1, SENSOR_NOISE.humidity), 0, 100),
      co2: Math.max(0, now.co2 + noise(2, SENSOR_NOISE.co2)),
      differentialPressure: now.differentialPressure + noise(3, SENSOR_NOISE.differentialPressure),
    };
  }

  private pressure(): number {
    if (!this.inputs.ventilation) return 0;
    const area = LEAK_AREA + (this.inputs.doorOpen ? DOOR.area : 0);
    const flow = this.room.surplus;
    return (Math.sign(flow) * flow ** 2 * AIR_DENSITY) / (2 * (DOOR.discharge * area) ** 2);
  }

  private advance(ms: number): void {
    while (this.stateMs + STEP_MS <= ms) this.step(STEP_MS / 1000);
  }

  /** m^3/s through an open door, driven by the difference of temperatures. */
  private doorFlow(): number {
    if (!this.inputs.doorOpen) return 0;
    const difference = Math.abs(this.temperature - this.inputs.corridor) / (273.15 + this.temperature);
    return (DOOR.discharge / 3) * DOOR.area * Math.sqrt(GRAVITY * DOOR.height * difference);
  }

  private step(seconds: number): void {
    const { room, inputs } = this;
    const ventilated = inputs.ventilation;
    const fresh = (room.volume * (ventilated ? room.airChanges : room.leakage)) / 3600;
    const door = this.doorFlow();
    const overCoil = ventilated ? fresh + (room.volume * room.recirculation) / 3600 : 0;
    const wanted = room.temperature + CONTROL.gain * (room.temperature - this.temperature);
    const supply = clamp(wanted, CONTROL.coldest, CONTROL.warmest);
    const outsideMoisture = moistureOf(inputs.outsideHumidity, inputs.outside);
    const supplyMoisture = ventilated ? moistureOf(room.humidity, room.temperature) : outsideMoisture;
    const corridorMoisture = moistureOf(room.humidity, inputs.corridor);

    const exchange = (flow: number, temperature: number) =>
      AIR_DENSITY * AIR_HEAT * flow * (temperature - this.temperature);
    const heat =
      room.loss * (inputs.outside - this.temperature) +
      exchange(overCoil, supply) +
      (ventilated ? 0 : exchange(fresh, inputs.outside)) +
      exchange(door, inputs.corridor) +
      PERSON.heat * inputs.people +
      room.equipment;
    const moisture =
      AIR_DENSITY * (ventilated ? overCoil : fresh) * (supplyMoisture - this.moisture) +
      AIR_DENSITY * door * (corridorMoisture - this.moisture) +
      PERSON.moisture * inputs.people;
    const co2 = (fresh + door) * (OUTSIDE_CO2 - this.co2) + (PERSON.co2 / 1000) * inputs.people * 1e6;

    this.temperature += (heat * seconds) / room.heatCapacity;
    this.moisture = Math.max(0, this.moisture + (moisture * seconds) / (room.volume * AIR_DENSITY));
    this.co2 += (co2 * seconds) / room.volume;
    this.stateMs += STEP_MS;
  }
}
