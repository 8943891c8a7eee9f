import { describe, expect, it } from 'vitest';
import type { Slot } from '../../../dashboard/waves/messages.ts';
import { WavePainter } from '../../../dashboard/waves/painter.ts';
import { waveFrame } from '../../support/fake-waves.ts';

interface Drawn {
  readonly cleared: number[][];
  readonly lines: number[][];
  readonly dots: number[][];
}

/** A 2D context that only writes down what it is told. */
const recorder = () => {
  const drawn: Drawn = { cleared: [], lines: [], dots: [] };
  const context = {
    clearRect: (...box: number[]) => drawn.cleared.push(box),
    fillRect: (...box: number[]) => drawn.dots.push(box),
    moveTo: () => {},
    lineTo: (...point: number[]) => drawn.lines.push(point),
    beginPath: () => {},
    stroke: () => {},
    setTransform: () => {},
  };
  return { drawn, surface: { width: 0, height: 0, getContext: () => context as unknown as CanvasRenderingContext2D } };
};

const slot: Slot = { id: 's', channel: 3, x: 100, y: 50, width: 400, height: 80, colour: '#0f0', scale: 'fit' };
const channel = { channel: 3, device: 'd', metric: 'pleth-wave', rateHz: 100, scale: 1, offset: 0, unit: '1' };
const BLOCK = 25;

const setUp = () => {
  const { drawn, surface } = recorder();
  const painter = new WavePainter();
  painter.attach(surface);
  painter.handle({ t: 'size', width: 1000, height: 500, ratio: 1 }, 0);
  painter.handle({ t: 'channels', channels: [channel] }, 0);
  painter.handle({ t: 'slots', slots: [slot] }, 0);
  /** Sends a block of 250 ms; `raw` null leaves it out. */
  const send = (number: number, raw: ((index: number) => number) | null) => {
    if (raw === null) return;
    const values = Array.from({ length: BLOCK }, (_, index) => raw(number * BLOCK + index));
    const now = (number + 1) * 250;
    painter.handle({ t: 'frame', buffer: waveFrame(3, number, number * 250, values) }, now);
  };
  return { painter, drawn, send };
};

const wave = (index: number) => Math.round(100 * Math.sin(index / 8));

describe('the painter', () => {
  it('draws only inside its strip', () => {
    const { painter, drawn, send } = setUp();
    for (let number = 0; number < 40; number++) {
      send(number, wave);
      for (let ms = 0; ms < 250; ms += 16) painter.draw((number + 1) * 250 + ms);
    }
    expect(drawn.lines.length).toBeGreaterThan(700);
    for (const [x = 0, y = 0] of drawn.lines) {
      expect(x).toBeGreaterThanOrEqual(slot.x);
      expect(x).toBeLessThanOrEqual(slot.x + slot.width);
      expect(y).toBeGreaterThanOrEqual(slot.y);
      expect(y).toBeLessThanOrEqual(slot.y + slot.height);
    }
  });

  it('draws each sample once as time passes: the work is what is new, not the whole sweep', () => {
    const { painter, drawn, send } = setUp();
    for (let number = 0; number < 24; number++) send(number, wave);
    painter.draw(6000);
    painter.draw(6016);
    const before = drawn.lines.length;
    for (let ms = 6016; ms <= 6616; ms += 16) painter.draw(ms);
    expect(drawn.lines.length - before).toBeLessThan(70);
    expect(drawn.lines.length - before).toBeGreaterThan(50);
  });

  it('draws a dotted line, not a wave, where blocks are missing', () => {
    const { painter, drawn, send } = setUp();
    for (let number = 0; number < 16; number++) send(number, number >= 6 && number < 10 ? null : wave);
    painter.draw(4000);
    const gap = drawn.dots.length;
    const { painter: whole, drawn: all, send: sendAll } = setUp();
    for (let number = 0; number < 16; number++) sendAll(number, wave);
    whole.draw(4000);
    expect(all.lines.length - drawn.lines.length).toBeGreaterThanOrEqual(4 * BLOCK);
    expect(gap).toBeGreaterThan(all.dots.length + 8);
  });

  it('draws nothing for a channel it was not told of, and forgets all on reset', () => {
    const { painter, drawn, send } = setUp();
    painter.handle({ t: 'frame', buffer: waveFrame(9, 0, 0, [1, 2]) }, 250);
    painter.draw(2000);
    expect(drawn.lines.length).toBe(0);
    for (let number = 0; number < 8; number++) send(number, wave);
    painter.handle({ t: 'reset' }, 2000);
    painter.draw(2100);
    expect(drawn.lines.length).toBe(0);
  });

  it('redraws the past when a strip moves, instead of beginning empty', () => {
    const { painter, drawn, send } = setUp();
    for (let number = 0; number < 16; number++) send(number, wave);
    painter.draw(4000);
    const before = drawn.lines.length;
    painter.handle({ t: 'slots', slots: [{ ...slot, y: 90 }] }, 4010);
    painter.draw(4016);
    expect(drawn.lines.length - before).toBeGreaterThan(200);
  });
});
