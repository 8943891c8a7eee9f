import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ivy450c } from '../../../drivers/ekg/ivy-450c.ts';
import type { IvyMessage } from '../../../drivers/ekg/ivy-codec.ts';
import type { DriverSample } from '../../../drivers/kit/contract.ts';
import { seededRandom } from '../../../model/random.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';
import { createIvy450c } from '../../../simulators/devices/ivy-450c.ts';
import { constantMonitor } from '../../../simulators/devices/signals.ts';
import { interpretAll, readWith } from '../../support/read-bytes.ts';
import { advance, connectDevice, statusesOf, valuesOf } from '../../support/virtual-wire.ts';

/** Bytes recorded from a real monitor; they are not part of the project (see the README of the recordings). */
const recording = join(import.meta.dirname, '../../../../shared/data/captures/ivy-450c.bin');
const isPresent = existsSync(recording);

const waveOf = (samples: readonly DriverSample[], metric: string): readonly number[] =>
  samples.flatMap((sample) =>
    sample.kind === 'waveform' && sample.metric === metric
      ? sample.raw.map((raw) => sample.offset + sample.scale * (raw ?? Number.NaN))
      : [],
  );

describe('a recording of a real Ivy 450C', () => {
  it('is here wherever all tests must run', () => {
    if (process.env.CI === 'true') expect(isPresent).toBe(true);
  });

  describe.skipIf(!isPresent)('read by the driver', () => {
    let bytes = new Uint8Array(0);
    let samples: readonly DriverSample[] = [];
    let read: ReturnType<typeof readWith>;

    beforeAll(() => {
      bytes = readFileSync(recording);
      read = readWith(ivy450c.reply, bytes);
      samples = interpretAll(ivy450c, read.messages).samples;
    });

    it('holds 27 messages, the first at offset 252', () => {
      const [first, second] = ivy450c.reply.framer().push(bytes);
      expect(first).toMatchObject({ kind: 'junk' });
      expect(first?.bytes).toHaveLength(252);
      expect(second?.kind).toBe('frame');
      expect(read.messages).toHaveLength(27);
      expect(read).toMatchObject({ faults: [], junkBytes: 252 });
    });

    it('is written again byte for byte', () => {
      const again = read.messages.map((message) => ivy450c.reply.encode(message as IvyMessage));
      expect(again).toEqual(read.frames);
    });

    it('says heart rate 80 each second and gives the cuff reading once', () => {
      expect(valuesOf(samples, 'heart-rate')).toEqual(Array.from({ length: 27 }, () => 80));
      expect(valuesOf(samples, 'nibp-systolic')).toEqual([121]);
      expect(valuesOf(samples, 'nibp-diastolic')).toEqual([75]);
      expect(valuesOf(samples, 'nibp-mean')).toEqual([92]);
    });

    it('has as many R waves as it says', () => {
      const ecg = waveOf(samples, 'ecg-lead-ii');
      expect(ecg).toHaveLength(27 * 200);
      const peaks = [...ecg.keys()].filter((i) => {
        const value = ecg[i] ?? 0;
        return value > 1.6 && value >= (ecg[i - 1] ?? 0) && value > (ecg[i + 1] ?? 0);
      });
      const beats = peaks.filter((peak, i) => i === 0 || peak - (peaks[i - 1] ?? 0) > 50);
      const seconds = ((beats.at(-1) ?? 0) - (beats[0] ?? 0)) / 200 / (beats.length - 1);
      expect(60 / seconds).toBeCloseTo(80.1, 0);
    });

    it('shows on the pressure waveform the pressures it says, which is why it is read in mmHg', () => {
      const wave = waveOf(samples, 'pressure-1-wave');
      expect(Math.max(...wave)).toBe(111);
      expect(Math.min(...wave)).toBe(73);
      expect(new Set(valuesOf(samples, 'pressure-1-systolic'))).toEqual(new Set([110, 111]));
      expect(new Set(valuesOf(samples, 'pressure-1-diastolic'))).toEqual(new Set([73]));
    });

    it('raises no apnoea, since the patient breathes; the text is the delay that is set', () => {
      expect(statusesOf(samples, 'respiration-physiological')).not.toContain(true);
      expect(valuesOf(samples, 'respiration-rate')).toEqual(Array.from({ length: 27 }, () => 35));
    });
  });
});

