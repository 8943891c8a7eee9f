import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { annotateRegisters, annotateReplies } from '../../drivers/kit/annotate-registers.ts';
import type { DriverNumeric, DriverStatus, RegisterImage } from '../../drivers/kit/contract.ts';
import { modbusDriver, type ProfileDriver } from '../../drivers/kit/modbus-driver.ts';
import { splitReplies } from '../../drivers/kit/modbus-replies.ts';
import { overrideProfile, profileOverridesSchema } from '../../drivers/kit/override-profile.ts';
import { hasEqualLengths, MAX_REGISTERS } from '../../drivers/kit/register-plan.ts';
import { metricOf } from '../../model/metrics.ts';
import { seededRandom } from '../../model/random.ts';
import { convert } from '../../model/unit.ts';
import { bytesOf, fixtureCases } from '../support/fixtures.ts';
import { profileFiles, readProfile } from '../support/profiles.ts';

const caseSchema = z.strictObject({
  provenance: z.string().min(10),
  overrides: profileOverridesSchema.optional(),
  exchanges: z.array(z.strictObject({ request: z.string(), reply: z.string() })).min(1),
  expect: z.record(z.string(), z.number().nullable()),
  quality: z.record(z.string(), z.tuple([z.string(), z.string()])).default({}),
  statuses: z.record(z.string(), z.boolean().nullable()).default({}),
});

/** CRC-16/MODBUS, written again here so that the fixtures are not checked with what they check. */
const crc = (bytes: Uint8Array): number => {
  let remainder = 0xffff;
  for (const byte of bytes) {
    remainder ^= byte;
    for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xa001 : remainder >>> 1;
  }
  return remainder;
};

const registersOf = (data: Uint8Array): number[] =>
  Array.from({ length: data.length / 2 }, (_, index) => ((data[2 * index] ?? 0) << 8) | (data[2 * index + 1] ?? 0));

/** Lays published replies into the image that the driver asks for; what was not asked for stays missing. */
const imageOf = (driver: ProfileDriver, exchanges: readonly { request: string; reply: string }[]): RegisterImage => {
  const image = driver.blocks.map((): number[] => []);
  for (const exchange of exchanges) {
    const request = bytesOf(exchange.request);
    const reply = bytesOf(exchange.reply);
    expect(crc(request), `CRC of ${exchange.request}`).toBe(0);
    expect(crc(reply), `CRC of ${exchange.reply}`).toBe(0);
    expect([reply[0], reply[1]]).toEqual([driver.unitId, request[1]]);
    const [table, address] = [request[1] === 4 ? 'input' : 'holding', ((request[2] ?? 0) << 8) | (request[3] ?? 0)];
    const registers = registersOf(reply.slice(3, -2));
    const index = driver.blocks.findIndex((block) => {
      return block.table === table && block.address <= address && address < block.address + block.count;
    });
    const row = image[index];
    const offset = address - (driver.blocks[index]?.address ?? 0);
    expect(row, `a block for ${exchange.request}`).toBeDefined();
    for (const [step, register] of registers.entries()) if (row) row[offset + step] = register;
  }
  return image;
};

const numeric = (driver: ProfileDriver, image: RegisterImage) =>
  driver.decode(image).filter((sample): sample is DriverNumeric => sample.kind === 'numeric');
const status = (driver: ProfileDriver, image: RegisterImage) =>
  driver.decode(image).filter((sample): sample is DriverStatus => sample.kind === 'status');

const rtuFrame = (driver: ProfileDriver, image: RegisterImage): Uint8Array =>
  Uint8Array.from(
    driver.blocks.flatMap((block, index) => {
      const data = (image[index] ?? []).flatMap((register) => [register >>> 8, register & 0xff]);
      return [driver.unitId, block.table === 'input' ? 4 : 3, data.length, ...data, 0, 0];
    }),
  );

