import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { after, type Clock } from '../../model/clock.ts';
import { messageOf } from '../../model/errors.ts';
import type { Random } from '../../model/random.ts';
import type { BackoffLimits } from './backoff.ts';
import type { MqttLink } from './contract.ts';
import { heldAcks, heldBack } from './held-acks.ts';
import { createHandlers } from './message-handlers.ts';
import {
  connectProblem,
  duplicateClientId,
  isVersionRefusal,
  reasonCode,
  SESSION_TAKEN_OVER,
} from './mqtt-problems.ts';
import { connectError, linkDown, systemCode } from './problem.ts';
import { closedByPeer } from './socket-problems.ts';
import { type Connection, supervise } from './supervised.ts';

export interface MqttClientOptions {
  readonly id: string;
  /** `mqtt://host:port` or `mqtts://host:port`. */
  readonly url: string;
  /** Stable and unique on the broker: the session that keeps unacknowledged messages goes by it. */
  readonly clientId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly backoff?: BackoffLimits;
  /** `auto`: 5, or 3.1.1 where the broker does not know it. */
  readonly version?: '5' | '3.1.1' | 'auto';
  readonly username?: string;
  readonly password?: string;
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly keepaliveSeconds?: number;
  readonly connectTimeoutMs?: number;
  /** Unacknowledged messages the broker may have sent (MQTT 5). */
  readonly receiveMaximum?: number;
  /** How long the broker keeps the session of an absent gateway (MQTT 5). */
  readonly sessionExpirySeconds?: number;
  /** How long after a message could not be taken over the connection is made anew, so that it comes again. */
  readonly redeliverMs?: number;
}

interface Session extends Connection {
  readonly client: MqttClient;
}

/** A connection that ends sooner than this was not wanted. */
const KICKED_MS = 3000;
/** Filters in one SUBSCRIBE. */
const SUBSCRIBE_BATCH = 100;
/** Unacknowledged QoS 0 messages after which reading stops until some are done. */
const QOS0_IN_FLIGHT = 2000;

const addressOf = (url: string) => {
  const { hostname, port, protocol } = new URL(url);
  const secure = protocol === 'mqtts:' || protocol === 'ssl:';
  return { host: hostname, port: port === '' ? (secure ? 8883 : 1883) : Number(port) };
};

/**
 * An external broker. Subscribe before opening: a broker that kept the session sends at once. Messages are acknowledged
 * as their handlers resolve, in any order; where one rejects, the connection is made anew and the broker sends it again.
 */
