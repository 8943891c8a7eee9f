import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JITTER_BUFFER_MS, PlayClock } from '../../../dashboard/waves/play-clock.ts';
import { SWEEP_PX_PER_MS, stretches, sweepSpanMs, sweepX } from '../../../dashboard/waves/sweep.ts';
import { TraceBuffer } from '../../../dashboard/waves/trace-buffer.ts';
import { fitScale, gainFor, isOff, millivoltScale } from '../../../dashboard/waves/vertical-scale.ts';
import { FRAME, parseWaveFrame, type WaveFrame } from '../../../dashboard/waves/wave-frame.ts';
import { WAVE_FRAME } from '../../../model/api.ts';
import { waveFrame } from '../../support/fake-waves.ts';

const int16 = fc.option(fc.integer({ min: -32767, max: 32767 }), { nil: null });

describe('binary wave frames', () => {
  it('are read with the constants of the model', () => {
    expect(FRAME).toEqual(WAVE_FRAME);
  });

  it('give back what was sent, missing samples as missing', () => {
    const channel = fc.integer({ min: 0, max: 65535 });
    const sequence = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(channel, sequence, fc.double({ noNaN: true }), fc.array(int16), (number, s, start, raw) => {
        const frame = parseWaveFrame(waveFrame(number, s, start, raw));
        expect(frame).toMatchObject({ channel: number, sequence: s, startMs: start });
        expect([...(frame?.samples ?? [])]).toEqual(raw.map((value) => value ?? WAVE_FRAME.missing));
      }),
    );
  });

  it('are nothing where bytes are short, long, or of another kind', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const frame = parseWaveFrame(bytes.slice().buffer);
        if (frame) expect(bytes.length).toBe(FRAME.headerBytes + 2 * frame.samples.length);
        else expect(frame).toBeNull();
      }),
    );
    expect(parseWaveFrame(waveFrame(1, 1, 0, [1, 2, 3]).slice(0, 22))).toBeNull();
  });
});

const block = (sequence: number, startMs: number, ...values: number[]): WaveFrame => ({
  channel: 0,
  sequence,
  startMs,
  samples: Int16Array.from(values),
});

const from = (buffer: TraceBuffer, first: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => buffer.valueAt(first + index));

describe('a trace', () => {
  it('joins blocks that follow each other, though their times jitter', () => {
    const buffer = new TraceBuffer(100);
    buffer.append(block(1, 5000, 1, 2, 3));
    buffer.append(block(2, 5043, 4, 5));
    expect(from(buffer, 0, 6)).toEqual([1, 2, 3, 4, 5, FRAME.missing]);
  });

  it('leaves a gap where a block is missing: nothing is held or drawn through', () => {
    const buffer = new TraceBuffer(100);
    buffer.append(block(1, 5000, 1, 2));
    buffer.append(block(3, 5050, 6, 7));
    expect(from(buffer, 0, 7)).toEqual([1, 2, FRAME.missing, FRAME.missing, FRAME.missing, 6, 7]);
  });

  it('leaves a gap where time jumps, even in order', () => {
    const buffer = new TraceBuffer(100);
    buffer.append(block(1, 5000, 1));
    buffer.append(block(2, 5500, 2));
    expect(buffer.valueAt(1)).toBe(FRAME.missing);
    expect(buffer.valueAt(50)).toBe(2);
  });

  it('leaves out a late block, and begins anew where the sender’s clock went back', () => {
    const buffer = new TraceBuffer(100);
    buffer.append(block(1, 5000, 1, 2));
    buffer.append(block(4, 6000, 9));
    expect(buffer.append(block(2, 5020, 3))).toBe(false);
    expect(buffer.append(block(5, 1000, 7))).toBe(true);
    expect(buffer.valueAt(buffer.indexAt(1000))).toBe(7);
  });

  it('forgets what is older than it keeps, and never shows it as something else', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 40 }), (sizes) => {
        const buffer = new TraceBuffer(100, 1);
        let next = 0;
        sizes.forEach((size, index) => {
          const values = Array.from({ length: size }, () => next++);
          buffer.append(block(index, (next - size) * 10, ...values));
        });
        for (let index = 0; index < next + 5; index++) {
          const known = index < next && index >= next - 100;
          expect(buffer.valueAt(index)).toBe(known ? index : FRAME.missing);
        }
      }),
    );
  });
});