describe('an Ivy message, which has no checksum', () => {
  it('is refused where bytes of its waveforms were lost', () => {
    fc.assert(
      fc.property(
        fc.nat(0xffff),
        fc.integer({ min: 9, max: 408 }),
        fc.integer({ min: 1, max: 200 }),
        (seed, at, lost) => {
          const frame = ivy450c.reply.encode(ivy450c.reply.any(seededRandom(seed)));
          const end = Math.min(at + lost, 409);
          const cut = Uint8Array.from([...frame.subarray(0, at), ...frame.subarray(end)]);
          const read = readWith(ivy450c.reply, Uint8Array.from([...cut, ...frame]));
          expect(read.messages).toHaveLength(1);
          expect(read.frames.at(-1)).toEqual(frame);
        },
      ),
    );
  });
});

const monitor = (overrides: Parameters<typeof constantMonitor>[0] = {}) => {
  const clock = new VirtualClock(1_790_000_000_000);
  const signals = constantMonitor(overrides);
  const device = createIvy450c({ clock, random: seededRandom(1), signals });
  return { clock, device, line: connectDevice({ clock, driver: ivy450c, device }) };
};

describe('a session with an Ivy monitor', () => {
  it('takes a message a second and never writes', async () => {
    const { clock, line } = monitor();
    line.plug();
    await advance(clock, 10_500);
    expect(line.deliveries).toHaveLength(10);
    expect(valuesOf(line.samples(), 'heart-rate')).toHaveLength(10);
    expect(line.sent).toEqual([]);
  });

  it('takes the repeated cuff reading as one measurement, also after a restart', async () => {
    let systolic = 121;
    const { clock, device, line } = monitor({
      cuff: () => ({ systolic, diastolic: 75, mean: 92, pulse: 80 }),
    });
    line.plug();
    await advance(clock, 5000);
    await line.unplug();
    const restarted = connectDevice({ clock, driver: ivy450c, device, memory: line.memory() });
    restarted.plug();
    await advance(clock, 5000);
    systolic = 130;
    await advance(clock, 5000);
    expect(valuesOf(line.samples(), 'nibp-systolic')).toEqual([121]);
    expect(valuesOf(restarted.samples(), 'nibp-systolic')).toEqual([130]);
  });

  it('keeps a cuff reading for later where the disk fails', async () => {
    const { clock, line } = monitor();
    line.failStore(true);
    line.plug();
    await advance(clock, 3000);
    line.failStore(false);
    await advance(clock, 3000);
    expect(valuesOf(line.samples(), 'nibp-systolic')).toEqual([121]);
  });

  it('says once that a value is absent, and again when it has gone anew', async () => {
    let spo2: number | null = 98;
    const { clock, line } = monitor({ spo2: () => spo2 });
    line.plug();
    await advance(clock, 2500);
    spo2 = null;
    await advance(clock, 3000);
    spo2 = 97;
    await advance(clock, 1000);
    spo2 = null;
    await advance(clock, 2000);
    expect(valuesOf(line.samples(), 'spo2')).toEqual([98, 98, null, 97, null]);
  });

  it('marks an EKG whose leads are off, and never gives its rate a number', async () => {
    const { clock, line } = monitor({ ecg: () => null, heartRate: () => null, alarms: () => ({ HR: 'LEAD OFF' }) });
    line.plug();
    await advance(clock, 2500);
    expect(valuesOf(line.samples(), 'heart-rate')).toEqual([null]);
    for (const sample of line.samples()) {
      if (sample.kind === 'waveform' && sample.metric === 'ecg-lead-ii') {
        expect(sample).toMatchObject({ quality: 'invalid', reasons: ['lead-off'] });
      }
    }
    expect(statusesOf(line.samples(), 'heart-rate-technical')).toEqual([true, true]);
  });

  it('loses only the message that a hang-up has cut', async () => {
    const { clock, line } = monitor();
    line.plug();
    await advance(clock, 2500);
    const [frame] = line.deliveries.map((delivery) => delivery.frame);
    line.dialogue.receive((frame ?? new Uint8Array(0)).subarray(0, 300), clock.now());
    await line.unplug();
    expect(line.junk).toContain('incomplete');
    line.plug();
    await advance(clock, 2500);
    expect(line.deliveries).toHaveLength(4);
  });
});
