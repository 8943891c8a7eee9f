import type { Burst } from './bursts.ts';

/** Five partials, the weakest 12 dB below the strongest: within ±15 dB of each other (screens-and-alarms.md 1.4). */
const PARTIALS = [0, 1, 0.7, 0.5, 0.35, 0.25] as const;
const RISE_SECONDS = 0.02;

/** Plays bursts through WebAudio. No files, so no media policy. */
export class Synth {
  private readonly context = new AudioContext();
  private readonly wave = this.context.createPeriodicWave(
    new Float32Array(PARTIALS.length),
    new Float32Array(PARTIALS),
  );
  /** Of the burst that plays. */
  private output: GainNode | null = null;

  /** True where sound really comes out, as far as the browser tells. */
  get running(): boolean {
    return this.context.state === 'running';
  }

  async resume(): Promise<void> {
    await this.context.resume();
  }

  /** Acknowledged is silent at once, not after the burst. */
  stop(): void {
    this.output?.disconnect();
    this.output = null;
  }

  /** Takes the place of what plays. */
  play(burst: Burst, loudness: number): void {
    this.stop();
    const output = this.context.createGain();
    output.connect(this.context.destination);
    this.output = output;
    const start = this.context.currentTime + 0.02;
    for (const pulse of burst.pulses) this.pulse(output, start + pulse.at, pulse.seconds, pulse.hertz, loudness);
  }

  private pulse(output: GainNode, at: number, seconds: number, hertz: number, loudness: number): void {
    const oscillator = this.context.createOscillator();
    const gain = this.context.createGain();
    oscillator.setPeriodicWave(this.wave);
    oscillator.frequency.value = hertz;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(loudness, at + RISE_SECONDS);
    gain.gain.setValueAtTime(loudness, at + seconds - RISE_SECONDS);
    gain.gain.linearRampToValueAtTime(0, at + seconds);
    oscillator.connect(gain).connect(output);
    oscillator.start(at);
    oscillator.stop(at + seconds + 0.01);
  }
}
