import type { ApiChannel } from '../../model/api.ts';

/** A rectangle of the stage in CSS pixels, and what is drawn in it. */
export interface Slot {
  readonly id: string;
  readonly channel: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly colour: string;
  /** `millivolt`: fixed gain with a calibration bar; `fit`: scaled to what comes. */
  readonly scale: 'millivolt' | 'fit';
}

/** What the page tells the painter, in the worker or beside it. */
export type PainterMessage =
  | { readonly t: 'canvas'; readonly canvas: OffscreenCanvas }
  | { readonly t: 'size'; readonly width: number; readonly height: number; readonly ratio: number }
  | { readonly t: 'channels'; readonly channels: readonly ApiChannel[] }
  | { readonly t: 'slots'; readonly slots: readonly Slot[] }
  | { readonly t: 'frame'; readonly buffer: ArrayBuffer }
  | { readonly t: 'reset' };
