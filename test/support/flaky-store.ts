import type { Sink, SinkAnswer } from '../../gateway/sinks/contract.ts';
import { CodedError } from '../../model/errors.ts';
import type { Stored } from '../../model/journal.ts';
import { chance, integer, type Random } from '../../model/random.ts';

export interface Flakiness {
  /** Share of writes that fail in some way. */
  readonly trouble: number;
  /** Positions that it never takes, and whether it says which. */
  readonly poison: ReadonlySet<number>;
  readonly namesPoison: boolean;
}

/**
 * A store in memory that fails like real ones: refuses before or after it took something, answers in part, answers
 * never, dies and forgets what it did not have long enough.
 */
export class FlakyStore implements Sink {
  readonly id = 'flaky';
  readonly types = ['frame'] as const;
  readonly batchSize: number;
  readonly holdMs: number;
  /** By position: what an idempotent store holds. */
  readonly rows = new Map<number, Stored>();
  /** Each position in the order in which it was first taken. */
  readonly order: number[] = [];
  writes = 0;
  private process = 1;
  private readonly random: Random;
  private readonly flakiness: Flakiness;

  constructor(random: Random, flakiness: Flakiness, options: { batchSize?: number; holdMs?: number } = {}) {
    this.random = random;
    this.flakiness = flakiness;
    this.batchSize = options.batchSize ?? 10;
    this.holdMs = options.holdMs ?? 0;
  }

  async generation(): Promise<string> {
    return String(this.process);
  }

  /** Dies and comes back without the newest `count` of what it took. */
  crash(count: number): void {
    this.process++;
    for (const position of this.order.splice(Math.max(0, this.order.length - count))) this.rows.delete(position);
  }

  async write(batch: readonly Stored[], signal: AbortSignal): Promise<SinkAnswer> {
    this.writes++;
    const { random } = this;
    if (!chance(random, this.flakiness.trouble)) return this.take(batch);
    switch (integer(random, 0, 4)) {
      case 0:
        return { rejected: [], retry: { from: 0, kind: 'transient', detail: 'unavailable' } };
      case 1:
        this.take(batch);
        throw new Error('connection reset');
      case 2: {
        const from = integer(random, 0, batch.length);
        const { rejected } = this.take(batch.slice(0, from));
        return { rejected, retry: { from, kind: 'transient', detail: 'partly' } };
      }
      case 3:
        this.take(batch.slice(0, integer(random, 0, batch.length)));
        return { rejected: [], retry: { from: 0, kind: 'ambiguous', detail: 'unknown' } };
      default:
        return new Promise((_, reject) => {
          if (chance(random, 0.5)) signal.addEventListener('abort', () => reject(signal.reason));
        });
    }
  }

  async close(): Promise<void> {}

  private take(batch: readonly Stored[]): SinkAnswer {
    const { poison, namesPoison } = this.flakiness;
    const refused = batch.flatMap(({ position }, index) => (poison.has(position) ? [index] : []));
    for (const stored of batch) if (!poison.has(stored.position)) this.keep(stored);
    if (refused.length > 0 && !namesPoison) throw new CodedError('batch-refused', 'something is wrong with it');
    return { rejected: refused.map((index) => ({ index, code: 'poison', detail: 'no' })) };
  }

  private keep(stored: Stored): void {
    if (!this.rows.has(stored.position)) this.order.push(stored.position);
    this.rows.set(stored.position, stored);
  }
}
