import type { MqttDriver } from '../../drivers/kit/contract.ts';
import type { IncomingMessage, MqttLink } from '../links/contract.ts';
import { type DeviceHost, deliverFor, quarantineFor } from './deliver.ts';
import { count, type DeviceRuntime } from './device-runtime.ts';

/**
 * Listens to one device's topics. The sender's acknowledgement waits for the returned promise: for a good message until
 * it is on disk, for an unreadable one until it is in quarantine, so that it neither is lost nor blocks the rest.
 */
export const startMqttDevice = (
  host: DeviceHost,
  device: DeviceRuntime,
  driver: MqttDriver,
  link: MqttLink,
  address: string,
  memory: () => Readonly<Record<string, string | number | boolean | null>>,
): (() => void) => {
  const handle = async (message: IncomingMessage): Promise<void> => {
    count(device, 'bytes', message.payload.length);
    if (message.retained) count(device, 'retained');
    const { topic, receivedAt, payload } = message;
    const decoded = driver.decode(message, address);
    if (!decoded.ok) {
      await quarantineFor(host, device, { frame: payload, address: topic, receivedAt, ...decoded.fault });
      return;
    }
    count(device, 'frames');
    const { samples, memory: facts } = driver.interpret(decoded.message, {
      receivedAt,
      memory: memory(),
      options: device.options,
      retained: message.retained,
    });
    await deliverFor(host, device, {
      frame: payload,
      address: topic,
      receivedAt,
      samples,
      ...(facts ? { memory: { ...memory(), ...facts } } : {}),
    });
  };

  const stops = driver.topics(address).map((filter) => link.subscribe(filter, handle));
  return () => {
    for (const stop of stops) stop();
  };
};
