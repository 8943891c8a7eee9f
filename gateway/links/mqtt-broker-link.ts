import { createServer, type Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes, type AedesOptions, type Client, type PublishPacket } from 'aedes';
import type { MqttMessage } from '../../drivers/kit/contract.ts';
import type { Clock } from '../../model/clock.ts';
import { CodedError, messageOf } from '../../model/errors.ts';
import type { Random } from '../../model/random.ts';
import { isLoopback } from '../loopback.ts';
import type { BackoffLimits } from './backoff.ts';
import { type ClientReport, createClientLedger } from './broker-clients.ts';
import { anyone, type BrokerClient, type BrokerPolicy } from './broker-policy.ts';
import type { MqttLink } from './contract.ts';
import { createHandlers } from './message-handlers.ts';
import { boundOfflineQueues } from './offline-queues.ts';
import { createPacketGuard } from './packet-guard.ts';
import { connectError, linkDown, systemCode } from './problem.ts';
import { type Connection, supervise } from './supervised.ts';

export interface MqttBrokerOptions {
  readonly id: string;
  readonly host: string;
  /** 0: any free port; see `port()`. */
  readonly port: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly backoff?: BackoffLimits;
  /** Default: anyone, which is allowed on loopback only. */
  readonly policy?: BrokerPolicy;
  /** Allows anyone on an address that others reach. */
  readonly insecure?: boolean;
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer; readonly ca?: string | Buffer };
  readonly maxPayloadBytes?: number;
  readonly maxTopicLevels?: number;
  /** Retained messages kept, of all clients together. */
  readonly maxRetained?: number;
  /** Messages kept for each persistent session that is away. In memory: they go with the process. */
  readonly offlineQueue?: number;
  /** The longest keep-alive a client may ask for, so that a dead one is noticed. */
  readonly keepaliveLimitSeconds?: number;
  /** A subscriber that does not read for so long is cut off: it holds up the others. */
  readonly drainTimeoutMs?: number;
}

export interface MqttBrokerLink extends MqttLink {
  /** The port it listens on; null while it does not. */
  port(): number | null;
  /** Connected clients and what each has sent. */
  clients(): readonly ClientReport[];
  /** Why a client was last cut off; null: none was. */
  lastFault(): string | null;
}

/** Fixed header and topic come on top of the payload. */
const ENVELOPE_BYTES = 70_000;

const listenProblem = (error: unknown, host: string, port: number) => {
  switch (systemCode(error)) {
    case 'EADDRINUSE':
      return {
        reason: `port ${port} is in use`,
        hint: 'Another broker runs on this machine: stop it, choose another port, or use it as an external broker.',
      };
    case 'EACCES':
      return { reason: `no permission to listen on port ${port}`, hint: 'Choose a port above 1023.' };
    case 'EADDRNOTAVAIL':
      return { reason: `${host} is no address of this machine`, hint: 'Correct mqtt.host in the configuration.' };
    default:
      return { reason: messageOf(error), hint: null };
  }
};

const listen = (server: Server, host: string, port: number) =>
  new Promise<number>((resolve, reject) => {
    server.once('error', (error) => reject(connectError(listenProblem(error, host, port), error)));
    server.listen(port, host, () => {
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : port);
    });
  });

interface Listening extends Connection {
  readonly port: number;
  readonly broker: Aedes;
}

/**
 * The embedded broker (MQTT 3.1.1, QoS 0 to 2). A message is handed to its handlers before the broker does anything
 * with it; its acknowledgement waits until they have resolved. aedes handles all packets of one read of a socket at
 * once, so a client's messages wait for the disk together and not one after the other.
 */
