import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annotate } from '../../drivers/kit/annotate.ts';
import { concat } from '../../drivers/kit/bytes.ts';
import type { DriverSample, FrameCodec } from '../../drivers/kit/contract.ts';
import { streamDrivers } from '../../drivers/stream-drivers.ts';
import { findMetric } from '../../model/metrics.ts';
import { seededRandom } from '../../model/random.ts';
import { byteFixtures } from '../support/byte-fixtures.ts';
import { defaultOptions, interpretAll, readWith } from '../support/read-bytes.ts';

/*
 * What must hold for every driver of a byte stream. A new driver gets these for nothing by being in the list.
 */

const seeds = fc.integer({ min: 0, max: 0xffffffff });

/** Drivers whose protocol has a checksum. Without one, what a changed byte means cannot be known. */
const withoutChecksum = new Set(['ivy-450c']);

const frameOf = (codec: FrameCodec, seed: number): { readonly message: unknown; readonly frame: Uint8Array } => {
  const message = codec.any(seededRandom(seed));
  return { message, frame: codec.encode(message) };
};

describe.each(streamDrivers)('the stream driver $id', (driver) => {
  const codecs = [
    { direction: 'reply', codec: driver.reply },
    ...(driver.request ? [{ direction: 'request', codec: driver.request }] : []),
  ];

  describe.each(codecs)('its $direction codec', ({ codec }) => {
    it('reads back what it writes, frame for frame', () => {
      fc.assert(
        fc.property(fc.array(seeds, { minLength: 1, maxLength: 6 }), (all) => {
          const made = all.map((seed) => frameOf(codec, seed));
          const read = readWith(codec, concat(...made.map(({ frame }) => frame)));
          expect(read.messages).toEqual(made.map(({ message }) => message));
          expect(read.frames).toEqual(made.map(({ frame }) => frame));
          expect(read).toMatchObject({ faults: [], junkBytes: 0 });
        }),
      );
    });

    it('finds the same frames however the bytes are cut, also among junk', () => {
      const part = fc.oneof(
        seeds.map((seed) => frameOf(codec, seed).frame),
        fc.uint8Array({ maxLength: 40 }),
      );
      fc.assert(
        fc.property(fc.array(part, { maxLength: 8 }), fc.array(fc.nat(4000), { maxLength: 30 }), (parts, cuts) => {
          const bytes = concat(...parts);
          const whole = readWith(codec, bytes);
          const pieces = readWith(codec, bytes, cuts);
          const single = readWith(codec, bytes, [...bytes.keys()]);
          expect(pieces).toEqual(whole);
          expect(single).toEqual(whole);
          const counted = whole.junkBytes + whole.frames.reduce((sum, frame) => sum + frame.length, 0);
          expect(counted).toBe(bytes.length);
        }),
        { numRuns: 60 },
      );
    });

    it('never throws at random bytes, and after a silence reads the next frames', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 3000 }), seeds, (noise, seed) => {
          const framer = codec.framer();
          for (const event of [...framer.push(noise), ...framer.flush()]) {
            if (event.kind === 'frame') codec.decode(event.bytes);
            codec.annotate?.(event.bytes);
          }
          codec.decode(noise);
          codec.annotate?.(noise);
          const { message, frame } = frameOf(codec, seed);
          const events = framer.push(frame);
          expect(events.map(({ kind }) => kind)).toEqual(['frame']);
          expect(codec.decode(events[0]?.bytes ?? noise)).toEqual({ ok: true, message });
        }),
      );
    });

    it('finds its way back without a silence', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 400 }), seeds, (noise, seed) => {
          const { frame } = frameOf(codec, seed);
          const stream = concat(noise, ...Array.from({ length: Math.ceil(4000 / frame.length) }, () => frame));
          const framer = codec.framer();
          const last = framer.push(stream).at(-1);
          expect(last).toEqual({ kind: 'frame', bytes: frame });
        }),
      );
    });

    it('holds no more than a few frames of endless nonsense', () => {
      const framer = codec.framer();
      const { frame } = frameOf(codec, 1);
      let back = 0;
      for (let i = 0; i < 400; i++) {
        // The front of a frame again and again: the worst junk there is.
        for (const event of framer.push(frame.subarray(0, -1))) back += event.bytes.length;
      }
      expect(400 * (frame.length - 1) - back).toBeLessThan(2048);
    });

    it.skipIf(withoutChecksum.has(driver.id))('never takes a frame with one flipped bit for another message', () => {
      fc.assert(
        fc.property(seeds, fc.nat(), fc.nat(7), (seed, at, bit) => {
          const { frame } = frameOf(codec, seed);
          // Control bytes and the meter's commands are single marks without a checksum.
          if (frame.length < 3 || (driver.id === 'onetouch-ultra2' && codec === driver.request)) return;
          const flipped = frame.slice();
          const place = at % frame.length;
          flipped[place] = (flipped[place] ?? 0) ^ (1 << bit);
          const { messages } = readWith(codec, flipped);
          const whole = messages.filter((message) => codec.encode(message).length > 2);
          for (const message of whole) expect(codec.encode(message)).toEqual(frame);
        }),
        { numRuns: 1000 },
      );
    });

    it('annotates every byte of a frame once, in order', () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const { frame } = frameOf(codec, seed);
          const annotations = annotate(driver, frame, codec === driver.request ? 'tx' : 'rx');
          let at = 0;
          for (const { from, to, text } of annotations) {
            expect(from).toBe(at);
            expect(to).toBeGreaterThan(from);
            expect(text).not.toBe('');
            at = to;
          }
          expect(at).toBe(frame.length);
        }),
      );
    });
  });

  const interpretSeeds = (all: readonly number[]) => {
    const messages = all.map((seed) => driver.reply.any(seededRandom(seed)));
    return interpretAll(driver, messages, {}, defaultOptions(driver));
  };

  it('yields only what it declares, in units and with values that the catalogue knows', () => {
    const check = (sample: DriverSample) => {
      if (sample.kind !== 'numeric' && sample.kind !== 'waveform') return;
      const metric = findMetric(sample.metric);
      expect(driver.metrics).toContain(sample.metric);
      expect(metric?.kind).toBe(sample.kind);
      expect([metric?.unit, ...(metric?.alsoUnits ?? [])]).toContain(sample.unit);
      if (sample.kind === 'numeric' && sample.value === null) expect(sample.reasons?.length).toBeGreaterThan(0);
      if (sample.kind === 'numeric' && sample.value !== null) expect(Number.isFinite(sample.value)).toBe(true);
    };
    let seen = 0;
    fc.assert(
      fc.property(fc.array(seeds, { maxLength: 20 }), (all) => {
        const { samples } = interpretSeeds(all);
        seen += samples.length;
        samples.forEach(check);
      }),
    );
    expect(seen).toBeGreaterThan(0);
    for (const id of driver.metrics) expect(findMetric(id)).not.toBeNull();
  });

  it('names a status in one way, whatever its state', () => {
    fc.assert(
      fc.property(fc.array(seeds, { maxLength: 20 }), (all) => {
        const kinds = new Map<string, string>();
        for (const sample of interpretSeeds(all).samples) {
          if (sample.kind !== 'status') continue;
          expect(sample.code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
          expect(sample.text).not.toBe('');
          const nature = `${sample.role} ${sample.alertKind}`;
          expect(kinds.get(sample.code) ?? nature).toBe(nature);
          kinds.set(sample.code, nature);
        }
      }),
    );
  });

  it('keeps a memory that is small and can be stored', () => {
    const messages = Array.from({ length: 3000 }, (_, seed) => driver.reply.any(seededRandom(seed)));
    const { memory } = interpretAll(driver, messages, {}, defaultOptions(driver));
    expect(JSON.parse(JSON.stringify(memory))).toEqual(memory);
    expect(JSON.stringify(memory).length).toBeLessThan(10_000);
  });

  it('declares itself fully', () => {
    expect(driver.id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(streamDrivers.filter(({ id }) => id === driver.id)).toHaveLength(1);
    expect(driver.evidence.length).toBeGreaterThan(0);
    expect(driver.quirks.length).toBeGreaterThan(0);
    expect(driver.session.kind === 'push').toBe(driver.request === null);
    for (const option of Object.values(driver.options)) {
      if (option.default !== null) expect(typeof option.default).toBe(option.type);
    }
  });

  describe('its fixtures', () => {
    const fixtures = byteFixtures(driver.id);

    it('include bytes from outside', () => {
      expect(fixtures.some(({ provenance }) => provenance.startsWith('Provenance: published.'))).toBe(
        // No vector of this protocol is published: all are worked out by the rule of one open client.
        driver.id !== 'fresenius-agilia',
      );
      for (const { provenance } of fixtures) expect(provenance).toMatch(/^Provenance: (published|calculated)\. ./);
    });

    it.each(fixtures)('$name', ({ bytes, expected }) => {
      const codec = expected.direction === 'rx' ? driver.reply : driver.request;
      if (!codec) throw new Error('this device is never written to');
      const read = readWith(codec, bytes);
      expect(read.messages).toHaveLength(expected.messages.length);
      expect(read.messages).toMatchObject(expected.messages);
      expect(read.faults.map(({ code }) => code)).toEqual(expected.faults);
      if (expected.faults.length === 0) expect(read.junkBytes).toBe(expected.junkBytes);
      for (const message of read.messages) {
        const again = readWith(codec, codec.encode(message));
        expect(again.messages).toEqual([message]);
      }
      if (expected.direction === 'tx') return;
      const messages = expected.twice ? [...read.messages, ...read.messages] : read.messages;
      const { samples, memory } = interpretAll(driver, messages, expected.memory0, expected.options);
      if (expected.samples) {
        expect(samples).toHaveLength(expected.samples.length);
        expect(samples).toMatchObject(expected.samples);
      }
      for (const some of expected.includes) expect(samples).toContainEqual(expect.objectContaining(some));
      for (const none of expected.excludes) expect(samples).not.toContainEqual(expect.objectContaining(none));
      for (const [id, times] of Object.entries(expected.count)) {
        expect(samples.filter((sample) => 'metric' in sample && sample.metric === id)).toHaveLength(times);
      }
      expect(memory).toMatchObject(expected.memory);
    });
  });
});
