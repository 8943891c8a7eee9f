import { hasCode, messageOf } from '../../model/errors.ts';
import type { Stored } from '../../model/journal.ts';
import type { Sink, SinkAnswer } from './contract.ts';

type Retry = NonNullable<SinkAnswer['retry']>;

/** What is said of an error, with what to do where that is known. */
export const describe = (error: unknown): string =>
  hasCode(error) && error.hint ? `${messageOf(error)}. ${error.hint}` : messageOf(error);

const retryAll = (kind: Retry['kind'], detail: string): SinkAnswer => ({
  rejected: [],
  retry: { from: 0, kind, detail },
});

/** Settles as soon as the signal is aborted, whether or not the sink heeds it. */
export const heeding = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });

const writeOnce = async (
  sink: Sink,
  batch: readonly Stored[],
  signal: AbortSignal,
): Promise<SinkAnswer | 'refused'> => {
  try {
    return await heeding(signal, sink.write(batch, signal));
  } catch (error) {
    if (hasCode(error, 'batch-refused')) {
      return batch.length > 1 ? 'refused' : { rejected: [{ index: 0, code: 'refused', detail: describe(error) }] };
    }
    return retryAll('ambiguous', describe(error));
  }
};

/**
 * Writes a batch. Where the store refuses it without saying which items, halves it until those are found: the order is
 * kept, and after the first that must be tried again nothing more is written.
 */
export const attempt = async (sink: Sink, batch: readonly Stored[], signal: AbortSignal): Promise<SinkAnswer> => {
  const answer = await writeOnce(sink, batch, signal);
  if (answer !== 'refused') return answer;
  const middle = batch.length >> 1;
  const first = await attempt(sink, batch.slice(0, middle), signal);
  if (first.retry) return first;
  const second = await attempt(sink, batch.slice(middle), signal);
  const rejected = second.rejected.map((each) => ({ ...each, index: each.index + middle }));
  return {
    rejected: [...first.rejected, ...rejected],
    ...(second.retry ? { retry: { ...second.retry, from: second.retry.from + middle } } : {}),
  };
};
