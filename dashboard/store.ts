import { signal } from '@preact/signals';
import { checkSession, session } from './api/session.ts';
import { browserClock, repeat } from './browser-clock.ts';
import { LiveStore } from './live/live-store.ts';
import type { WardState } from './live/ward-state.ts';
import { bursts } from './sound/bursts.ts';
import { nextBurst, type SoundCause, type SoundPlan, silence, soundCauses } from './sound/planner.ts';
import { Synth } from './sound/synth.ts';
import type { PainterMessage } from './waves/messages.ts';
import type { WaveHost } from './waves/wave-host.ts';

/*
 * The dashboard's composition root: the one place that joins socket, painter, sound and clock.
 */

let waves: WaveHost | null = null;

const toPainter = (message: Exclude<PainterMessage, { t: 'canvas' }>): void => waves?.post(message);

export const live = new LiveStore({
  clock: browserClock,
  wall: browserClock.wall,
  random: { next: () => Math.random() },
  open: () => new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live`),
  onWave: (buffer) => toPainter({ t: 'frame', buffer }),
  onSnapshot: () => {
    toPainter({ t: 'reset' });
    announceChannels();
    askForWaves(true);
    watching();
  },
  onSignedOut: () => void checkSession(),
});

const announceChannels = (): void =>
  toPainter({ t: 'channels', channels: [...(live.ward.value?.channels.values() ?? [])] });

let drawn: readonly number[] = [];
let asked = '';

/** Only the waves that this screen draws are sent to it. */
const askForWaves = (again: boolean): void => {
  const channels = live.ward.value?.channels;
  const devices = [...new Set(drawn.map((number) => channels?.get(number)?.device))].filter((id) => id !== undefined);
  if (!again && devices.join('\n') === asked) return;
  asked = devices.join('\n');
  live.send({ t: 'waves', devices });
};

/** The strips on the page changed. */
export const drawChannels = (channels: readonly number[]): void => {
  drawn = channels;
  askForWaves(false);
};

let announced: unknown = null;

const announceNewChannels = (ward: WardState | null): void => {
  if (ward === null || ward.channels === announced) return;
  announced = ward.channels;
  announceChannels();
};

/** The canvas is there; from now on waves are drawn on it. */
export const useWaveHost = (host: WaveHost): void => {
  waves = host;
  announceChannels();
};

export const postToPainter = toPainter;

/** `blocked`: asked for, but the browser does not let it out. */
export const sound = signal<'off' | 'on' | 'blocked'>('off');

let synth: Synth | null = null;
let plan: SoundPlan = silence;
const LOUDNESS = 0.35;
/** A screen that is cut off sounds as a medium technical alarm (screens-and-alarms.md 1.6). */
const cutOff: SoundCause = { id: 'this-screen-is-not-live', priority: 'medium' };

/** Must be called from a gesture: browsers keep silent otherwise. Plays one pulse, so that it is heard to work. */
export const enableSound = async (): Promise<void> => {
  synth ??= new Synth();
  await synth.resume();
  sound.value = synth.running ? 'on' : 'blocked';
  synth.play({ ...bursts.low, pulses: bursts.low.pulses.slice(0, 1) }, LOUDNESS / 2);
  watching();
};

export const disableSound = (): void => {
  sound.value = 'off';
  synth?.stop();
  plan = silence;
  watching();
};

const soundBeat = (): void => {
  if (synth === null || sound.value === 'off') return;
  sound.value = synth.running ? 'on' : 'blocked';
  const now = browserClock.now();
  const isLive = live.freshness.value.level !== 'not-live';
  const causes = isLive ? soundCauses(live.ward.value?.alerts.values() ?? [], live.now.value) : [cutOff];
  const next = nextBurst(plan, causes, now);
  if (next.plan === silence && plan !== silence) synth.stop();
  plan = next.plan;
  if (next.play !== null) synth.play(bursts[next.play], LOUDNESS);
};

const watching = (): void => {
  live.send({ t: 'watching', visible: document.visibilityState === 'visible', sound: sound.value === 'on' });
};

let wakeLock: WakeLockSentinel | null = null;

/** A wall must not go dark. Refused (battery, no secure context) it is no error: the screen's own settings decide. */
const stayAwake = async (): Promise<void> => {
  if (document.visibilityState !== 'visible' || (wakeLock !== null && !wakeLock.released)) return;
  wakeLock = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
};

const WATCHING_EVERY_MS = 5000;
const BEAT_MS = 200;
/** The cookie may end while the page stays: then the socket is refused, and only this tells why. */
const CHECK_SESSION_AFTER_ATTEMPTS = 2;

export const start = (): void => {
  repeat(BEAT_MS, () => {
    live.heartbeat();
    soundBeat();
  });
  repeat(WATCHING_EVERY_MS, watching);
  document.addEventListener('visibilitychange', () => {
    watching();
    void stayAwake();
  });
  session.subscribe((now) => {
    if (now.state === 'signed-in') {
      live.start();
      void stayAwake();
    } else {
      live.stop();
    }
  });
  live.connection.subscribe((now) => {
    if (now.state === 'waiting' && now.attempt >= CHECK_SESSION_AFTER_ATTEMPTS) void checkSession();
  });
  live.ward.subscribe(announceNewChannels);
  void checkSession();
};
