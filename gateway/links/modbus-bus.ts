import type { RegisterBlock } from '../../drivers/kit/contract.ts';
import { after, type Clock } from '../../model/clock.ts';
import type { CodedError } from '../../model/errors.ts';
import type { ByteLink, ModbusBus, ModbusErrorCode, RegisterReply } from './contract.ts';
import { exceptionError, exceptionKind, modbusError } from './modbus-errors.ts';
import { blockFault } from './modbus-frames.ts';
import { linkDown } from './problem.ts';
import { type BreakerLimits, createUnitBreaker } from './unit-breaker.ts';

export interface ModbusRequest {
  readonly unitId: number;
  readonly block: RegisterBlock;
}

export type ModbusOutcome =
  | { readonly kind: 'reply'; readonly reply: RegisterReply }
  | { readonly kind: 'exception'; readonly code: number }
  /** `costMs`: how long the wire was and will be of no use because of it. */
  | { readonly kind: 'failed'; readonly error: CodedError<ModbusErrorCode>; readonly costMs: number };

/** How requests are put on one kind of wire. It calls `done` exactly once for each request it took. */
export interface ModbusWire {
  readonly link: ByteLink;
  /** RTU: 0 is for broadcasts, which nobody answers. */
  readonly lowestUnitId: 0 | 1;
  /** True where a request may be sent now. */
  readonly free: boolean;
  readonly quarantined: boolean;
  send(request: ModbusRequest, done: (outcome: ModbusOutcome) => void): void;
  /** Called when it may have become free. */
  onFree(listener: () => void): void;
  stop(): void;
  counters(): Readonly<Record<string, number>>;
}

export interface ModbusBusOptions {
  readonly id: string;
  readonly clock: Clock;
  readonly breaker?: BreakerLimits;
  /** The longest a request waits for its turn. */
  readonly queueMs?: number;
  /** How long to wait before asking a busy device again, and how often. */
  readonly busyRetryMs?: number;
  readonly busyRetries?: number;
}

interface Job extends ModbusRequest {
  readonly resolve: (reply: RegisterReply) => void;
  readonly reject: (error: CodedError<ModbusErrorCode>) => void;
  cancelDeadline: () => void;
  busy: number;
}

export interface ControlledModbusBus extends ModbusBus {
  /** Asks units again at once that were only probed: something was repaired. */
  resetUnits(): void;
  /** Units that do not answer and are only probed. */
  deadUnits(): readonly number[];
}

const noAnswerHint =
  'Check its power, the wiring (A and B exchanged?), unit id, baud rate and parity. If no unit answers, check the adapter.';

