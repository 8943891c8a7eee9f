import type { Clock } from '../../model/clock.ts';
import type { Arrival, Ingest, Unreadable } from '../ingest/ingest.ts';
import { count, type DeviceRuntime, noteFault } from './device-runtime.ts';

/** What every kind of device runtime works with. */
export interface DeviceHost {
  readonly clock: Clock;
  readonly ingest: Ingest;
  /** Called where something went wrong that no device or link owns. Never with patient data. */
  log(level: 'info' | 'warn' | 'error', message: string, fields?: Readonly<Record<string, string | number>>): void;
}

/** Hands an arrival to the ingest and counts what became of it. */
export const deliverFor = async (
  host: DeviceHost,
  device: DeviceRuntime,
  arrival: Omit<Arrival, 'device' | 'simulated' | 'link'>,
): Promise<void> => {
  if (arrival.samples.some((sample) => sample.kind !== 'clock')) device.lastSampleAt = arrival.receivedAt;
  const outcome = await host.ingest.deliver({
    ...arrival,
    device: device.id,
    simulated: device.simulated,
    link: device.link.id,
  });
  count(device, 'samples', outcome.samples);
  count(device, 'duplicates', outcome.duplicates);
};

/** Keeps what could not be read and says so on the device. */
export const quarantineFor = async (
  host: DeviceHost,
  device: DeviceRuntime,
  input: Omit<Unreadable, 'device' | 'link'>,
): Promise<void> => {
  count(device, 'decodeFaults');
  noteFault(device, host.clock, `${input.code}: ${input.detail}`);
  await host.ingest.quarantine({ ...input, device: device.id, link: device.link.id });
};