export const mqttBrokerLink = (options: MqttBrokerOptions): MqttBrokerLink => {
  const {
    clock,
    host,
    maxPayloadBytes = 1_048_576,
    maxRetained = 20_000,
    maxTopicLevels = 16,
    offlineQueue = 1000,
  } = options;
  const policy = options.policy ?? anyone;
  if (!options.policy && !options.insecure && !isLoopback(host)) {
    throw new CodedError('bad-configuration', `the broker would let anyone in on ${host}`, {
      hint: 'Configure mqtt.users, or mqtt.host 127.0.0.1, or set mqtt.insecure: true.',
    });
  }
  const handlers = createHandlers(clock);
  const ledger = createClientLedger(clock);
  const retained = new Map<string, Uint8Array>();
  const counted = {
    signInsRefused: 0,
    publishesRefused: 0,
    subscriptionsRefused: 0,
    oversized: 0,
    clientErrors: 0,
    connectionErrors: 0,
    queueDropped: 0,
  };
  let lastFault: string | null = null;

  const whoIs = (client: Client): BrokerClient => ledger.of(client) ?? { id: client.id, user: null, address: null };

  const keepRetained = (topic: string, payload: Uint8Array): void => {
    if (payload.length === 0) retained.delete(topic);
    else retained.set(topic, payload);
  };
  const retainedFull = (topic: string, payload: Uint8Array): boolean =>
    payload.length > 0 && retained.size >= maxRetained && !retained.has(topic);

  /** Why this message may not be published, or null. */
  const publishFault = (client: Client | null, packet: PublishPacket, payload: Uint8Array): string | null => {
    if (packet.topic.startsWith('$')) return 'topics that begin with $ are reserved';
    if (payload.length > maxPayloadBytes) {
      counted.oversized++;
      return `a payload of ${payload.length} bytes`;
    }
    if (client && !policy.mayPublish(whoIs(client), packet.topic)) return 'may not publish this topic';
    return packet.retain && retainedFull(packet.topic, payload) ? 'too many retained messages' : null;
  };

  // aedes publishes the last will of a client with the client it had, or without one.
  const authorizePublish: NonNullable<AedesOptions['authorizePublish']> = (client, packet, done) => {
    const { topic, qos, retain } = packet;
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    const fault = publishFault(client, packet, payload);
    if (fault !== null) {
      counted.publishesRefused++;
      if (client) ledger.refused(client, fault);
      done(new Error(fault));
      return;
    }
    if (client) ledger.sent(client, payload.length);
    handlers.deliver({ topic, payload, qos, retained: false, client: client?.id ?? null }).then(
      () => {
        if (retain) keepRetained(topic, payload);
        done();
      },
      (error: unknown) => {
        // QoS 0 is not sent again: cutting its sender off would gain nothing.
        if (qos === 0) done();
        else done(new Error(`not taken over: ${messageOf(error)}`));
      },
    );
  };

  const authorizeSubscribe: NonNullable<AedesOptions['authorizeSubscribe']> = (client, subscription, done) => {
    const { topic } = subscription;
    // aedes grants shared subscriptions and then delivers nothing (toolchain.md C6).
    if (topic.startsWith('$share/') || !policy.maySubscribe(whoIs(client), topic)) {
      counted.subscriptionsRefused++;
      done(null, null);
      return;
    }
    done(null, subscription);
  };

  const authenticate: NonNullable<AedesOptions['authenticate']> = (client, username, password, done) => {
    const address = client.conn instanceof Socket ? (client.conn.remoteAddress ?? null) : null;
    const who: BrokerClient = { id: client.id, user: username ?? null, address };
    void Promise.resolve()
      .then(() => policy.authenticate(who, password ?? null))
      .catch(() => false)
      .then((allowed) => {
        if (allowed) ledger.authenticated(client, who);
        else counted.signInsRefused++;
        done(null, allowed);
      });
  };

  /** Counts the bytes of packets as aedes reads them, and cuts off who announces too large a one. */
  const guard = (socket: Socket): void => {
    const fits = createPacketGuard(maxPayloadBytes + ENVELOPE_BYTES);
    const read = socket.read.bind(socket);
    socket.read = (size?: number) => {
      const chunk: unknown = read(size);
      if (chunk instanceof Uint8Array && !fits(chunk)) {
        counted.oversized++;
        socket.destroy(new Error('packet too large'));
        return null;
      }
      return chunk;
    };
  };

  const startBroker = async (): Promise<Aedes> => {
    const broker = await Aedes.createBroker({
      id: options.id,
      concurrency: 1000,
      heartbeatInterval: 60_000,
      connectTimeout: 10_000,
      drainTimeout: options.drainTimeoutMs ?? 3000,
      keepaliveLimit: options.keepaliveLimitSeconds ?? 0,
      maxTopicLevels,
      authenticate,
      authorizePublish,
      authorizeSubscribe,
    });
    boundOfflineQueues(broker, offlineQueue, () => counted.queueDropped++);
    broker.on('client', ledger.connected);
    broker.on('clientDisconnect', ledger.disconnected);
    broker.on('clientError', (client, error) => {
      counted.clientErrors++;
      lastFault = `${client.id}: ${error.message}`;
      ledger.refused(client, error.message);
    });
    broker.on('connectionError', (_, error) => {
      counted.connectionErrors++;
      lastFault = error.message;
    });
    return broker;
  };

  const supervised = supervise<Listening>({
    ...options,
    async connect({ lost }) {
      const broker = await startBroker();
      const serve = (socket: Socket): void => {
        // Clients without a keep-alive of their own are noticed when they vanish, too.
        socket.setKeepAlive(true, 60_000);
        socket.setNoDelay(true);
        guard(socket);
        broker.handle(socket);
      };
      const server = options.tls ? createTlsServer(options.tls, serve) : createServer(serve);
      const sockets = new Set<Socket>();
      server.on('connection', (socket: Socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
        socket.on('error', () => {});
      });
      server.on('tlsClientError', () => counted.connectionErrors++);
      const stopBroker = () => new Promise<void>((resolve) => broker.close(() => resolve()));
      try {
        const port = await listen(server, host, options.port);
        server.on('error', (error) => lost(listenProblem(error, host, options.port)));
        return {
          advice: null,
          port,
          broker,
          async close() {
            const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
            await stopBroker();
            for (const socket of sockets) socket.destroy();
            await stopped;
          },
        };
      } catch (error) {
        await stopBroker();
        throw error;
      }
    },
  });

  const standing = (): Listening => {
    const connection = supervised.connection();
    if (!connection) throw linkDown(supervised.problem());
    return connection;
  };

  return {
    kind: 'mqtt',
    id: supervised.id,
    report: supervised.report,
    onReport: supervised.onReport,
    open: supervised.open,
    close: supervised.close,
    subscribe(filter, handler) {
      const stop = handlers.add(filter, handler);
      for (const [topic, payload] of retained) handlers.replay(filter, handler, { topic, payload });
      return stop;
    },
    async publish({ topic, payload, retain = false }: MqttMessage, qos) {
      const { broker } = standing();
      if (retain) keepRetained(topic, payload);
      const packet: PublishPacket = { cmd: 'publish', topic, payload: Buffer.from(payload), qos, retain, dup: false };
      await new Promise<void>((resolve, reject) => {
        broker.publish(packet, (error) => (error ? reject(error) : resolve()));
      });
    },
    port: () => supervised.connection()?.port ?? null,
    clients: ledger.list,
    lastFault: () => lastFault,
    counters: () => ({
      ...supervised.counters(),
      ...counted,
      ...handlers.counters(),
      clients: ledger.list().length,
      retained: retained.size,
    }),
  };
};