/** The one owner of a bus: requests wait in a row, dead units are only probed, every failure says what to do. */
export const modbusBus = (wire: ModbusWire, options: ModbusBusOptions): ControlledModbusBus => {
  const { id, clock, queueMs = 10_000, busyRetryMs = 100, busyRetries = 3 } = options;
  const { link } = wire;
  const breaker = createUnitBreaker(clock, options.breaker);
  const waiting: Job[] = [];
  /** Busy units' requests, between two attempts. */
  const retrying = new Set<Job>();
  const counted = { requests: 0, replies: 0, timeouts: 0, exceptions: 0, busyRetries: 0, refused: 0, expired: 0 };

  const pump = (): void => {
    while (wire.free) {
      const job = waiting.shift();
      if (!job) return;
      job.cancelDeadline();
      counted.requests++;
      wire.send(job, (outcome) => settle(job, outcome));
    }
  };

  const enqueue = (job: Job): void => {
    job.cancelDeadline = after(clock, queueMs, () => expire(job));
    waiting.push(job);
    pump();
  };

  const expire = (job: Job): void => {
    const at = waiting.indexOf(job);
    if (at < 0) return;
    waiting.splice(at, 1);
    counted.expired++;
    const seconds = queueMs / 1000;
    job.reject(
      wire.quarantined
        ? modbusError(
            'quarantined',
            `the bus was not silent for ${seconds} s`,
            'Something keeps talking on the bus: look for a second master, exchanged wires or a wrong baud rate.',
          )
        : modbusError(
            'timeout',
            `the bus was too busy for ${seconds} s`,
            'Poll less often or spread the units over more buses.',
          ),
    );
  };

  const settle = (job: Job, outcome: ModbusOutcome): void => {
    if (outcome.kind === 'reply') {
      counted.replies++;
      breaker.succeeded(job.unitId);
      job.resolve(outcome.reply);
    } else if (outcome.kind === 'exception') settleException(job, outcome.code);
    else {
      if (outcome.error.code === 'timeout') counted.timeouts++;
      if (outcome.error.code !== 'link-down') breaker.failed(job.unitId, outcome.costMs);
      job.reject(outcome.error);
    }
    pump();
  };

  const settleException = (job: Job, code: number): void => {
    counted.exceptions++;
    const kind = exceptionKind(code);
    // Behind a gateway the unit is as dead as one that is silent here; what it cost is the gateway's own time-out.
    if (kind === 'unit') breaker.failed(job.unitId, busyRetryMs);
    else breaker.succeeded(job.unitId);
    if (kind === 'busy' && job.busy < busyRetries && link.report().state === 'up') {
      job.busy++;
      counted.busyRetries++;
      retrying.add(job);
      job.cancelDeadline = after(clock, busyRetryMs, () => {
        retrying.delete(job);
        enqueue(job);
      });
      return;
    }
    job.reject(exceptionError(job.unitId, code));
  };

  const failAll = (): void => {
    const { reason, hint } = link.report();
    const jobs = [...waiting.splice(0), ...retrying];
    retrying.clear();
    for (const job of jobs) {
      job.cancelDeadline();
      job.reject(linkDown({ reason: reason ?? 'closed', hint }));
    }
  };

  wire.onFree(pump);
  link.onReport(({ state }) => {
    if (state === 'up') pump();
    else failAll();
  });

  return {
    kind: 'modbus',
    id,
    report: () => ({ ...link.report(), link: id }),
    onReport: (listener) => link.onReport((report) => listener({ ...report, link: id })),
    open: link.open,
    async close() {
      wire.stop();
      await link.close();
      failAll();
    },
    read(unitId, block) {
      return new Promise((resolve, reject) => {
        const isUnitId = Number.isInteger(unitId) && unitId >= wire.lowestUnitId && unitId <= 255;
        const fault = isUnitId ? blockFault(block) : `there is no unit ${unitId}`;
        if (fault !== null) {
          reject(modbusError('bad-request', `cannot be asked: ${fault}`, 'Correct the profile or the unit id.'));
          return;
        }
        const report = link.report();
        if (report.state !== 'up') {
          reject(linkDown({ reason: report.reason ?? 'not opened', hint: report.hint }));
          return;
        }
        const until = breaker.refusedUntil(unitId);
        if (until !== null) {
          counted.refused++;
          const seconds = Math.ceil((until - clock.now()) / 1000);
          const message = `unit ${unitId} does not answer; it is asked again in ${seconds} s`;
          reject(modbusError('timeout', message, noAnswerHint));
          return;
        }
        enqueue({ unitId, block, resolve, reject, cancelDeadline: () => {}, busy: 0 });
      });
    },
    counters: () => ({
      ...link.counters(),
      ...wire.counters(),
      ...counted,
      deadUnits: breaker.tripped.length,
      waiting: waiting.length,
    }),
    resetUnits: breaker.reset,
    deadUnits: () => breaker.tripped,
  };
};

export const noAnswer = (unitId: number, waitedMs: number): CodedError<ModbusErrorCode> =>
  modbusError('timeout', `unit ${unitId} did not answer within ${Math.round(waitedMs)} ms`, noAnswerHint);
