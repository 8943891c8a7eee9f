import type { Clock } from '../../model/clock.ts';
import type { BrokerClient } from './broker-policy.ts';

/** A connected client and what it did. */
export interface ClientReport extends BrokerClient {
  readonly since: number;
  readonly messages: number;
  readonly bytes: number;
  readonly refused: number;
  /** Why something of it was last refused, or null. */
  readonly lastFault: string | null;
}

/** Clients by the object aedes has for each, since one id can be two clients while one takes over from the other. */
export interface ClientLedger {
  authenticated(key: object, client: BrokerClient): void;
  connected(key: object): void;
  disconnected(key: object): void;
  sent(key: object, bytes: number): void;
  refused(key: object, why: string): void;
  of(key: object): ClientReport | null;
  list(): readonly ClientReport[];
}

type Counted = { -readonly [Key in keyof ClientReport]: ClientReport[Key] };

/** What the clients connected now have sent. Gone with the client: the totals are the link's counters. */
export const createClientLedger = (clock: Clock): ClientLedger => {
  const known = new WeakMap<object, Counted>();
  const connected = new Set<Counted>();
  return {
    authenticated(key, client) {
      known.set(key, { ...client, since: clock.now(), messages: 0, bytes: 0, refused: 0, lastFault: null });
    },
    connected(key) {
      const client = known.get(key);
      if (client) connected.add(client);
    },
    disconnected(key) {
      const client = known.get(key);
      if (client) connected.delete(client);
    },
    sent(key, bytes) {
      const client = known.get(key);
      if (!client) return;
      client.messages++;
      client.bytes += bytes;
    },
    refused(key, why) {
      const client = known.get(key);
      if (!client) return;
      client.refused++;
      client.lastFault = why;
    },
    of: (key) => known.get(key) ?? null,
    list: () => [...connected].map((client) => ({ ...client })),
  };
};
