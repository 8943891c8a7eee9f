/** Time as the gateway sees it: milliseconds since the epoch, UTC. Only the composition root makes a real one. */
export interface Clock {
  now(): number;
  /** Runs `task` once at `time` (or as soon as possible if that has passed). Returns a cancel function. */
  at(time: number, task: () => void): () => void;
}

export const after = (clock: Clock, ms: number, task: () => void): (() => void) => clock.at(clock.now() + ms, task);

/** Resolves after `ms`; rejects with the signal's reason when that is aborted first. */
export const delay = (clock: Clock, ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = after(clock, ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });

/** Runs `task` every `ms` until cancelled; the next run is counted from the planned time, so it does not drift. */
export const every = (clock: Clock, ms: number, task: () => void): (() => void) => {
  let cancel = () => {};
  const plan = (time: number) => {
    cancel = clock.at(time, () => {
      plan(Math.max(time, clock.now() - ms) + ms);
      task();
    });
  };
  plan(clock.now() + ms);
  return () => cancel();
};
