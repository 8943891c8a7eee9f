import type { ApiChannel } from '../../model/api.ts';
import type { PainterMessage, Slot } from './messages.ts';
import { PlayClock } from './play-clock.ts';
import { CALIBRATION_PX, ERASE_BAR_PX, SWEEP_PX_PER_MS, stretches, sweepSpanMs, sweepX } from './sweep.ts';
import { TraceBuffer } from './trace-buffer.ts';
import { type Extent, fitScale, isOff, millivoltScale, type VerticalScale } from './vertical-scale.ts';
import { FRAME, parseWaveFrame } from './wave-frame.ts';

/** The drawing surface: an OffscreenCanvas in the worker, the canvas itself where there is none. */
export interface Surface {
  width: number;
  height: number;
  getContext(type: '2d'): CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null;
}

interface Trace {
  readonly channel: ApiChannel;
  readonly buffer: TraceBuffer;
}

interface Pen {
  slot: Slot;
  /** Device time up to which the strip is drawn; null: draw it all. */
  drawnTo: number | null;
  last: { x: number; y: number } | null;
  scale: VerticalScale;
}

const LINE_PX = 1.75;
const DOT_EVERY_PX = 9;
const DOT_COLOUR = '#3a4653';
const CALIBRATION_COLOUR = '#7f8c99';

/** Draws every strip of the page, each time only what is new. */
export class WavePainter {
  private surface: Surface | null = null;
  private context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null = null;
  private readonly traces = new Map<number, Trace>();
  private readonly clocks = new Map<string, PlayClock>();
  private pens = new Map<string, Pen>();

  attach(surface: Surface): void {
    this.surface = surface;
    this.context = surface.getContext('2d');
  }

  handle(message: Exclude<PainterMessage, { t: 'canvas' }>, now: number): void {
    switch (message.t) {
      case 'size':
        this.resize(message.width, message.height, message.ratio);
        break;
      case 'channels':
        this.announce(message.channels);
        break;
      case 'slots':
        this.place(message.slots);
        break;
      case 'frame':
        this.take(message.buffer, now);
        break;
      case 'reset':
        this.traces.clear();
        this.clocks.clear();
        this.redrawAll();
        break;
    }
  }

  draw(now: number): void {
    const { context } = this;
    if (context === null) return;
    for (const pen of this.pens.values()) {
      const trace = this.traces.get(pen.slot.channel);
      if (!trace) continue;
      const head = this.clocks.get(trace.channel.device)?.at(now) ?? null;
      if (head !== null) this.advance(context, pen, trace, head);
    }
  }

  private take(buffer: ArrayBuffer, now: number): void {
    const frame = parseWaveFrame(buffer);
    const trace = frame && this.traces.get(frame.channel);
    if (!frame || !trace?.buffer.append(frame)) return;
    const end = trace.buffer.endMs;
    if (end === null) return;
    const { device } = trace.channel;
    const clock = this.clocks.get(device) ?? new PlayClock();
    this.clocks.set(device, clock);
    clock.note(end, now, (frame.samples.length * 1000) / trace.channel.rateHz);
  }

  private announce(channels: readonly ApiChannel[]): void {
    for (const channel of channels) {
      const known = this.traces.get(channel.channel);
      const same = known && known.channel.device === channel.device && known.channel.metric === channel.metric;
      if (!same || known.channel.rateHz !== channel.rateHz) {
        this.traces.set(channel.channel, { channel, buffer: new TraceBuffer(channel.rateHz) });
      }
    }
  }

  private resize(width: number, height: number, ratio: number): void {
    if (this.surface === null || this.context === null) return;
    this.surface.width = Math.round(width * ratio);
    this.surface.height = Math.round(height * ratio);
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.redrawAll();
  }

  private place(slots: readonly Slot[]): void {
    const before = this.pens;
    this.pens = new Map();
    for (const slot of slots) {
      const pen = before.get(slot.id);
      const kept = pen !== undefined && sameSlot(pen.slot, slot);
      if (pen && !kept) this.clear(pen.slot);
      this.pens.set(
        slot.id,
        kept ? pen : { slot, drawnTo: null, last: null, scale: millivoltScale(slot.height, null) },
      );
    }
    for (const [id, pen] of before) if (!this.pens.has(id)) this.clear(pen.slot);
    // A strip that left may have lain where another now stands.
    this.redrawAll();
  }

  private redrawAll(): void {
    for (const pen of this.pens.values()) {
      pen.drawnTo = null;
      this.clear(pen.slot);
    }
  }

  private clear(slot: Slot): void {
    this.context?.clearRect(slot.x - 1, slot.y, slot.width + 1, slot.height);
  }

