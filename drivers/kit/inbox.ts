import type { DialogueIo, Received } from './contract.ts';

/** Replies that may come in one burst, kept in order until the session takes them. */
export interface Inbox<Reply> {
  take(timeoutMs: number): Promise<Received<Reply>>;
  close(): void;
}

/** More than any device sends in one answer; what comes beyond is dropped and the session finds its answer incomplete. */
const CAPACITY = 2000;

/** Collects every reply that matches from now on: `next` alone would miss those that arrive together. */
export const openInbox = <Reply, Request>(
  io: DialogueIo<Reply, Request>,
  match: (reply: Reply) => boolean,
): Inbox<Reply> => {
  const waiting: Received<Reply>[] = [];
  const close = io.listen((received) => {
    if (match(received.message) && waiting.length < CAPACITY) waiting.push(received);
  });
  return {
    async take(timeoutMs) {
      // The listener runs before anyone who waits, so the reply that ends the wait is in the inbox.
      if (waiting.length === 0) await io.next(match, timeoutMs);
      const first = waiting.shift();
      if (!first) throw new Error('an inbox was read by two at once');
      return first;
    },
    close,
  };
};
