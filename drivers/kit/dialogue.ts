import { after, type Clock } from '../../model/clock.ts';
import { CodedError } from '../../model/errors.ts';
import { concat } from './bytes.ts';
import type {
  DecodeFault,
  DeviceMemory,
  DialogueIo,
  DriverSample,
  FramingEvent,
  Received,
  SessionErrorCode,
  StreamDriver,
} from './contract.ts';
import { createSharedLine, type SharedLine } from './shared-line.ts';
import { Waiters } from './waiters.ts';

/** What was read together, with the bytes it was read from: to be stored as one, or not at all. */
export interface Delivery {
  /** The frames, one after the other. */
  readonly frame: Uint8Array;
  readonly receivedAt: number;
  readonly samples: readonly DriverSample[];
  /** The device's whole memory as it must be after this; absent: unchanged. */
  readonly memory?: DeviceMemory;
}

/** What a dialogue needs from its host. It opens no port and reads no clock of its own. */
export interface DialogueSetup<Reply = unknown, Request = unknown> {
  readonly driver: StreamDriver<Reply, Request>;
  readonly clock: Clock;
  readonly options: Readonly<Record<string, unknown>>;
  /** The device's memory as last stored. */
  memory(): DeviceMemory;
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves once it is on disk. */
  deliver(delivery: Delivery): Promise<void>;
  progress?(text: string): void;
  onFrame?(frame: Uint8Array, receivedAt: number): void;
  onJunk?(bytes: Uint8Array, reason: string, receivedAt: number): void;
  onFault?(fault: DecodeFault, frame: Uint8Array, receivedAt: number): void;
  /** A pushed message that could not be stored, or that came faster than it could be. */
  onUndelivered?(error: unknown, frame: Uint8Array): void;
  /** For devices that share a line: the same object for each of them. */
  readonly line?: SharedLine;
  /** The line has been silent so long that a half frame will not be completed. */
  readonly silenceMs?: number;
}

export interface Dialogue {
  /** The link is up: runs the session until it fails, the link goes down or it is stopped. Rejects with the reason. */
  run(): Promise<void>;
  receive(chunk: Uint8Array, at: number): void;
  linkDown(reason?: string): void;
  stop(): void;
}

const SILENCE_MS = 5000;
/** Pushed messages that wait for the disk; a monitor sends one a second. */
const BACKLOG = 600;

const linkDownError = (reason?: string): CodedError<SessionErrorCode> =>
  new CodedError('link-down', reason ?? 'the link went down');

/** Turns bytes into messages and runs a driver's session over them. Pure of sockets: any host can use it. */
export const createDialogue = <Reply, Request>(setup: DialogueSetup<Reply, Request>): Dialogue => {
  const { driver, clock, options } = setup;
  const silenceMs = setup.silenceMs ?? SILENCE_MS;
  const line = setup.line ?? createSharedLine();
  const waiters = new Waiters<Reply>(clock);
  const listeners = new Set<(received: Received<Reply>) => void>();
  const framer = driver.reply.framer();
  let running: AbortController | null = null;
  let cancelSilence = () => {};
  let lastReceivedAt = clock.now();
  let backlog = 0;
  let tail: Promise<unknown> = Promise.resolve();

  /** Deliveries follow one another, so that memory never runs ahead of what is stored. */
  const store = (all: readonly Received<Reply>[]): Promise<void> => {
    const stored = tail.then(async () => {
      const before = setup.memory();
      let memory = before;
      const samples: DriverSample[] = [];
      for (const { message, receivedAt } of all) {
        const interpretation = driver.interpret(message, { receivedAt, memory, options });
        samples.push(...interpretation.samples);
        if (interpretation.memory) memory = { ...memory, ...interpretation.memory };
      }
      const last = all.at(-1);
      if (!last || (samples.length === 0 && memory === before)) return;
      await setup.deliver({
        frame: concat(...all.map(({ frame }) => frame)),
        receivedAt: last.receivedAt,
        samples,
        ...(memory === before ? {} : { memory }),
      });
    });
    tail = stored.catch(() => undefined);
    return stored;
  };

  const push = (received: Received<Reply>): void => {
    const failed = (error: unknown) => setup.onUndelivered?.(error, received.frame);
    if (backlog >= BACKLOG) {
      failed(new CodedError<'overflow'>('overflow', `${BACKLOG} messages already wait for the disk`));
      return;
    }
    backlog++;
    store([received])
      .catch(failed)
      .finally(() => backlog--);
  };

  const handle = (events: readonly FramingEvent[], receivedAt: number): void => {
    for (const event of events) {
      if (event.kind === 'junk') {
        setup.onJunk?.(event.bytes, event.reason, receivedAt);
        continue;
      }
      setup.onFrame?.(event.bytes, receivedAt);
      const decoded = driver.reply.decode(event.bytes);
      if (!decoded.ok) {
        setup.onFault?.(decoded.fault, event.bytes, receivedAt);
        // No use in waiting for the right answer of the wrong device.
        if (decoded.fault.code === 'wrong-device') {
          waiters.fail(new CodedError<SessionErrorCode>('wrong-device', decoded.fault.detail));
        }
        continue;
      }
      const received = { message: decoded.message, frame: event.bytes, receivedAt };
      if (driver.session.kind === 'push') push(received);
      for (const listener of [...listeners]) listener(received);
      waiters.offer(received);
    }
  };

  const giveUpHalfFrame = (): void => handle(framer.flush(), lastReceivedAt);

  const createIo = (signal: AbortSignal, seat: { readonly isFirst: boolean }): DialogueIo<Reply, Request> => {
    const send = async (request: Request): Promise<void> => {
      signal.throwIfAborted();
      if (!driver.request) throw new CodedError<SessionErrorCode>('protocol', `${driver.id} is never written to`);
      await setup.write(driver.request.encode(request));
    };
    const next: DialogueIo<Reply, Request>['next'] = (match, timeoutMs) => waiters.next(match, timeoutMs, signal);
    return {
      clock,
      options,
      signal,
      get speaksForLine() {
        return seat.isFirst;
      },
      memory: () => setup.memory(),
      send,
      next,
      exchange: (request, match, timeoutMs) =>
        line.turn(async () => {
          // Waiting begins before sending: a simulated device answers within the call.
          const answer = next(match, timeoutMs);
          const sent = send(request);
          return Promise.race([answer, sent.then(() => answer)]);
        }),
      listen(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      deliver: (received) => store(Array.isArray(received) ? received : [received as Received<Reply>]),
      progress: (text) => setup.progress?.(text),
    };
  };

  const end = (reason: unknown): void => {
    cancelSilence();
    giveUpHalfFrame();
    running?.abort(reason);
    running = null;
  };

  return {
    async run() {
      if (running) throw new Error(`the session of ${driver.id} runs already`);
      const controller = new AbortController();
      running = controller;
      const { signal } = controller;
      const seat = line.join();
      try {
        const aborted = new Promise<never>((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        });
        aborted.catch(() => undefined);
        await (driver.session.kind === 'push' ? aborted : driver.session.run(createIo(signal, seat)));
      } finally {
        seat.leave();
        listeners.clear();
        if (running === controller) running = null;
        // Whatever the session still waits for ends with it.
        controller.abort(linkDownError('the session has ended'));
      }
    },
    receive(chunk, at) {
      lastReceivedAt = at;
      cancelSilence();
      handle(framer.push(chunk), at);
      cancelSilence = after(clock, silenceMs, giveUpHalfFrame);
    },
    linkDown: (reason) => end(linkDownError(reason)),
    stop: () => end(linkDownError('stopped')),
  };
};
