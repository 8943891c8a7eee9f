import { connectAsync } from 'mqtt';
import type { MqttMessage } from '../../drivers/kit/contract.ts';

export interface MqttPortOptions {
  readonly url: string;
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  /** What the broker publishes when the device vanishes. */
  readonly will?: MqttMessage;
  /** The embedded broker speaks 3.1.1 only. */
  readonly protocolVersion?: 4 | 5;
}

export interface MqttPort {
  readonly address: string;
  /** Resolves once the broker has acknowledged it (QoS 1), or it is sent (QoS 0). */
  publish(message: MqttMessage, qos?: 0 | 1): Promise<void>;
  /** Vanishes without a word: the broker publishes the will. */
  vanish(): void;
  close(): Promise<void>;
}

/** A device that publishes over MQTT, on any broker. What is not acknowledged is sent again after a reconnect. */
export const mqttPort = async (options: MqttPortOptions): Promise<MqttPort> => {
  const { url, clientId, will, protocolVersion = 4, username, password } = options;
  const client = await connectAsync(url, {
    clientId,
    protocolVersion,
    clean: true,
    reconnectPeriod: 500,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(will === undefined
      ? {}
      : { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: will.retain ?? false } }),
  });
  // mqtt.js reconnects by itself; without a listener an error would end the process.
  client.on('error', () => {});
  return {
    address: url,
    async publish({ topic, payload, retain = false }, qos = 1) {
      await client.publishAsync(topic, Buffer.from(payload), { qos, retain });
    },
    vanish() {
      client.options.reconnectPeriod = 0;
      client.stream.destroy();
    },
    close: () => client.endAsync(),
  };
};
