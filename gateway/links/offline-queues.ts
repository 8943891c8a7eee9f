import type { Aedes } from 'aedes';

/** The part of aedes' persistence that queues messages for persistent sessions; aedes' types leave it out. */
interface Queues {
  outgoingEnqueueCombi(subscriptions: readonly { readonly clientId: string }[], packet: unknown): Promise<void>;
}

const hasQueues = (broker: object): broker is { persistence: Queues } =>
  'persistence' in broker && typeof broker.persistence === 'object' && broker.persistence !== null;

/**
 * Bounds what is kept for each persistent session that is away or does not acknowledge: in aedes it grows for ever. The
 * newest is dropped. `dropped` is called for each message.
 */
export const boundOfflineQueues = (broker: Aedes, limit: number, dropped: () => void): void => {
  if (!hasQueues(broker)) return;
  const { persistence } = broker;
  const queued = new Map<string, number>();
  const enqueue = persistence.outgoingEnqueueCombi.bind(persistence);
  persistence.outgoingEnqueueCombi = async (subscriptions, packet) => {
    const taken = subscriptions.filter(({ clientId }) => {
      const waiting = queued.get(clientId) ?? 0;
      if (waiting >= limit) dropped();
      else queued.set(clientId, waiting + 1);
      return waiting < limit;
    });
    await enqueue(taken, packet);
  };
  broker.on('ack', (_, { id }) => {
    const waiting = (queued.get(id) ?? 0) - 1;
    if (waiting > 0) queued.set(id, waiting);
    else queued.delete(id);
  });
};
