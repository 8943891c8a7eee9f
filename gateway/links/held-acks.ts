import type { MqttClient } from 'mqtt';

/** A stream that takes bytes: mqtt.js's connection to the broker. */
interface Sink {
  write(bytes: Uint8Array): unknown;
}

export interface HeldAcks {
  /** Sends the PUBACK, unless the connection it came on is gone. */
  release(messageId: number): void;
}

/** PUBACK with a remaining length of 2: success in MQTT 3.1.1 (3.4) and in MQTT 5 (3.4.2.1) alike. */
const puback = (messageId: number): readonly number[] => [0x40, 2, messageId >> 8, messageId & 0xff];

/**
 * PUBACKs written past mqtt.js, which can hold back one at a time only. Its `handleMessage` leaves the acknowledgement
 * out where it is called back with an error, and goes on with the next message: so every message is refused to mqtt.js,
 * and acknowledged here once it is taken over. Acknowledgements of one turn go out in one write.
 */
export const heldAcks = (client: MqttClient): HeldAcks => {
  // A message id means something on its own connection only.
  const stream: Sink = client.stream;
  let waiting: number[] = [];
  const flush = (): void => {
    const bytes = Uint8Array.from(waiting);
    waiting = [];
    if (client.connected && client.stream === stream) stream.write(Buffer.from(bytes));
  };
  return {
    release(messageId) {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push(...puback(messageId));
    },
  };
};

/** What `handleMessage` is called back with so that mqtt.js sends no PUBACK. */
export const heldBack = new Error('acknowledged later');
