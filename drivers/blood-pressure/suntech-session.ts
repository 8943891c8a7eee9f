import { delay } from '../../model/clock.ts';
import { CodedError, hasCode } from '../../model/errors.ts';
import type { DialogueIo, Received, SessionErrorCode } from '../kit/contract.ts';
import { numberOption } from '../kit/options.ts';
import {
  type PatientSize,
  patientSizes,
  type StatusLetter,
  type SuntechReply,
  type SuntechRequest,
} from './suntech-codec.ts';

type Io = DialogueIo<SuntechReply, SuntechRequest>;

const ANSWER_MS = 2000;
/** The reference host asks for the cuff pressure every 200 ms (protocols.md 1.1). */
const CUFF_POLL_MS = 200;
const PRESENCE_MS = 60_000;
const TRIES = 3;

/** Letters that end a measurement; K alone means that there is a reading to fetch. */
const endings: readonly StatusLetter[] = ['K', 'A', 'E', 'N', 'D', 'S', 'T'];

const isEnding = (reply: SuntechReply): reply is Extract<SuntechReply, { kind: 'status' }> =>
  reply.kind === 'status' && endings.includes(reply.letter);

const isAnswer = (reply: SuntechReply): boolean => reply.kind === 'firmware' || reply.kind === 'status';

export const patientSizeOf = (options: Readonly<Record<string, unknown>>): PatientSize => {
  const size = patientSizes.find((known) => known === options.patientSize);
  return size ?? 'adult';
};

const identify = async (io: Io): Promise<void> => {
  const { message } = await io.exchange({ kind: 'get-firmware' }, isAnswer, ANSWER_MS);
  if (message.kind === 'firmware') io.progress(`module found: ${message.text.trim() || 'no name given'}`);
  else if (message.kind === 'status' && message.letter === 'S')
    throw new CodedError<SessionErrorCode>('refused', 'the module is asleep');
  else io.progress('module found');
};

/** What the gateway itself observed, in the module's own letter and without a frame. */
const observed = (io: Io, letter: StatusLetter): Received<SuntechReply> => ({
  message: { kind: 'status', letter },
  frame: new Uint8Array(0),
  receivedAt: io.clock.now(),
});

const fetchReading = async (io: Io): Promise<void> => {
  for (let left = TRIES; ; left--) {
    try {
      const reading = await io.exchange({ kind: 'get-bp-data' }, (reply) => reply.kind === 'bp-data', ANSWER_MS);
      await io.deliver(reading);
      return;
    } catch (error) {
      if (left <= 1 || !hasCode(error, 'timeout')) throw error;
    }
  }
};

/** Asks for the cuff pressure until the module says that the reading has ended, or too much time has passed. */
const watchCuff = async (io: Io, endsAt: number): Promise<Received<SuntechReply> | null> => {
  let ended: Received<SuntechReply> | null = null;
  const stop = io.listen((received) => {
    if (isEnding(received.message)) ended ??= received;
  });
  const hasEnded = (): Received<SuntechReply> | null => ended;
  try {
    let missed = 0;
    while (!hasEnded() && io.clock.now() < endsAt) {
      const askedAt = io.clock.now();
      try {
        const wanted = (reply: SuntechReply) => reply.kind === 'cuff-pressure' || isEnding(reply);
        const answer = await io.exchange({ kind: 'get-cuff-pressure' }, wanted, ANSWER_MS);
        missed = 0;
        if (answer.message.kind === 'cuff-pressure') {
          io.progress(`measuring, cuff at ${answer.message.pressure} mmHg`);
          await io.deliver(answer);
        }
      } catch (error) {
        if (!hasCode(error, 'timeout') || ++missed >= TRIES) throw error;
      }
      const rest = askedAt + CUFF_POLL_MS - io.clock.now();
      if (!hasEnded() && rest > 0) await delay(io.clock, rest, io.signal);
    }
    return hasEnded();
  } finally {
    stop();
  }
};

const measure = async (io: Io): Promise<void> => {
  const maximumSeconds = numberOption(io.options, 'maximumSeconds') ?? 180;
  io.progress('starting a measurement');
  // Noted before it is sent, whatever the answer: a lost answer or a restart must not inflate the cuff again.
  await io.deliver(observed(io, 'O'));
  const startedAt = io.clock.now();
  const isStatus = (reply: SuntechReply) => reply.kind === 'status';
  const { message } = await io.exchange({ kind: 'start', size: patientSizeOf(io.options) }, isStatus, ANSWER_MS);
  if (message.kind !== 'status' || message.letter !== 'O') {
    const letter = message.kind === 'status' ? message.letter : '?';
    throw new CodedError<SessionErrorCode>('refused', `the module did not start a measurement (${letter})`);
  }
  const end = await watchCuff(io, startedAt + maximumSeconds * 1000);
  if (end?.message.kind === 'status' && end.message.letter === 'K') await fetchReading(io);
  else await io.deliver(end ?? observed(io, 'T'));
};

/**
 * Without an interval it only makes sure that the module is there. With one it measures, counted from the last start
 * whatever happened since: a link that flaps, or a gateway that restarts, never inflates the cuff more often.
 */
export const runSuntech = async (io: Io): Promise<void> => {
  io.progress('identifying');
  await identify(io);
  if (io.memory().measuring === true) await io.deliver(observed(io, 'T'));
  const intervalMinutes = numberOption(io.options, 'intervalMinutes');
  for (;;) {
    const now = io.clock.now();
    const startedAt = numberOption(io.memory(), 'startedAt');
    if (intervalMinutes !== null) {
      const due = startedAt === null ? now : startedAt + intervalMinutes * 60_000;
      if (now >= due) {
        await measure(io);
        continue;
      }
      io.progress(`next measurement in ${Math.ceil((due - now) / 60_000)} min`);
      await delay(io.clock, Math.min(due - now, PRESENCE_MS), io.signal);
      if (io.clock.now() >= due) continue;
    } else {
      io.progress('present; measuring is off (option intervalMinutes)');
      await delay(io.clock, PRESENCE_MS, io.signal);
    }
    await identify(io);
  }
};
