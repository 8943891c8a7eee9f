import type { ModbusDriver, RegisterBlock } from '../../drivers/kit/contract.ts';
import type { Clock } from '../../model/clock.ts';

/** Values by metric or status code, as `ModbusDriver.encode` takes them; null is "the device has none". */
export type RegisterValues = Readonly<Record<string, number | null>>;

export interface ModbusDeviceOptions {
  readonly driver: ModbusDriver;
  readonly clock: Clock;
  /** What the device measures at a moment, in the units of the driver's profile. */
  values(atMs: number): RegisterValues;
  /** Default: the driver's. */
  readonly unitId?: number;
}

/** Modbus Application Protocol 1.1b3, chapter 7. */
const ILLEGAL_ADDRESS = 2;

/** What a unit answers to one read: registers, an exception, or null where the request is for another unit. */
export type UnitAnswer = readonly number[] | { readonly exception: number } | null;

/**
 * A simulated unit: its registers at the time of asking. It answers any part of the blocks that the driver reads, and
 * nothing beyond them.
 */
export const modbusDevice = ({ driver, clock, values, unitId = driver.unitId }: ModbusDeviceOptions) => {
  const answer = (unit: number, { table, address, count }: RegisterBlock): UnitAnswer => {
    if (unit !== unitId) return null;
    const image = driver.encode(values(clock.now()));
    for (const [index, block] of driver.blocks.entries()) {
      const from = address - block.address;
      if (block.table === table && from >= 0 && from + count <= block.count) {
        return (image[index] ?? []).slice(from, from + count);
      }
    }
    return { exception: ILLEGAL_ADDRESS };
  };
  return { unitId, answer };
};

export type ModbusDevice = ReturnType<typeof modbusDevice>;

/** Several units on one bus: the first that knows the unit answers. Fits a Modbus server's register source. */
export const onOneBus =
  (devices: readonly ModbusDevice[]) =>
  (unit: number, block: RegisterBlock): UnitAnswer =>
    devices.find((device) => device.unitId === unit)?.answer(unit, block) ?? null;
