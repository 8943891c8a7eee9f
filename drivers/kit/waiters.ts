import { after, type Clock } from '../../model/clock.ts';
import { CodedError } from '../../model/errors.ts';
import type { Received, SessionErrorCode } from './contract.ts';

interface Waiter<Reply> {
  matches(reply: Reply): boolean;
  resolve(received: Received<Reply>): void;
  reject(error: unknown): void;
}

/** Promises for the next reply that matches, each with its own time-out. */
export class Waiters<Reply> {
  private readonly clock: Clock;
  private readonly waiting = new Set<Waiter<Reply>>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  next(match: (reply: Reply) => boolean, timeoutMs: number, signal: AbortSignal): Promise<Received<Reply>> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const end = () => {
        cancel();
        this.waiting.delete(waiter);
        signal.removeEventListener('abort', onAbort);
      };
      const onAbort = () => {
        end();
        reject(signal.reason);
      };
      const cancel = after(this.clock, timeoutMs, () => {
        end();
        reject(
          new CodedError<SessionErrorCode>('timeout', `no answer within ${timeoutMs / 1000} s`, {
            hint: 'check that the device is on, and the cable, the baud rate and the parity',
          }),
        );
      });
      const waiter: Waiter<Reply> = {
        matches: match,
        resolve: (received) => {
          end();
          resolve(received);
        },
        reject: (error) => {
          end();
          reject(error);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiting.add(waiter);
    });
  }

  /** Gives a reply to everyone who waits for such a one. */
  offer(received: Received<Reply>): void {
    for (const waiter of [...this.waiting]) if (waiter.matches(received.message)) waiter.resolve(received);
  }

  /** Tells everyone who waits that the answer will not come. */
  fail(error: unknown): void {
    for (const waiter of [...this.waiting]) waiter.reject(error);
  }
}
