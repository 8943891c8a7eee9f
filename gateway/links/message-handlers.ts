import type { Clock } from '../../model/clock.ts';
import { CodedError } from '../../model/errors.ts';
import type { IncomingMessage } from './contract.ts';
import { createTopicTree, filterFault, filterMatches } from './topic-tree.ts';

export type MessageHandler = (message: IncomingMessage) => Promise<void>;

export interface MessageHandlers {
  add(filter: string, handler: MessageHandler): () => void;
  /** Resolves when all handlers of the topic have; rejects with the first rejection, after all have ended. */
  deliver(message: Omit<IncomingMessage, 'receivedAt'>): Promise<void>;
  /** Hands a retained message to one handler; nobody waits for it. */
  replay(filter: string, handler: MessageHandler, message: Pick<IncomingMessage, 'topic' | 'payload'>): void;
  counters(): Readonly<Record<string, number>>;
}

/** The gateway's own subscriptions on an MQTT link. */
export const createHandlers = (clock: Clock): MessageHandlers => {
  const tree = createTopicTree<MessageHandler>();
  const counted = { messages: 0, bytes: 0, unhandled: 0, failed: 0, inFlight: 0 };

  const call = async (handler: MessageHandler, message: IncomingMessage): Promise<void> => {
    counted.inFlight++;
    try {
      await handler(message);
    } catch (error) {
      counted.failed++;
      throw error;
    } finally {
      counted.inFlight--;
    }
  };

  return {
    add(filter, handler) {
      const fault = filterFault(filter);
      if (fault !== null) throw new CodedError('bad-configuration', fault, { hint: 'Correct the device’s topic.' });
      return tree.add(filter, handler);
    },
    async deliver(message) {
      counted.messages++;
      counted.bytes += message.payload.length;
      const handlers = tree.match(message.topic);
      const received: IncomingMessage = { ...message, receivedAt: clock.now() };
      const [only] = handlers;
      if (only === undefined) counted.unhandled++;
      else if (handlers.length === 1) await call(only, received);
      else {
        const outcomes = await Promise.allSettled(handlers.map((handler) => call(handler, received)));
        const failed = outcomes.find((outcome) => outcome.status === 'rejected');
        if (failed) throw failed.reason;
      }
    },
    replay(filter, handler, { topic, payload }) {
      if (!filterMatches(filter, topic)) return;
      const message: IncomingMessage = {
        topic,
        payload,
        qos: 0,
        retained: true,
        client: null,
        receivedAt: clock.now(),
      };
      call(handler, message).catch(() => {});
    },
    counters: () => ({ ...counted, subscriptions: tree.size }),
  };
};
