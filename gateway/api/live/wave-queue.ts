/** Waves that wait for a socket: bounded, the oldest go first. The gap shows in the channel's sequence. */
export class WaveQueue {
  private readonly capacity: number;
  private frames: Uint8Array[] = [];
  private bytes = 0;
  dropped = 0;

  constructor(capacityBytes: number) {
    this.capacity = capacityBytes;
  }

  add(frame: Uint8Array): void {
    this.frames.push(frame);
    this.bytes += frame.length;
    let gone = 0;
    while (this.bytes > this.capacity && gone < this.frames.length) {
      this.bytes -= this.frames[gone]?.length ?? 0;
      gone++;
    }
    if (gone > 0) {
      this.frames = this.frames.slice(gone);
      this.dropped += gone;
    }
  }

  /** Hands over while `take` says that there is room. */
  drain(take: (frame: Uint8Array) => boolean): void {
    let sent = 0;
    for (const frame of this.frames) {
      if (!take(frame)) break;
      this.bytes -= frame.length;
      sent++;
    }
    if (sent > 0) this.frames = this.frames.slice(sent);
  }

  clear(): void {
    this.frames = [];
    this.bytes = 0;
  }

  get size(): number {
    return this.bytes;
  }
}
