import type { MqttMessage } from '../drivers/kit/contract.ts';
import type { Clock } from '../model/clock.ts';
import { startMqttDevice } from './devices/mqtt-device.ts';
import type { MetricValues } from './devices/mqtt-messages.ts';
import type { MqttVoice } from './devices/mqtt-voices.ts';
import { type MqttPort, mqttPort } from './ports/mqtt-port.ts';

export interface ConnectMqttDeviceOptions {
  readonly url: string;
  readonly clientId: string;
  readonly voice: MqttVoice;
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly values: (t: number) => MetricValues;
}

/** Connects a device to a broker; it publishes from then on. Returns what switches it off. */
export const connectMqttDevice = async (options: ConnectMqttDeviceOptions): Promise<() => Promise<void>> => {
  const { url, clientId, voice, clock, intervalMs, values } = options;
  const will = voice.online?.(false);
  const port: MqttPort = await mqttPort({ url, clientId, ...(will ? { will } : {}) });
  // What the broker never acknowledged is lost with the connection at the end: that is no fault of the simulation.
  const publish = (message: MqttMessage) => void port.publish(message).catch(() => {});
  const online = voice.online?.(true);
  if (online) publish(online);
  const stop = startMqttDevice({
    driver: { encode: (message: MqttMessage) => message },
    address: clientId,
    clock,
    intervalMs,
    message: (atMs) => voice.reading(values(atMs), atMs),
    publish,
  });
  return () => {
    stop();
    return port.close();
  };
};
