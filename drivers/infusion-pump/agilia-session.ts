import { delay } from '../../model/clock.ts';
import { CodedError, hasCode } from '../../model/errors.ts';
import type { DialogueIo, Received, SessionErrorCode } from '../kit/contract.ts';
import { numberOption } from '../kit/options.ts';
import {
  type Address,
  type AgiliaReply,
  type AgiliaRequest,
  hexValue,
  nakReasons,
  type PumpFrame,
  type ReadVerb,
} from './agilia-codec.ts';

type Io = DialogueIo<AgiliaReply, AgiliaRequest>;

const ANSWER_MS = 2000;
const NOT_READY_MS = 500;
const TRIES = 3;
const BASE: Address = '0';

/** `1E` module not open, `0D` base not open (protocols.md 3.1): the connection has to be made again. */
const lostConnection: readonly string[] = ['1E', '0D'];

/** Alarm word, rate and volume. */
const watched = 'adr';

/** Where the configured pump is: on its own, or a place on the rack. */
export const addressOf = (options: Readonly<Record<string, unknown>>): Address => {
  switch (numberOption(options, 'module')) {
    case 1:
      return '1';
    case 2:
      return '2';
    case 3:
      return '3';
    case 4:
      return '4';
    case 5:
      return '5';
    default:
      return '';
  }
};

const isFrame = (received: Received<AgiliaReply>): received is Received<PumpFrame> => received.message.kind === 'frame';

/** An answer to this command, and not the late answer to another: the fields must be those that were asked for. */
const answers = (reply: AgiliaReply, address: Address, letters: string): boolean => {
  if (reply.kind === 'nak') return true;
  if (reply.kind !== 'frame' || reply.address !== address) return false;
  if (reply.letter === 'I') return true;
  return reply.letter === 'C' && [...letters].every((letter) => reply.fields.some((field) => field.startsWith(letter)));
};

const refused = (text: string, hint?: string): CodedError<SessionErrorCode> =>
  new CodedError('refused', text, hint === undefined ? {} : { hint });

/** `expects`: letters that the answer's fields begin with. Resolves with an answer or an error of the pump. */
const command = async (
  io: Io,
  address: Address,
  verb: ReadVerb,
  variables = '',
  expects = variables,
): Promise<Received<PumpFrame>> => {
  for (let left = TRIES; ; left--) {
    try {
      const request = { kind: 'command', address, verb, variables } as const;
      const received = await io.exchange(request, (reply) => answers(reply, address, expects), ANSWER_MS);
      if (isFrame(received)) return received;
      const reason = received.message.kind === 'nak' ? received.message.reason : '';
      if (left <= 1) throw refused(`the pump refuses frames: ${nakReasons[reason] ?? reason}`);
      if (reason === '6') await delay(io.clock, NOT_READY_MS, io.signal);
    } catch (error) {
      if (left <= 1 || !hasCode(error, 'timeout')) throw error;
    }
  }
};

const errorOf = ({ message }: Received<PumpFrame>): string | null =>
  message.letter === 'I' ? (message.fields[0] ?? '') : null;

const connect = async (io: Io, address: Address): Promise<void> => {
  io.progress('connecting');
  if (address !== '') {
    // The base may be connected already, for another pump of the rack: what counts is that it tells its modules.
    await command(io, BASE, 'DC');
    const base = await command(io, BASE, 'LE', 'b');
    const modules = hexValue(base.message.fields[0]?.slice(1) ?? '');
    const bit = 1 << (Number(address) - 1);
    if (errorOf(base) !== null || modules === null)
      throw refused(`the base does not tell its modules (${errorOf(base)})`);
    if ((modules & bit) === 0) {
      throw refused(
        `no pump in place ${address} of the rack`,
        'put the pump on the rack, or correct the option `module`',
      );
    }
  }
  const opened = errorOf(await command(io, address, 'DC'));
  if (opened !== null) throw refused(`the pump does not open a connection (error ${opened})`);
  const type = await command(io, address, 'LF', 'b');
  const subscribed = errorOf(await command(io, address, 'DE', watched, ''));
  const name = errorOf(type) === null ? (type.message.fields[0]?.slice(1) ?? '') : '';
  io.progress(`connected to ${name || 'the pump'}${subscribed === null ? '' : ', without events'}`);
};

/** Answers what the pump sends by itself. An event counts as taken only when it is on disk. */
const answerPump = (io: Io, address: Address) => (received: Received<AgiliaReply>) => {
  const { message } = received;
  const say = (request: AgiliaRequest) => io.send(request).catch(() => undefined);
  const spokesman = io.speaksForLine;
  if (message.kind === 'enquiry') {
    if (spokesman) void say({ kind: 'alive' });
    return;
  }
  if (message.kind !== 'frame') return;
  const mine = message.address === address;
  if (mine || (spokesman && message.address === BASE)) void say({ kind: 'ack' });
  const { letter } = message;
  if (!mine || (letter !== 'E' && letter !== 'M')) return;
  void io
    .deliver(received)
    .then(() => say({ kind: 'event-answer', address, letter }))
    .catch(() => undefined);
};

/** Connects, subscribes to changes, and reads the whole state again and again, so that a missed event is made good. */
export const runAgilia = async (io: Io): Promise<void> => {
  const address = addressOf(io.options);
  const pollMs = (numberOption(io.options, 'pollSeconds') ?? 5) * 1000;
  const stop = io.listen(answerPump(io, address));
  try {
    await connect(io, address);
    for (;;) {
      const state = await command(io, address, 'LE', watched);
      const error = errorOf(state);
      if (error === null) await io.deliver(state);
      else if (lostConnection.includes(error)) await connect(io, address);
      else throw refused(`the pump does not tell its state (error ${error})`);
      await delay(io.clock, pollMs, io.signal);
    }
  } finally {
    stop();
  }
};