export const mqttClientLink = (options: MqttClientOptions): MqttLink => {
  const { clock, clientId, redeliverMs = 1000, version = 'auto' } = options;
  const address = addressOf(options.url);
  const handlers = createHandlers(clock);
  const wanted = new Map<string, number>();
  /** Granted in the session that the broker keeps. */
  const granted = new Set<string>();
  const counted = { subscriptionsRefused: 0, sessionsResumed: 0, acknowledged: 0, redeliveries: 0, published: 0 };
  let protocol: 4 | 5 = version === '3.1.1' ? 4 : 5;
  let quickLosses = 0;
  let cancelRedelivery: (() => void) | null = null;

  const clientOptions = (): IClientOptions => ({
    clientId,
    protocolVersion: protocol,
    clean: false,
    reconnectPeriod: 0,
    resubscribe: false,
    keepalive: options.keepaliveSeconds ?? 30,
    connectTimeout: options.connectTimeoutMs ?? 10_000,
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.password === undefined ? {} : { password: options.password }),
    ...(options.ca === undefined ? {} : { ca: options.ca }),
    ...(options.cert === undefined ? {} : { cert: options.cert }),
    ...(options.key === undefined ? {} : { key: options.key }),
    ...(protocol === 5
      ? {
          properties: {
            sessionExpiryInterval: options.sessionExpirySeconds ?? 7 * 86_400,
            receiveMaximum: options.receiveMaximum ?? 1000,
          },
        }
      : {}),
  });

  const redeliverLater = (): void => {
    cancelRedelivery ??= after(clock, redeliverMs, () => {
      cancelRedelivery = null;
      counted.redeliveries++;
      supervised.reset({
        reason: 'a message could not be taken over',
        hint: 'The connection is made anew so that the broker sends it again. See the disk and the journal.',
      });
    });
  };

  /** Makes the client hand messages on, several at once, and acknowledge each when it is taken over. */
  const takeMessages = (client: MqttClient): void => {
    const acks = heldAcks(client);
    client.handleMessage = (packet, callback) => {
      const { topic, qos, retain, messageId } = packet;
      const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
      const taken = handlers.deliver({ topic, payload, qos, retained: retain, client: null });
      if (qos === 1 && messageId !== undefined) {
        taken.then(() => {
          counted.acknowledged++;
          acks.release(messageId);
        }, redeliverLater);
        callback(heldBack);
      } else if (qos === 2) {
        taken.then(
          () => callback(),
          () => {
            redeliverLater();
            callback(heldBack);
          },
        );
      } else if ((handlers.counters().inFlight ?? 0) < QOS0_IN_FLIGHT) {
        taken.catch(() => {});
        callback();
      } else {
        taken.then(
          () => callback(),
          () => callback(),
        );
      }
    };
  };

  /** Subscribes; resolves with the filters the broker refused. */
  const subscribe = async (client: MqttClient, filters: readonly string[]): Promise<readonly string[]> => {
    const refused: string[] = [];
    for (let n = 0; n < filters.length; n += SUBSCRIBE_BATCH) {
      const batch = filters.slice(n, n + SUBSCRIBE_BATCH);
      // rh 1: retained messages only where the subscription is new (MQTT 5, 3.8.3.1).
      const grants = await client.subscribeAsync([...batch], { qos: 1, rh: 1 }).catch((error: unknown) => {
        // mqtt.js rejects the whole batch where one filter is refused.
        if (batch.length === 1 && client.connected) return [];
        if (client.connected) return null;
        throw error;
      });
      if (grants === null) {
        for (const filter of batch) refused.push(...(await subscribe(client, [filter])));
        continue;
      }
      const good = new Set(grants.filter(({ qos }) => qos < 128).map(({ topic }) => topic));
      for (const filter of batch) {
        if (good.has(filter)) granted.add(filter);
        else refused.push(filter);
      }
    }
    return refused;
  };

  const start = async (client: MqttClient, sessionPresent: boolean): Promise<Session> => {
    if (sessionPresent) counted.sessionsResumed++;
    else granted.clear();
    const missing = [...wanted.keys()].filter((filter) => !granted.has(filter));
    const refused = await subscribe(client, missing);
    counted.subscriptionsRefused += refused.length;
    return {
      advice: refused.length === 0 ? null : `The broker does not allow the topics ${refused.slice(0, 5).join(', ')}.`,
      client,
      close: () =>
        new Promise((resolve) => {
          cancelRedelivery?.();
          cancelRedelivery = null;
          client.end(true, () => resolve());
        }),
    };
  };

  const refusedWith = (error: unknown) => {
    // A broker that only knows 3.1.1 says so, or hangs up on what it cannot read.
    const unreadable = reasonCode(error) === null && systemCode(error) === null;
    if (version === 'auto' && (isVersionRefusal(error) || unreadable)) protocol = protocol === 5 ? 4 : 5;
    return connectError(connectProblem(error, address), error);
  };

  const supervised = supervise<Session>({
    ...options,
    connect: ({ signal, lost }) =>
      new Promise<Session>((resolve, reject) => {
        const client = connect(options.url, clientOptions());
        let connectedAt: number | null = null;
        let disconnectCode: number | null = null;
        let lastError: unknown = null;
        let settled = false;
        const giveUp = (error: () => Error) => {
          if (settled) return;
          settled = true;
          client.end(true);
          reject(error());
        };
        signal.addEventListener('abort', () => giveUp(() => connectError({ reason: 'closed', hint: null })), {
          once: true,
        });
        client.on('error', (error) => {
          lastError = error;
          if (connectedAt === null) giveUp(() => refusedWith(error));
        });
        client.on('disconnect', ({ reasonCode: code }) => {
          disconnectCode = code ?? null;
        });
        client.once('connect', ({ sessionPresent }) => {
          connectedAt = clock.now();
          start(client, sessionPresent).then(
            (session) => {
              settled = true;
              resolve(session);
            },
            (error: unknown) => giveUp(() => connectError(connectProblem(error, address), error)),
          );
        });
        client.on('close', () => {
          if (connectedAt === null) {
            giveUp(() => refusedWith(lastError ?? new Error('closed by the broker')));
            return;
          }
          const held = clock.now() - connectedAt;
          quickLosses = held < KICKED_MS ? quickLosses + 1 : 0;
          // MQTT 3.1.1 has no reason: being kicked again and again at once is the sign of two clients with one id.
          const kicked = disconnectCode === SESSION_TAKEN_OVER || quickLosses >= 3;
          lost(kicked ? duplicateClientId(clientId) : closedByPeer(address, KICKED_MS, 'the broker'));
        });
        takeMessages(client);
      }),
  });

  return {
    kind: 'mqtt',
    id: supervised.id,
    report: supervised.report,
    onReport: supervised.onReport,
    open: supervised.open,
    close: supervised.close,
    subscribe(filter, handler) {
      const stop = handlers.add(filter, handler);
      const client = supervised.connection()?.client;
      const uses = wanted.get(filter) ?? 0;
      wanted.set(filter, uses + 1);
      if (uses === 0 && client) {
        subscribe(client, [filter]).then(
          (refused) => {
            counted.subscriptionsRefused += refused.length;
          },
          // The link went down: it is subscribed when it comes back.
          () => {},
        );
      }
      let stopped = false;
      return () => {
        if (stopped) return;
        stopped = true;
        stop();
        const left = (wanted.get(filter) ?? 1) - 1;
        if (left > 0) {
          wanted.set(filter, left);
          return;
        }
        wanted.delete(filter);
        granted.delete(filter);
        supervised.connection()?.client.unsubscribe(filter);
      };
    },
    async publish({ topic, payload, retain = false }, qos) {
      const client = supervised.connection()?.client;
      if (!client) throw linkDown(supervised.problem());
      await client.publishAsync(topic, Buffer.from(payload), { qos, retain }).catch((error: unknown) => {
        throw linkDown({ reason: messageOf(error), hint: null });
      });
      counted.published++;
    },
    counters: () => ({ ...supervised.counters(), ...handlers.counters(), ...counted }),
  };
};
