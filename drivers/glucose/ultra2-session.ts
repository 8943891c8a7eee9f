import { delay } from '../../model/clock.ts';
import { CodedError, hasCode } from '../../model/errors.ts';
import type { DialogueIo, Received, SessionErrorCode } from '../kit/contract.ts';
import { openInbox } from '../kit/inbox.ts';
import { numberOption, stringOption } from '../kit/options.ts';
import type { Ultra2Record, Ultra2Reply, Ultra2Request } from './ultra2-codec.ts';
import { newRecords } from './ultra2-history.ts';

type Io = DialogueIo<Ultra2Reply, Ultra2Request>;
type Reply<Kind extends Ultra2Reply['kind']> = Extract<Ultra2Reply, { kind: Kind }>;

const ANSWER_MS = 2000;
/** A sleeping meter may miss the first command. */
const TRIES = 3;

const ask = async <Kind extends Ultra2Reply['kind'] & Ultra2Request['kind']>(
  io: Io,
  kind: Kind,
): Promise<Received<Ultra2Reply> & { readonly message: Reply<Kind> }> => {
  const isAnswer = (reply: Ultra2Reply): reply is Reply<Kind> => reply.kind === kind;
  for (let left = TRIES; ; left--) {
    try {
      const { message, ...rest } = await io.exchange({ kind }, isAnswer, ANSWER_MS);
      if (isAnswer(message)) return { ...rest, message };
    } catch (error) {
      if (left <= 1 || !hasCode(error, 'timeout')) throw error;
    }
  }
};

const identify = async (io: Io): Promise<void> => {
  io.progress('identifying');
  const { serial } = (await ask(io, 'serial')).message;
  const wanted = stringOption(io.options, 'serial');
  if (wanted !== null && wanted !== serial) {
    throw new CodedError<SessionErrorCode>('wrong-device', 'another meter is on the cable than the configured one', {
      hint: 'connect the meter whose serial number is in the option `serial`, or change the option',
    });
  }
};

const isRecord = (received: Received<Ultra2Reply>): received is Received<Ultra2Record> =>
  received.message.kind === 'record';

/** The whole dump, newest first, or an error: half a dump is none. */
const readDump = async (io: Io) => {
  const lineMs = (numberOption(io.options, 'lineTimeoutSeconds') ?? 15) * 1000;
  const inbox = openInbox(io, ({ kind }) => kind === 'header' || kind === 'record');
  try {
    await io.send({ kind: 'dump' });
    let header = await inbox.take(lineMs);
    // Records of a dump that was broken off may still arrive.
    while (header.message.kind !== 'header') header = await inbox.take(lineMs);
    const records: Received<Ultra2Record>[] = [];
    const { count } = header.message;
    while (records.length < count) {
      io.progress(`reading record ${records.length + 1} of ${count}`);
      const line = await inbox.take(lineMs);
      if (!isRecord(line)) throw new CodedError<SessionErrorCode>('protocol', 'the dump began anew');
      records.push(line);
    }
    return { header, records };
  } finally {
    inbox.close();
  }
};

const readAll = async (io: Io): Promise<void> => {
  await identify(io);
  await ask(io, 'unit');
  await io.deliver(await ask(io, 'clock'));
  const { header, records } = await readDump(io);
  const sameMeter = header.message.kind === 'header' && header.message.serial === io.memory().serial;
  const fresh = sameMeter ? newRecords(records, ({ message }) => message, io.memory()) : records;
  // Oldest first, so that the newest comes to stand first in the memory. All of them, or none.
  if (fresh.length > 0 || !sameMeter) await io.deliver([header, ...[...fresh].reverse()]);
  io.progress(`${fresh.length} new of ${records.length} records`);
};

/** Reads the meter, then again after each interval while it stays on the cable. */
export const runUltra2 = async (io: Io): Promise<void> => {
  const pollMs = (numberOption(io.options, 'pollMinutes') ?? 1) * 60_000;
  for (;;) {
    await readAll(io);
    await delay(io.clock, pollMs, io.signal);
  }
};
