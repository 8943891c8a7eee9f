import { after, type Clock, delay } from '../../model/clock.ts';
import { CodedError } from '../../model/errors.ts';
import type { Stored } from '../../model/journal.ts';
import type { Random } from '../../model/random.ts';
import type { Journal } from '../journal/contract.ts';
import type { Database } from '../store/types.ts';
import { attempt, describe, heeding } from './attempt.ts';
import type { Sink, SinkReport } from './contract.ts';
import { SinkCursors } from './cursors.ts';
import { DeadLetters } from './dead-letters.ts';
import { Holding } from './holding.ts';
import { Waker } from './waker.ts';

export interface FollowerOptions {
  readonly sink: Sink;
  readonly journal: Journal;
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  /** How long one write may take before it counts as lost. */
  readonly timeoutMs?: number;
  readonly backoff?: { readonly firstMs: number; readonly mostMs: number };
}

/** Entries of other types that are passed by before the cursor is stored again. */
const PASSED_BY = 1000;

/** While entries keep coming, a sink pauses this many times as long as it wrote. */
const PAUSE_FOR_INGEST = 3;
const LONGEST_PAUSE_MS = 250;

/** Lets everything else have its turn: a sink that is far behind must not hold up the ward. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Takes one sink along the journal: in order, in batches, with a cursor that survives. What the sink refuses for good
 * goes to the dead letters; everything else is tried until it is accepted. Each sink has its own, so that none waits
 * for another.
 */
export class Follower {
  private readonly sink: Sink;
  private readonly journal: Journal;
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly timeoutMs: number;
  private readonly backoff: { readonly firstMs: number; readonly mostMs: number };
  private readonly cursors: SinkCursors;
  private readonly letters: DeadLetters;
  private readonly holding: Holding | null;
  private readonly waker: Waker;
  private readonly stopping = new AbortController();
  /** Everything up to here was accepted, or is none of the sink's. */
  private sent: number;
  /** Everything up to here is known to be safe with the store. */
  private safe: number;
  private saved: number;
  private rejected: number;
  private failures = 0;
  private outages = 0;
  private generation: string | null = null;
  private lastWriteAt = Number.NEGATIVE_INFINITY;
  private state: SinkReport['state'] = 'waiting';
  private reason: string | null = null;
  private running: Promise<void> | null = null;