describe.each(profileFiles)('the profile %s', (file) => {
  const profile = readProfile(file);
  const driver = modbusDriver(profile);
  const cases = fixtureCases(profile.id);

  it('is named as its file and has a fixture whose bytes come from outside', () => {
    expect(file).toBe(`${driver.id}.yaml`);
    expect(cases.length).toBeGreaterThan(0);
  });

  it.each(cases)('reads the fixture $name', ({ read }) => {
    const fixture = caseSchema.parse(JSON.parse(read('poll.json')));
    const device = modbusDriver(overrideProfile(profile, fixture.overrides ?? {}));
    const image = imageOf(device, fixture.exchanges);
    const values = Object.fromEntries(numeric(device, image).map((sample) => [sample.metric, sample.value]));
    expect(values).toMatchObject(fixture.expect);
    for (const [metric, [quality, reason]] of Object.entries(fixture.quality)) {
      const sample = numeric(device, image).find((candidate) => candidate.metric === metric);
      expect([sample?.quality, sample?.reasons]).toEqual([quality, [reason]]);
    }
    const states = Object.fromEntries(status(device, image).map((sample) => [sample.code, sample.active]));
    expect(states).toMatchObject(fixture.statuses);
  });

  it('asks for no more than a reply can carry, in requests whose answers differ in length', () => {
    expect(Math.max(...driver.blocks.map((block) => block.count))).toBeLessThanOrEqual(MAX_REGISTERS);
    expect(hasEqualLengths(driver.blocks)).toBe(false);
  });

  it('yields only metrics of the catalogue, in units that convert to theirs', () => {
    for (const sample of numeric(driver, driver.encode({}))) {
      expect(driver.metrics).toContain(sample.metric);
      expect(convert(1, sample.unit, metricOf(sample.metric).unit)).not.toBeNull();
    }
  });

  it('decodes what it encodes', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const values = driver.any(seededRandom(seed));
        const image = driver.encode(values);
        for (const sample of numeric(driver, image)) expect(sample.value).toBe(values[sample.metric]);
        for (const sample of status(driver, image)) {
          if (sample.code in values) expect(sample.active).toBe(values[sample.code] === 1);
        }
      }),
    );
  });

  it('gives for a missing value none, or one that no room can have', () => {
    for (const sample of numeric(driver, driver.encode({}))) {
      const { low, high } = metricOf(sample.metric).possible;
      expect(sample.value === null || sample.value < low || sample.value > high).toBe(true);
    }
  });

  it('takes any image without throwing, and invents nothing where registers are missing', () => {
    const register = fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(-1, 0x1_0000, 0.5, Number.NaN));
    fc.assert(
      fc.property(fc.array(fc.array(register, { maxLength: 8 }), { maxLength: 8 }), (image) => {
        const samples = driver.decode(image);
        expect(samples.length).toBe(driver.decode(driver.encode({})).length);
        for (const sample of samples) {
          if (sample.kind === 'numeric' && sample.value === null) expect(sample.reasons?.length).toBeGreaterThan(0);
          if (sample.kind === 'numeric' && sample.value !== null) expect(Number.isFinite(sample.value)).toBe(true);
        }
      }),
    );
    for (const sample of numeric(driver, [])) expect([sample.value, sample.quality]).toEqual([null, 'missing']);
  });

  it('finds its registers again in the replies kept for evidence, and says what each byte means', () => {
    const image = driver.encode(driver.any(seededRandom(1)));
    const frame = rtuFrame(driver, image);
    expect(splitReplies(driver.blocks, frame)?.image).toEqual(image);
    const text = annotateReplies(driver, frame)
      .map((annotation) => annotation.text)
      .join('\n');
    for (const metric of driver.metrics) expect(text).toContain(metric);
    for (const { from, to } of annotateReplies(driver, frame))
      expect(0 <= from && from < to && to <= frame.length).toBe(true);
    expect(annotateRegisters(driver, image).length).toBeGreaterThanOrEqual(driver.metrics.length);
    expect(splitReplies(driver.blocks, frame.slice(1))).toBeNull();
  });
});
