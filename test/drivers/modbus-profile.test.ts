import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { modbusDriver } from '../../drivers/kit/modbus-driver.ts';
import { modbusProfileSchema } from '../../drivers/kit/modbus-profile.ts';
import { overrideProfile, profileOverridesSchema } from '../../drivers/kit/override-profile.ts';
import { readProfile } from '../support/profiles.ts';

const least = {
  id: 'corridor-pressure',
  title: 'Corridor pressure',
  manufacturer: 'Acme',
  model: 'DP-1',
  class: 'environment',
  serial: { baudRate: 9600, parity: 'even' },
  unitId: 7,
  pollSeconds: 5,
  silentAfterSeconds: 30,
  points: [
    {
      metric: 'differential-pressure',
      table: 'holding',
      address: 100,
      type: 'i16',
      scale: 0.1,
      unit: 'Pa',
      invalidValues: [{ raw: -32768, reason: 'sensor-off' }],
      validWhen: { table: 'holding', address: 101, mask: 1, equals: 1, reason: 'calibrating' },
    },
  ],
  evidence: [{ fact: 'Register table', source: 'manual, page 12', confidence: 'B' }],
};
const point = least.points[0];

const complaint = (profile: unknown): string => {
  const result = modbusProfileSchema.safeParse(profile);
  return result.success ? '' : z.prettifyError(result.error);
};

describe('a Modbus profile', () => {
  it('of a few lines makes a driver', () => {
    const driver = modbusDriver(modbusProfileSchema.parse(least));
    expect(driver.blocks).toEqual([{ table: 'holding', address: 100, count: 2 }]);
    expect(driver.decode([[125, 1]])).toEqual([
      { kind: 'numeric', metric: 'differential-pressure', unit: 'Pa', value: 12.5 },
    ]);
  });

  it('gives no value, with the reason, where the device says so', () => {
    const driver = modbusDriver(modbusProfileSchema.parse(least));
    expect(driver.decode([[0x8000, 1]])[0]).toMatchObject({ value: null, quality: 'missing', reasons: ['sensor-off'] });
    expect(driver.decode([[125, 0xfffe]])[0]).toMatchObject({
      value: null,
      quality: 'missing',
      reasons: ['calibrating'],
    });
    expect(driver.decode([[125]])[0]).toMatchObject({ value: null, quality: 'missing', reasons: ['no-signal'] });
  });

  it.each([
    [
      'a metric that does not exist',
      { points: [{ ...point, metric: 'pressure' }] },
      /no metric "pressure"[\s\S]*points\[0\]\.metric/,
    ],
    ['a waveform', { points: [{ ...point, metric: 'ecg-lead-ii', unit: 'mV' }] }, /is a waveform/],
    ['a unit of another quantity', { points: [{ ...point, unit: 'Cel' }] }, /is in Pa or hPa, not in Cel/],
    ['an unknown unit', { points: [{ ...point, unit: 'psi' }] }, /not a known unit/],
    ['a misspelt key', { pollSecond: 5 }, /pollSecond/],
    ['an address of five digits', { points: [{ ...point, address: 440_001 }] }, /points\[0\]\.address/],
    [
      'an invalid value that the type cannot hold',
      { points: [{ ...point, invalidValues: [{ raw: 0x8000, reason: 'no-signal' }] }] },
      /32768 does not fit i16/,
    ],
    ['a metric twice', { points: [point, point] }, /"differential-pressure" appears twice/],
    ['a device silent between two polls', { silentAfterSeconds: 5 }, /longer than pollSeconds/],
    ['no point at all', { points: [] }, /without a value/],
    ['no source', { evidence: [] }, /where the register table comes from/],
    ['a name with blanks', { id: 'My Sensor' }, /joined by hyphens/],
    [
      'a bit that no register has',
      { statuses: [{ table: 'input', address: 0, bits: { 16: { code: 'x', text: 'x' } } }] },
      /numbered from 0/,
    ],
    [
      'values wider than an answer',
      { reading: { maxRegisters: 1 }, points: [{ ...point, type: 'f32' }] },
      /needs 2 registers/,
    ],
  ])('with %s is refused, saying where and why', (_, change, message) => {
    expect(complaint({ ...least, ...change })).toMatch(message);
  });
});

describe('the schema of profiles', () => {
  it('can be handed to an editor, with a description of what an engineer fills in', () => {
    const schema = JSON.stringify(z.toJSONSchema(modbusProfileSchema, { io: 'input' }));
    for (const text of [
      'register address as sent on the wire',
      's between two polls',
      'value = raw x scale + offset',
    ]) {
      expect(schema).toContain(text);
    }
  });
});

describe('an override for one device', () => {
  const profile = readProfile('xy-md02.yaml');

  it('sets address, parity, scale and calibration, and leaves the rest', () => {
    const own = overrideProfile(profile, {
      unitId: 12,
      serial: { parity: 'even' },
      scale: { 'air-temperature': 0.01 },
      offset: { 'relative-humidity': -2 },
    });
    const driver = modbusDriver(own);
    expect([driver.unitId, driver.serial.parity, driver.serial.baudRate]).toEqual([12, 'even', 9600]);
    expect(driver.decode([[0x0bea, 0x0222]])).toMatchObject([{ value: 30.5 }, { value: 52.6 }]);
    expect(modbusDriver(profile).unitId).toBe(1);
  });

  it('turns the word order of every value', () => {
    const swapped = overrideProfile(readProfile('vaisala-hmp.yaml'), { wordOrder: 'high-first' });
    const image = modbusDriver(swapped).encode({ 'air-temperature': 21.5 });
    expect(modbusDriver(swapped).decode(image)).toContainEqual(
      expect.objectContaining({ metric: 'air-temperature', value: 21.5 }),
    );
    expect(modbusDriver(readProfile('vaisala-hmp.yaml')).decode(image)).toContainEqual(
      expect.objectContaining({ code: 'self-test-failed', active: true }),
    );
  });

  it('is refused for a metric that the device has not, and where the result makes no sense', () => {
    expect(() => overrideProfile(profile, { scale: { co2: 1 } })).toThrow(
      /has only air-temperature, relative-humidity/,
    );
    expect(() => overrideProfile(profile, { scale: { 'air-temperature': 0 } })).toThrow(/scale of 0/);
    expect(() => overrideProfile(profile, { pollSeconds: 100 })).toThrow(/longer than pollSeconds/);
    expect(profileOverridesSchema.safeParse({ unit: 3 }).success).toBe(false);
  });
});
