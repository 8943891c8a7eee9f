import type { DeviceState, LinkReport } from '../../model/device.ts';

/** What the gateway counts about one device; shown to the engineer and at /metrics. */
export const deviceCounters = [
  'bytes',
  'frames',
  'junkBytes',
  'decodeFaults',
  'samples',
  'duplicates',
  'retained',
  'polls',
  'timeouts',
  'lateReplies',
  'exceptions',
  'sessions',
  'sessionFailures',
] as const;
export type DeviceCounter = (typeof deviceCounters)[number];
export type DeviceCounters = Record<DeviceCounter, number>;

export const zeroCounters = (): DeviceCounters => ({
  bytes: 0,
  frames: 0,
  junkBytes: 0,
  decodeFaults: 0,
  samples: 0,
  duplicates: 0,
  retained: 0,
  polls: 0,
  timeouts: 0,
  lateReplies: 0,
  exceptions: 0,
  sessions: 0,
  sessionFailures: 0,
});

export interface HealthInput {
  readonly now: number;
  readonly maintenance: boolean;
  readonly link: LinkReport;
  readonly lastSampleAt: number | null;
  /** When the last frame or message was refused, and why. */
  readonly lastFault: { readonly at: number; readonly text: string } | null;
  readonly silentAfterMs: number | null;
  readonly counters: DeviceCounters;
}

export interface Health {
  readonly state: DeviceState;
  /** One sentence: why it is not running, and what to do. */
  readonly why: string | null;
}

/** A fault this recent makes a device that still speaks `degraded`. */
const RECENT_FAULT_MS = 60_000;

/** From what was seen on the wire to a sentence an engineer can act on (screens-and-alarms.md 2.3, verdicts). */
const silentWhy = ({ link, counters, lastFault, lastSampleAt }: HealthInput): string => {
  if (link.state !== 'up') {
    return [link.reason ?? 'the link is not up', link.hint].filter((text) => text !== null).join('; ');
  }
  if (counters.polls > 0 && counters.timeouts >= counters.polls) {
    return 'polled, but never answered: check the unit id, baud rate, parity and the A/B wires of the bus';
  }
  if (counters.frames + counters.decodeFaults > 0 && lastFault !== null)
    return `the last message could not be used: ${lastFault.text}`;
  if (counters.bytes === 0 && counters.polls === 0) {
    return 'nothing has been heard: check that the device is on and sends, the cable (straight or null-modem), and the port or topic';
  }
  if (counters.frames === 0 && counters.junkBytes > 0) {
    return 'bytes arrive but form no valid message: check baud rate and parity, and that the driver is for this model';
  }
  return lastSampleAt === null
    ? 'connected, but it has not sent a value yet'
    : 'it has stopped sending: check that it is on and still connected to its cable or network';
};

/** The state shown for a device. Silence is never "running". */
export const deviceHealth = (input: HealthInput): Health => {
  const { now, link, lastSampleAt, lastFault, silentAfterMs } = input;
  if (input.maintenance) return { state: 'maintenance', why: 'out of service by configuration' };
  if (lastSampleAt === null) return { state: 'never-seen', why: silentWhy(input) };
  if (silentAfterMs !== null && now - lastSampleAt > silentAfterMs) return { state: 'silent', why: silentWhy(input) };
  if (link.state !== 'up') return { state: 'degraded', why: silentWhy(input) };
  if (lastFault !== null && now - lastFault.at < RECENT_FAULT_MS) {
    return { state: 'degraded', why: `some of what it sends cannot be used: ${lastFault.text}` };
  }
  return { state: 'running', why: null };
};
