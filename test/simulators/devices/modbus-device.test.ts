import { describe, expect, it } from 'vitest';
import { modbusDriver } from '../../../drivers/kit/modbus-driver.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';
import { modbusDevice, onOneBus } from '../../../simulators/devices/modbus-device.ts';
import { readProfile } from '../../support/profiles.ts';

describe('simulated Modbus units', () => {
  const clock = new VirtualClock(1_000);
  const room = modbusDevice({
    driver: modbusDriver(readProfile('xy-md02.yaml')),
    clock,
    values: (at) => ({ 'air-temperature': at / 1_000, 'relative-humidity': 54.6 }),
  });
  const s8 = modbusDriver(readProfile('senseair-s8.yaml'));
  const gas = modbusDevice({ driver: s8, clock, values: () => ({ co2: 8000, 'out-of-range': 1 }), unitId: 9 });
  const bus = onOneBus([room, gas]);

  it('answer with what they measure when asked', () => {
    expect(bus(1, { table: 'input', address: 1, count: 2 })).toEqual([10, 546]);
    clock.advanceTo(30_500);
    expect(bus(1, { table: 'input', address: 1, count: 2 })).toEqual([0x0131, 0x0222]);
    expect(bus(1, { table: 'input', address: 2, count: 1 })).toEqual([0x0222]);
    expect(bus(9, { table: 'input', address: 0, count: 4 })).toEqual([0x20, 0, 0, 8000]);
  });

  it('refuse registers they have not, and leave other units alone', () => {
    expect(bus(1, { table: 'input', address: 2, count: 2 })).toEqual({ exception: 2 });
    expect(bus(1, { table: 'holding', address: 1, count: 1 })).toEqual({ exception: 2 });
    expect(bus(2, { table: 'input', address: 1, count: 1 })).toBeNull();
  });
});