describe('the sweep', () => {
  it('runs at 94.5 px/s', () => {
    expect(SWEEP_PX_PER_MS * 1000).toBeCloseTo(94.5, 1);
  });

  it('wraps at the right edge and puts equal times at equal places', () => {
    const span = sweepSpanMs(400);
    expect(sweepX(span * 7, 400)).toBeCloseTo(0, 6);
    expect(sweepX(span * 7.5, 400)).toBeCloseTo(200, 6);
  });

  it('erases exactly as much as time has passed, inside the strip', () => {
    const ms = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(ms, ms, fc.integer({ min: 40, max: 2000 }), (start, length, width) => {
        const list = stretches(start, start + length, width);
        const total = list.reduce((sum, stretch) => sum + stretch.to - stretch.from, 0);
        expect(total).toBeCloseTo(Math.min(width, length * SWEEP_PX_PER_MS), 3);
        for (const stretch of list) {
          expect(stretch.from).toBeGreaterThanOrEqual(0);
          expect(stretch.to).toBeLessThanOrEqual(width + 1e-6);
        }
      }),
    );
  });
});

describe('the vertical scale', () => {
  it('takes the largest usual gain that shows the whole wave', () => {
    expect(gainFor(160, { low: -0.3, high: 1.2 })).toBe(20);
    expect(gainFor(80, { low: -0.3, high: 1.2 })).toBe(10);
    expect(gainFor(60, { low: -2, high: 3 })).toBe(2.5);
    expect(gainFor(100, null)).toBe(10);
  });

  it('cuts nothing off that the gains allow', () => {
    const value = fc.double({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(value, value, fc.integer({ min: 60, max: 300 }), (a, b, height) => {
        const extent = { low: Math.min(a, b), high: Math.max(a, b) };
        for (const scale of [millivoltScale(height, extent), fitScale(height, extent)]) {
          expect(scale.fits(a) && scale.fits(b)).toBe(true);
          expect(scale.y(extent.high)).toBeLessThanOrEqual(scale.y(extent.low));
        }
      }),
    );
  });

  it('stays as it is until another would show the wave markedly otherwise', () => {
    const present = millivoltScale(100, { low: -0.2, high: 1 });
    expect(isOff(present, millivoltScale(100, { low: -0.21, high: 1.02 }), 100)).toBe(false);
    expect(isOff(present, millivoltScale(100, { low: -2, high: 2 }), 100)).toBe(true);
    expect(isOff(present, millivoltScale(100, { low: 0.8, high: 2 }), 100)).toBe(true);
  });
});

describe('the play clock', () => {
  it('draws a second behind, however far the device’s clock is off', () => {
    for (const off of [0, -86_400_000, 3_600_000]) {
      const clock = new PlayClock();
      clock.note(10_000 + off, 10_000);
      expect(clock.at(10_000)).toBeCloseTo(10_000 + off - JITTER_BUFFER_MS, 3);
    }
  });

  it('moves evenly though blocks come unevenly', () => {
    const clock = new PlayClock();
    const jitter = [0, 180, 20, 240, 90, 10, 200];
    let before: number | null = null;
    for (let ms = 0; ms < 7000; ms += 16) {
      const index = Math.floor(ms / 250);
      if (ms % 250 < 16) clock.note(ms - (jitter[index % jitter.length] ?? 0), ms);
      const head = clock.at(ms);
      if (before !== null && head !== null && ms > 2500) {
        expect(head - before).toBeGreaterThan(16 * 0.9);
        expect(head - before).toBeLessThan(16 * 1.1);
      }
      before = head;
    }
  });

  it('does not know where to draw before anything came', () => {
    expect(new PlayClock().at(5)).toBeNull();
  });
});
