import { drawChannels, postToPainter } from '../store.ts';
import type { Slot } from './messages.ts';

interface Strip {
  readonly id: string;
  readonly element: HTMLElement;
  readonly channel: number;
  readonly scale: Slot['scale'];
}

const strips = new Map<string, Strip>();
let stage: HTMLElement | null = null;
let planned = false;
let lastSent = '';
let numbered = 0;

const measure = (): void => {
  planned = false;
  if (stage === null) return;
  const origin = stage.getBoundingClientRect();
  const slots: Slot[] = [];
  for (const { id, element, channel, scale } of strips.values()) {
    const box = element.getBoundingClientRect();
    if (box.width < 40 || box.height < 16) continue;
    slots.push({
      id,
      channel,
      scale,
      x: Math.round(box.left - origin.left),
      y: Math.round(box.top - origin.top),
      width: Math.round(box.width),
      height: Math.round(box.height),
      colour: getComputedStyle(element).color,
    });
  }
  const text = JSON.stringify(slots);
  if (text === lastSent) return;
  lastSent = text;
  postToPainter({ t: 'slots', slots });
  drawChannels(slots.map((slot) => slot.channel));
};

/** Measures once, after the browser has laid the page out. */
export const measureSoon = (): void => {
  if (planned) return;
  planned = true;
  requestAnimationFrame(measure);
};

const watcher = new ResizeObserver(measureSoon);

/** A strip of the page becomes a rectangle of the canvas. Returns what takes it away again. */
export const placeStrip = (element: HTMLElement, channel: number, scale: Slot['scale']): (() => void) => {
  const id = `strip-${++numbered}`;
  strips.set(id, { id, element, channel, scale });
  watcher.observe(element);
  measureSoon();
  return () => {
    strips.delete(id);
    watcher.unobserve(element);
    measureSoon();
  };
};

/** The element that the canvas covers: rectangles are relative to it, so scrolling moves nothing. */
export const useStage = (element: HTMLElement): void => {
  stage = element;
  watcher.observe(element);
};
