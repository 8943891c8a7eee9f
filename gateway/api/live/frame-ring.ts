import type { ApiAlert, LiveFrame } from '../../../model/api.ts';
import type { Lenses, Viewer } from '../lens.ts';

/** One frame of the live feed; its text is made once for all screens that may see the same. */
export class RingFrame {
  readonly frame: LiveFrame;
  private readonly lenses: Lenses;
  private readonly texts = new Map<Viewer, string>();

  constructor(frame: LiveFrame, lenses: Lenses) {
    this.frame = frame;
    this.lenses = lenses;
  }

  get s(): number {
    return this.frame.s;
  }

  text(viewer: Viewer): string {
    let text = this.texts.get(viewer);
    if (text === undefined) {
      text = JSON.stringify(this.lenses[viewer].frame(this.frame));
      this.texts.set(viewer, text);
    }
    return text;
  }
}

const weightOf = (frame: LiveFrame): number =>
  frame.t === 'readings' ? 1 + frame.readings.length : frame.t === 'status' ? 1 + frame.statuses.length : 1;

export interface RingLimits {
  /** Readings and other frames that are kept for a screen that comes back. */
  readonly weight: number;
  readonly alerts: number;
}

export const defaultRingLimits: RingLimits = { weight: 20_000, alerts: 5000 };

/** The last frames, from which each screen reads at its own pace. Alerts are kept longer than all else. */
export class FrameRing {
  private readonly limits: RingLimits;
  private frames: RingFrame[] = [];
  private alerts: { readonly s: number; readonly alert: ApiAlert }[] = [];
  private dropped = 0;
  private weight = 0;
  /** Everything after this is here. */
  private completeAfter: number;
  private alertsCompleteAfter: number;
  private newest: number;

  constructor(start: number, limits: RingLimits = defaultRingLimits) {
    this.limits = limits;
    this.newest = start;
    this.completeAfter = start;
    this.alertsCompleteAfter = start;
  }

  get head(): number {
    return this.newest;
  }

  push(frame: RingFrame): void {
    this.newest = frame.s;
    this.frames.push(frame);
    this.weight += weightOf(frame.frame);
    if (frame.frame.t === 'alert') this.alerts.push({ s: frame.s, alert: frame.frame.alert });
    this.trim();
  }

  /** The frames after `s`, oldest first; null where some are gone, or where `s` was never given out. */
  after(s: number): readonly RingFrame[] | null {
    if (s < this.completeAfter || s > this.newest) return null;
    return this.frames.slice(this.frames.length - (this.newest - s));
  }

  /** Alerts that changed after `s`, each as it was last; null where that is not known any more. */
  alertsAfter(s: number): readonly ApiAlert[] | null {
    if (s < this.alertsCompleteAfter || s > this.newest) return null;
    const last = new Map<string, ApiAlert>();
    for (const entry of this.alerts) {
      if (entry.s <= s) continue;
      last.delete(entry.alert.id);
      last.set(entry.alert.id, entry.alert);
    }
    return [...last.values()];
  }

  private trim(): void {
    for (let first = this.frames[this.dropped]; this.weight > this.limits.weight && first; ) {
      this.weight -= weightOf(first.frame);
      this.completeAfter = first.s;
      this.dropped++;
      first = this.frames[this.dropped];
    }
    // Cut in steps: a shift at each frame would move the whole list each time.
    if (this.dropped > 1024 || this.dropped * 2 > this.frames.length) {
      this.frames = this.frames.slice(this.dropped);
      this.dropped = 0;
    }
    if (this.alerts.length >= 2 * this.limits.alerts) {
      const gone = this.alerts.length - this.limits.alerts;
      this.alertsCompleteAfter = this.alerts[gone - 1]?.s ?? this.alertsCompleteAfter;
      this.alerts = this.alerts.slice(gone);
    }
  }
}