  constructor(options: FollowerOptions) {
    const { sink, journal, database, clock, random } = options;
    this.sink = sink;
    this.journal = journal;
    this.clock = clock;
    this.random = random;
    this.timeoutMs = options.timeoutMs ?? 30_000;
    this.backoff = options.backoff ?? { firstMs: 250, mostMs: 30_000 };
    this.cursors = new SinkCursors(database);
    this.letters = new DeadLetters(database);
    this.holding = sink.holdMs > 0 ? new Holding(sink.holdMs) : null;
    this.waker = new Waker(clock, journal);
    this.safe = sink.stored?.() ?? this.cursors.get(sink.id);
    this.sent = this.safe;
    this.saved = this.safe;
    this.rejected = this.letters.count(sink.id);
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Ends a write that is under way, and the sink. What was not accepted is sent after the next start. */
  async stop(): Promise<void> {
    this.stopping.abort(new CodedError('stopped', 'the gateway is stopping'));
    this.waker.close();
    await this.running;
    await this.sink.close();
    if (!this.holding) this.safe = this.sink.stored?.() ?? this.sent;
    this.save();
  }

  /** Position up to which the journal is not needed any more for this sink. */
  get position(): number {
    return this.sink.stored?.() ?? this.safe;
  }

  report(): SinkReport {
    const { state, reason, rejected } = this;
    return { id: this.sink.id, cursor: this.position, behind: this.journal.head - this.sent, state, reason, rejected };
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.step();
      } catch (error) {
        await this.backOff(describe(error));
      }
    }
  }

  private async step(): Promise<void> {
    if (this.holding) await this.release(this.holding);
    const { sink, journal } = this;
    const { head } = journal;
    const batch = journal.read(this.sent, sink.batchSize, sink.types);
    if (batch.length === 0) {
      this.passBy(head);
      if (this.state !== 'failing') this.state = 'waiting';
      await this.waker.sleep(this.holding?.nextDue ?? null, head + 1);
      return;
    }
    const lingerUntil = this.lastWriteAt + (sink.lingerMs ?? 0);
    if (batch.length < sink.batchSize && this.clock.now() < lingerUntil) {
      await this.waker.sleep(lingerUntil, head + sink.batchSize - batch.length);
      return;
    }
    if (this.state !== 'failing') this.state = 'following';
    const begun = this.clock.now();
    await this.deliver(batch);
    await turn();
    // Under load a sink that computes in this process must not take the time in which devices wait for their answer.
    const took = this.clock.now() - begun;
    if (this.journal.head > head && took > 0) {
      await delay(this.clock, Math.min(LONGEST_PAUSE_MS, PAUSE_FOR_INGEST * took), this.stopping.signal).catch(
        () => {},
      );
    }
  }

  private async deliver(batch: readonly Stored[]): Promise<void> {
    if (this.holding) this.generation ??= await this.askGeneration();
    const answer = await this.inTime((signal) => attempt(this.sink, batch, signal));
    this.lastWriteAt = this.clock.now();
    const taken = answer.retry ? Math.min(Math.max(answer.retry.from, 0), batch.length) : batch.length;
    const now = this.clock.now();
    const letters = answer.rejected.flatMap(({ index, code, detail }) => {
      const position = index < taken ? batch[index]?.position : undefined;
      return position === undefined ? [] : [{ sink: this.sink.id, position, at: now, code, detail }];
    });
    // Before the cursor: what is refused must be in one of the two places at any moment.
    this.letters.add(letters);
    if (letters.length > 0) this.rejected = this.letters.count(this.sink.id);
    const last = batch[taken - 1];
    if (last) this.advance(last.position);
    if (answer.retry && taken < batch.length) {
      if (this.stopping.signal.aborted) return;
      if (taken > 0) this.failures = 0;
      this.outages++;
      await this.backOff(answer.retry.detail);
    } else {
      this.failures = 0;
      this.state = 'following';
      this.reason = null;
    }
  }

  private advance(position: number): void {
    this.sent = position;
    if (this.holding) {
      this.holding.accept(position, this.clock.now(), this.generation);
    } else {
      this.safe = position;
      this.save();
    }
  }

  /** Nothing for the sink up to the head. */
  private passBy(head: number): void {
    this.sent = Math.max(this.sent, head);
    if (this.holding && this.holding.nextDue !== null) return;
    this.safe = this.sent;
    if (this.safe - this.saved >= PASSED_BY) this.save();
  }

  private save(): void {
    if (this.sink.stored || this.safe === this.saved) return;
    this.cursors.set(this.sink.id, this.safe);
    this.saved = this.safe;
  }

  /** Lets go of what the store has had long enough; where it restarted meanwhile, goes back to what is safe. */
  private async release(holding: Holding): Promise<void> {
    const due = holding.nextDue;
    if (due === null || due > this.clock.now()) return;
    const generation = await this.askGeneration();
    if (holding.isLost(generation)) {
      holding.clear();
      this.sent = this.safe;
    } else {
      const safe = holding.release(this.clock.now());
      if (safe !== null) this.safe = safe;
      if (holding.nextDue === null) this.safe = this.sent;
      this.save();
    }
    this.generation = generation;
    if (this.state === 'failing') {
      this.state = 'waiting';
      this.reason = null;
    }
  }

  /** Where the store cannot be asked, any failure may have been a restart. */
  private async askGeneration(): Promise<string> {
    const { sink } = this;
    if (!sink.generation) return String(this.outages);
    const ask = sink.generation.bind(sink);
    return this.inTime((signal) => heeding(signal, ask(signal)));
  }

  /** With a signal that is aborted when it takes too long or the gateway stops. */
  private async inTime<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const timeout = new AbortController();
    const { timeoutMs } = this;
    const cancel = after(this.clock, timeoutMs, () =>
      timeout.abort(new CodedError('timeout', `no answer within ${timeoutMs} ms`)),
    );
    return ask(AbortSignal.any([this.stopping.signal, timeout.signal])).finally(cancel);
  }

  /** Full jitter, so that sinks that fail together do not come back together. */
  private async backOff(reason: string): Promise<void> {
    this.state = 'failing';
    this.reason = reason;
    const most = Math.min(this.backoff.mostMs, this.backoff.firstMs * 2 ** Math.min(this.failures++, 20));
    await this.waker.sleep(this.clock.now() + Math.max(20, this.random.next() * most), null);
  }
}
