import { parseArgs } from 'node:util';
import { connect } from 'mqtt';

/*
 * A process of its own that publishes readings with QoS 1: so many at once with a fixed number in flight, or at a fixed
 * rate. Told what to do over its channel, it answers with the wall-clock time from the first publish to the last PUBACK.
 */

export interface PublishOrder {
  readonly port: number;
  readonly devices: number;
  readonly messages: number;
  readonly inFlight: number;
  /** Number of the first message; it makes the time, which is the identity of a reading. */
  readonly from: number;
  /** Time of message 0, ms. */
  readonly base: number;
  /** Messages a second; 0: as fast as they are acknowledged. */
  readonly perSecond: number;
}

export interface PublishReport {
  readonly ms: number;
  readonly acknowledged: number;
}

const MESSAGE_BYTES = 200;

/** Message n of the bench: one reading, padded to what a sensor with some more fields sends. */
export const messageOf = (n: number, base: number): string => {
  const text = JSON.stringify({
    time: new Date(base + n).toISOString(),
    values: { 'air-temperature': 20 + (n % 50) / 10 },
    seq: n,
  });
  return text.padEnd(MESSAGE_BYTES);
};

const publish = async (order: PublishOrder): Promise<PublishReport> => {
  const client = connect({ host: '127.0.0.1', port: order.port, reconnectPeriod: 0, protocolVersion: 4 });
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve());
    client.once('error', reject);
  });
  let sent = 0;
  let acknowledged = 0;
  const begin = performance.now();
  await new Promise<void>((resolve, reject) => {
    client.on('close', () => reject(new Error(`the broker cut the publisher off after ${acknowledged} messages`)));
    const timer = order.perSecond > 0 ? setInterval(() => fill(), 2) : undefined;
    const due = (): number =>
      order.perSecond > 0
        ? Math.min(order.messages, Math.floor(((performance.now() - begin) * order.perSecond) / 1000))
        : order.messages;
    const fill = (): void => {
      for (const most = due(); sent < most && sent - acknowledged < order.inFlight; sent++) {
        const n = order.from + sent;
        const topic = `wardwire/sensor-${n % order.devices}/readings`;
        client.publish(topic, messageOf(n, order.base), { qos: 1 }, (error) => {
          if (error) {
            reject(error);
            return;
          }
          acknowledged++;
          if (acknowledged < order.messages) {
            if (order.perSecond === 0) fill();
            return;
          }
          clearInterval(timer);
          resolve();
        });
      }
    };
    fill();
  });
  const ms = performance.now() - begin;
  client.removeAllListeners('close');
  await client.endAsync();
  return { ms, acknowledged };
};

const { values } = parseArgs({ options: { serve: { type: 'boolean', default: false } }, strict: false });
if (values.serve) {
  process.on('message', (order: PublishOrder) => {
    publish(order).then(
      (report) => process.send?.(report),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.send?.('ready');
}
