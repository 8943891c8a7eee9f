import { Refrigerator } from '../models/refrigerator.ts';
import { Room, recordsRoom, wardRoom } from '../models/room.ts';
import { type ClimateValues, refrigeratorValues, roomValues } from '../signals/climate-values.ts';

export interface Stores {
  readonly refrigerator: Refrigerator;
  readonly recordsRoom: Room;
  readonly medicinesRoom: Room;
  readonly refrigeratorAir: (t: number) => ClimateValues;
  readonly recordsAir: (t: number) => ClimateValues;
  readonly medicinesAir: (t: number) => ClimateValues;
}

/** The stores of the demonstration. */
export const createStores = (seed: string, startMs: number): Stores => {
  const refrigerator = new Refrigerator({
    seed: `${seed}:refrigerator`,
    startMs,
    // Set rather warm and nearly empty (a full one holds 30 000 J/K and more): an open door shows within a minute.
    setpoint: 6.8,
    heatCapacity: 12_000,
    room: 23,
  });
  const records = new Room({
    seed: `${seed}:records`,
    startMs,
    parameters: recordsRoom,
    inputs: { people: 1, corridor: 21 },
  });
  const medicines = new Room({ seed: `${seed}:medicines`, startMs, parameters: { ...wardRoom, volume: 40 } });
  return {
    refrigerator,
    recordsRoom: records,
    medicinesRoom: medicines,
    refrigeratorAir: (t) => refrigeratorValues(refrigerator, t),
    recordsAir: (t) => roomValues(records, t),
    medicinesAir: (t) => roomValues(medicines, t),
  };
};
