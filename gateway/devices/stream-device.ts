import type { DeviceMemory, StreamDriver } from '../../drivers/kit/contract.ts';
import { createDialogue } from '../../drivers/kit/dialogue.ts';
import type { SharedLine } from '../../drivers/kit/shared-line.ts';
import { supervise } from '../../drivers/kit/supervise.ts';
import { messageOf } from '../../model/errors.ts';
import type { Random } from '../../model/random.ts';
import type { ByteLink } from '../links/contract.ts';
import { type DeviceHost, deliverFor, quarantineFor } from './deliver.ts';
import { count, type DeviceRuntime, noteFault } from './device-runtime.ts';

export interface StreamWiring {
  readonly random: Random;
  /** Shared by the devices behind one link (the modules of a pump rack). */
  readonly line: SharedLine;
  memory(device: string): DeviceMemory;
}

/**
 * Runs one device's session over its link, again and again while the link is up. Bytes are always read, so that a
 * hang-up is noticed even when nothing is asked. Returns a function that stops it.
 */
export const startStreamDevice = (
  host: DeviceHost,
  device: DeviceRuntime,
  driver: StreamDriver,
  link: ByteLink,
  wiring: StreamWiring,
): (() => void) => {
  const { clock } = host;
  const dialogue = createDialogue({
    driver,
    clock,
    options: device.options,
    line: wiring.line,
    memory: () => wiring.memory(device.id),
    write: (bytes) => link.write(bytes),
    deliver: (delivery) => deliverFor(host, device, { ...delivery, address: null }),
    progress: (text) => {
      device.progress = text;
    },
    onFrame: () => count(device, 'frames'),
    onJunk: (bytes, reason) => {
      count(device, 'junkBytes', bytes.length);
      // A stream that is joined in its middle begins with junk: only junk after a good frame is a fault.
      if (device.counters.frames > 0) noteFault(device, clock, `bytes that form no message: ${reason}`);
    },
    onFault: (fault, frame, receivedAt) => {
      quarantineFor(host, device, { frame, address: null, receivedAt, ...fault }).catch(notStored);
    },
    onUndelivered: (error) => notStored(error),
  });

  const notStored = (error: unknown): void => {
    noteFault(device, clock, `could not be stored: ${messageOf(error)}`);
    host.log('error', `could not be stored: ${messageOf(error)}`, { device: device.id });
  };

  let session: AbortController | null = null;
  const up = (): void => {
    if (session) return;
    const controller = new AbortController();
    session = controller;
    count(device, 'sessions');
    supervise(dialogue, {
      clock,
      random: wiring.random,
      signal: controller.signal,
      onFailure: (error, retryInMs) => {
        count(device, 'sessionFailures');
        device.progress = null;
        noteFault(device, clock, `${messageOf(error)}; next try in ${Math.ceil(retryInMs / 1000)} s`);
      },
    }).catch((error: unknown) => host.log('error', messageOf(error), { device: device.id }));
  };
  const down = (reason: string): void => {
    device.progress = null;
    session?.abort(new Error(reason));
    session = null;
    dialogue.linkDown(reason);
  };

  const stops = [
    link.onData((chunk, at) => {
      count(device, 'bytes', chunk.length);
      dialogue.receive(chunk, at);
    }),
    link.onReport((report) => (report.state === 'up' ? up() : down(report.reason ?? 'the link went down'))),
  ];
  if (link.report().state === 'up') up();
  return () => {
    for (const stop of stops) stop();
    down('stopped');
  };
};