  private advance(
    context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
    pen: Pen,
    trace: Trace,
    head: number,
  ): void {
    const { slot } = pen;
    const width = slot.width - (slot.scale === 'millivolt' ? CALIBRATION_PX : 0);
    const span = sweepSpanMs(width);
    const barMs = ERASE_BAR_PX / SWEEP_PX_PER_MS;
    const oldest = head - span + barMs;
    let from = pen.drawnTo;
    if (from === null || from > head || from < oldest) {
      this.clear(slot);
      from = oldest;
      pen.last = null;
      pen.scale = scaleOf(slot, trace, oldest, head);
      this.calibrate(context, slot, pen.scale);
    } else if (sweepX(head, width) < sweepX(from, width)) {
      pen.last = null;
      // Only at the left edge may the scale change, and then for the whole strip: one strip is one picture.
      if (isOff(pen.scale, scaleOf(slot, trace, head - span, head), slot.height)) {
        pen.drawnTo = null;
        this.advance(context, pen, trace, head);
        return;
      }
    }
    for (const { from: x, to } of stretches(from + barMs, head + barMs, width)) {
      // One pixel more on both sides: a line is wider than its path.
      context.clearRect(slot.x + x - 1, slot.y, to - x + 2, slot.height);
    }
    const cutOff = this.line(context, pen, trace, from, head, width);
    pen.drawnTo = cutOff && pen.drawnTo !== null ? null : head;
  }

  private line(
    context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
    pen: Pen,
    trace: Trace,
    from: number,
    head: number,
    width: number,
  ): boolean {
    const { slot } = pen;
    const { buffer, channel } = trace;
    let cutOff = false;
    const end = buffer.indexAt(head);
    context.strokeStyle = slot.colour;
    context.lineWidth = LINE_PX;
    context.lineJoin = 'round';
    context.beginPath();
    if (pen.last) context.moveTo(slot.x + pen.last.x, slot.y + pen.last.y);
    for (let index = buffer.indexAt(from); index < end; index++) {
      const x = sweepX(buffer.timeAt(index), width);
      const raw = buffer.valueAt(index);
      if (raw === FRAME.missing) {
        pen.last = null;
        this.dot(context, slot, x, (SWEEP_PX_PER_MS * 1000) / channel.rateHz);
        continue;
      }
      const value = channel.offset + channel.scale * raw;
      cutOff ||= !pen.scale.fits(value);
      const y = pen.scale.y(value);
      if (pen.last && pen.last.x <= x) context.lineTo(slot.x + x, slot.y + y);
      else context.moveTo(slot.x + x, slot.y + y);
      pen.last = { x, y };
    }
    context.stroke();
    // The next frame draws the whole sweep anew, at a scale that holds it.
    return cutOff;
  }

  /** Where nothing came: a dotted line at mid-height, never a held value. */
  private dot(
    context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
    slot: Slot,
    x: number,
    step: number,
  ): void {
    if (Math.floor(x / DOT_EVERY_PX) === Math.floor((x - step) / DOT_EVERY_PX)) return;
    context.fillStyle = DOT_COLOUR;
    context.fillRect(slot.x + x, slot.y + Math.round(slot.height / 2), 2, 2);
  }

  private calibrate(
    context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
    slot: Slot,
    scale: VerticalScale,
  ): void {
    if (scale.unitPx === null || scale.unitPx > slot.height) return;
    const left = slot.x + slot.width - CALIBRATION_PX;
    context.clearRect(left, slot.y, CALIBRATION_PX, slot.height);
    const bottom = slot.y + (slot.height + scale.unitPx) / 2;
    const top = bottom - scale.unitPx;
    context.strokeStyle = CALIBRATION_COLOUR;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(left + 6, bottom);
    context.lineTo(left + 9, bottom);
    context.lineTo(left + 9, top);
    context.lineTo(left + 14, top);
    context.lineTo(left + 14, bottom);
    context.lineTo(left + 17, bottom);
    context.stroke();
  }
}

const sameSlot = (a: Slot, b: Slot): boolean =>
  a.channel === b.channel &&
  a.x === b.x &&
  a.y === b.y &&
  a.width === b.width &&
  a.height === b.height &&
  a.colour === b.colour;

/** What the channel spanned between two times; null where nothing of it came. */
const extentOf = ({ buffer, channel }: Trace, from: number, to: number): Extent | null => {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let count = 0;
  for (let index = buffer.indexAt(from); index < buffer.indexAt(to); index++) {
    const raw = buffer.valueAt(index);
    if (raw === FRAME.missing) continue;
    const value = channel.offset + channel.scale * raw;
    low = Math.min(low, value);
    high = Math.max(high, value);
    count++;
  }
  return count < 2 ? null : { low, high };
};

const scaleOf = (slot: Slot, trace: Trace, from: number, to: number): VerticalScale => {
  const extent = extentOf(trace, from, to);
  return slot.scale === 'millivolt' ? millivoltScale(slot.height, extent) : fitScale(slot.height, extent);
};
