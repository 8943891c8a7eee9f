import { createHash, timingSafeEqual } from 'node:crypto';
import { createTopicTree } from './topic-tree.ts';

/** Who a client of the embedded broker is. */
export interface BrokerClient {
  readonly id: string;
  /** Null: came without a name. */
  readonly user: string | null;
  /** Remote address. */
  readonly address: string | null;
}

/** Who may do what on the embedded broker. */
export interface BrokerPolicy {
  authenticate(client: BrokerClient, password: Uint8Array | null): boolean | Promise<boolean>;
  mayPublish(client: BrokerClient, topic: string): boolean;
  maySubscribe(client: BrokerClient, filter: string): boolean;
}

/** Anyone, without a password: for loopback, where the operating system says who gets in. */
export const anyone: BrokerPolicy = {
  authenticate: () => true,
  mayPublish: () => true,
  maySubscribe: () => true,
};

export interface BrokerUser {
  readonly name: string;
  readonly password: string;
  /** Topic filters it may publish to. */
  readonly publish: readonly string[];
  /** Topic filters it may subscribe to; default: none. */
  readonly subscribe?: readonly string[];
}

const digest = (text: string | Uint8Array): Buffer => createHash('sha256').update(text).digest();

/** Named users only, each with the topics it may use. Compared in constant time. */
export const usersOnly = (users: readonly BrokerUser[]): BrokerPolicy => {
  const known = new Map(
    users.map(({ name, password, publish, subscribe = [] }) => [
      name,
      { password: digest(password), publish: treeOf(publish), subscribe: new Set(subscribe) },
    ]),
  );
  const nobody = digest('');
  return {
    authenticate({ user }, password) {
      const found = known.get(user ?? '');
      const equal = timingSafeEqual(digest(password ?? ''), found?.password ?? nobody);
      return found !== undefined && equal;
    },
    mayPublish: ({ user }, topic) => (known.get(user ?? '')?.publish.match(topic).length ?? 0) > 0,
    // A filter is allowed as it is written or as one topic of an allowed filter.
    maySubscribe({ user }, filter) {
      const allowed = known.get(user ?? '')?.subscribe ?? new Set<string>();
      if (allowed.has(filter) || allowed.has('#')) return true;
      return !/[+#]/.test(filter) && treeOf([...allowed]).match(filter).length > 0;
    },
  };
};

const treeOf = (filters: readonly string[]) => {
  const tree = createTopicTree<true>();
  for (const filter of filters) tree.add(filter, true);
  return tree;
};
