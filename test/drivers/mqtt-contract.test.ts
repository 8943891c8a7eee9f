import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { annotateJson } from '../../drivers/kit/annotate-json.ts';
import type { MqttMessage } from '../../drivers/kit/contract.ts';
import { sensorLimits } from '../../drivers/kit/safe-json.ts';
import { mqttDrivers } from '../../drivers/mqtt-drivers.ts';
import { metricOf } from '../../model/metrics.ts';
import { seededRandom } from '../../model/random.ts';
import { convert } from '../../model/unit.ts';
import { fixtureCases } from '../support/fixtures.ts';

const caseSchema = z.strictObject({
  provenance: z.string().min(4),
  address: z.string(),
  topic: z.string(),
  payload: z.string(),
  retained: z.boolean().default(false),
  options: z.record(z.string(), z.string()).default({}),
  samples: z.array(z.record(z.string(), z.unknown())).optional(),
  fault: z.string().optional(),
});

const bytes = (text: string) => new TextEncoder().encode(text);
const context = (retained = false, options: Record<string, unknown> = {}) => ({
  receivedAt: 1_764_158_400_000,
  memory: {},
  options,
  retained,
});

describe.each(mqttDrivers)('the MQTT driver $id', (driver) => {
  const cases = fixtureCases(driver.id);
  const topics = driver.topics('unit-1');
  const read = (message: MqttMessage, retained = false) => {
    const decoded = driver.decode(message, 'unit-1');
    return decoded.ok ? driver.interpret(decoded.message, context(retained)).samples : [];
  };

  it.each(cases)('treats the fixture $name as it must', ({ read: readFile }) => {
    const fixture = caseSchema.parse(JSON.parse(readFile('message.json')));
    const decoded = driver.decode({ topic: fixture.topic, payload: bytes(fixture.payload) }, fixture.address);
    expect(fixture.samples === undefined).not.toBe(fixture.fault === undefined);
    if (fixture.fault !== undefined) {
      expect(decoded.ok ? 'no fault' : decoded.fault.detail).toContain(fixture.fault);
      return;
    }
    if (!decoded.ok) throw new Error(decoded.fault.detail);
    const { samples } = driver.interpret(decoded.message, context(fixture.retained, fixture.options));
    expect(samples).toHaveLength(fixture.samples?.length ?? -1);
    expect(samples).toMatchObject(fixture.samples ?? []);
    for (const [index, expected] of (fixture.samples ?? []).entries()) {
      if (!('quality' in expected)) expect(samples[index]).not.toHaveProperty('quality');
    }
  });

  it('has a fixture for each topic it listens to', () => {
    const heard = new Set(
      cases.map(({ read: readFile }) => {
        const fixture = caseSchema.parse(JSON.parse(readFile('message.json')));
        return driver.topics(fixture.address).indexOf(fixture.topic);
      }),
    );
    expect([...heard].sort()).toEqual([...topics.keys()]);
  });

  it('decodes what it encodes', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom('unit-1', 'site/a/unit-1'), (seed, address) => {
        const message = driver.any(seededRandom(seed));
        expect(driver.decode(driver.encode(message, address), address)).toEqual({ ok: true, message });
      }),
    );
  });

  it('yields only metrics of the catalogue that it declares, in units that convert to theirs, and never a value and "missing"', () => {
    fc.assert(
      fc.property(fc.integer(), fc.boolean(), (seed, retained) => {
        for (const sample of driver.interpret(driver.any(seededRandom(seed)), context(retained)).samples) {
          if (sample.kind !== 'numeric') continue;
          expect(driver.metrics).toContain(sample.metric);
          expect(convert(1, sample.unit, metricOf(sample.metric).unit)).not.toBeNull();
          if (sample.value === null) expect([sample.quality, sample.reasons?.length]).toEqual(['missing', 1]);
          else if (retained) expect(sample.reasons).toContain('retained');
        }
      }),
    );
  });

  it('takes any bytes and any JSON on its topics without throwing', () => {
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.json().map(bytes),
      fc
        .dictionary(
          fc.constantFrom('values', 'time', 'seq', 'Time', 'temperature', 'AM2301', 'state', 'last_seen'),
          fc.jsonValue(),
        )
        .map((value) => bytes(JSON.stringify(value))),
    );
    fc.assert(
      fc.property(fc.constantFrom(...topics), payload, (topic, found) => {
        const decoded = driver.decode({ topic, payload: found }, 'unit-1');
        if (!decoded.ok) expect(decoded.fault.detail.length).toBeGreaterThan(5);
        for (const sample of read({ topic, payload: found })) {
          if (sample.kind === 'numeric' && sample.value !== null) expect(Number.isFinite(sample.value)).toBe(true);
        }
        for (const { from, to } of annotateJson(found)) expect(0 <= from && from < to && to <= found.length).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('gives, for a message with a bit turned over, a fault or finite values', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(), (seed, bit) => {
        const message = driver.encode(driver.any(seededRandom(seed)), 'unit-1');
        const payload = Uint8Array.from(message.payload);
        const index = (bit >> 3) % payload.length;
        payload[index] = (payload[index] ?? 0) ^ (1 << (bit & 7));
        for (const sample of read({ ...message, payload })) {
          if (sample.kind === 'numeric' && sample.value !== null) expect(Number.isFinite(sample.value)).toBe(true);
        }
      }),
    );
  });

  it('refuses what is too deep or too large before parsing it', () => {
    const [topic = ''] = topics;
    const fault = (text: string) => {
      const decoded = driver.decode({ topic, payload: bytes(text) }, 'unit-1');
      return decoded.ok ? 'no fault' : decoded.fault.detail;
    };
    expect(fault('[{"a":'.repeat(2_000))).toMatch(/nested deeper/);
    expect(fault(`{"a":"${'x'.repeat(sensorLimits.maxBytes)}"}`)).toMatch(/more than 16384/);
    expect(fault(`{"values":{},"note":"${'[{'.repeat(50)}"}`)).not.toMatch(/nested deeper/);
    expect(fault('')).toBe('payload is empty');
    expect(fault('\u0000{}')).toMatch(/not JSON/);
  });

  it('is not moved by keys that name the prototype', () => {
    const evil =
      '{"__proto__":{"temperature":1,"AM2301":{"Temperature":1},"values":{"co2":1}},"constructor":{"prototype":{"temperature":1}}}';
    for (const topic of topics) expect(read({ topic, payload: bytes(evil) })).toEqual([]);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect('temperature' in {}).toBe(false);
  });

  it('does not take a message of another device', () => {
    const { payload } = driver.encode(driver.any(seededRandom(3)), 'unit-2');
    for (const topic of driver.topics('unit-2')) {
      expect(driver.decode({ topic, payload }, 'unit-1')).toMatchObject({ ok: false, fault: { code: 'wrong-device' } });
    }
  });
});

describe('the annotation of a JSON payload', () => {
  it('gives each field with its path and its place in bytes', () => {
    const text = '{"Time":"2018-03-02T18:25:03","Kühl":{"Temperature":4.5,"list":[1,null]}}';
    const payload = bytes(text);
    const found = annotateJson(payload);
    expect(found.map((field) => field.text)).toEqual([
      'Time = "2018-03-02T18:25:03"',
      'Kühl.Temperature = 4.5',
      'Kühl.list[0] = 1',
      'Kühl.list[1] = null',
    ]);
    const [, temperature] = found;
    expect(new TextDecoder().decode(payload.slice(temperature?.from, temperature?.to))).toBe('"Temperature":4.5');
  });

  it('shows a text payload as it is', () => {
    expect(annotateJson(bytes('offline'))).toEqual([{ from: 0, to: 7, text: 'text offline' }]);
  });
});
