import type { Driver } from '../../drivers/kit/contract.ts';
import type { Clock } from '../../model/clock.ts';
import type { DeviceClass } from '../../model/device.ts';
import type { Link } from '../links/contract.ts';
import { type DeviceCounter, type DeviceCounters, deviceHealth, type Health, zeroCounters } from './device-health.ts';

/** One configured device: what it is, and what has been seen of it. */
export interface DeviceRuntime {
  readonly id: string;
  readonly name: string;
  readonly driver: Driver;
  readonly class: DeviceClass;
  readonly place: string | null;
  readonly link: Link;
  /** MQTT topic name, or `unit 5`, or null. */
  readonly address: string | null;
  readonly options: Readonly<Record<string, string | number | boolean | null>>;
  readonly simulated: boolean;
  readonly maintenance: boolean;
  readonly silentAfterMs: number | null;
  readonly counters: DeviceCounters;
  lastSampleAt: number | null;
  lastFault: { readonly at: number; readonly text: string } | null;
  /** What its session is doing, e.g. `reading record 12 of 40`. */
  progress: string | null;
}

export type DeviceSetup = Omit<DeviceRuntime, 'counters' | 'lastSampleAt' | 'lastFault' | 'progress'>;

export const createDeviceRuntime = (setup: DeviceSetup): DeviceRuntime => ({
  ...setup,
  counters: zeroCounters(),
  lastSampleAt: null,
  lastFault: null,
  progress: null,
});

export const count = (device: DeviceRuntime, counter: DeviceCounter, by = 1): void => {
  device.counters[counter] += by;
};

export const noteFault = (device: DeviceRuntime, clock: Clock, text: string): void => {
  device.lastFault = { at: clock.now(), text };
};

export const healthOf = (device: DeviceRuntime, now: number): Health =>
  deviceHealth({
    now,
    maintenance: device.maintenance,
    link: device.link.report(),
    lastSampleAt: device.lastSampleAt,
    lastFault: device.lastFault,
    silentAfterMs: device.silentAfterMs,
    counters: device.counters,
  });
