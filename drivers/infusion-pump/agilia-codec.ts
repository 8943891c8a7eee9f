import { integer, pick, type Random } from '../../model/random.ts';
import { Annotator, checksumText } from '../kit/annotate.ts';
import { ascii, concat, hexNumber, textOf } from '../kit/bytes.ts';
import { inverted8 } from '../kit/checksums.ts';
import type { Annotation, Decoded, FrameCodec } from '../kit/contract.ts';
import { decoded, fault } from '../kit/decoded.ts';
import { createFramer, frame, junk, more, type Scan, withControlBytes } from '../kit/framer.ts';
import { delimited } from '../kit/scans.ts';

/* Frames of Fresenius Kabi's Orchestra link: Agilia pumps, alone or on a rack (protocols.md 3.1). */

const STX = 0x02;
const ETX = 0x03;
const ENQ = 0x05;
const ACK = 0x06;
const DC4 = 0x14;
const NAK = 0x15;
const LONGEST_BODY = 80;
/** Marks, checksum, body. */
const LONGEST_FRAME = LONGEST_BODY + 5;

/** `''`: a pump on its own; `0`: the base of a rack; `1` to `5`: a pump on it. */
export type Address = '' | '0' | '1' | '2' | '3' | '4' | '5';
const addresses: readonly [Address, ...Address[]] = ['', '0', '1', '2', '3', '4', '5'];

/** C: answer, I: error, E: event, M: change of a setting. */
export type ReplyLetter = 'C' | 'I' | 'E' | 'M';

export interface PumpFrame {
  readonly kind: 'frame';
  readonly address: Address;
  readonly letter: ReplyLetter;
  /** What stands between the semicolons, e.g. `d0064`. */
  readonly fields: readonly string[];
}

export type AgiliaReply =
  /** Asks whether the host is still there. */
  | { readonly kind: 'enquiry' }
  | { readonly kind: 'ack' }
  | { readonly kind: 'nak'; readonly reason: string }
  | PumpFrame;

/** What the gateway sends. Commands that set, start, stop or erase do not exist here. */
export const readVerbs = ['DC', 'FC', 'LE', 'DE', 'AE', 'LF', 'LP', 'LN'] as const;
export type ReadVerb = (typeof readVerbs)[number];

export interface PumpCommand {
  readonly kind: 'command';
  readonly address: Address;
  readonly verb: ReadVerb;
  /** Letters of variables, e.g. `adr`; empty: none. */
  readonly variables: string;
}

export type AgiliaRequest =
  | { readonly kind: 'alive' }
  | { readonly kind: 'ack' }
  | { readonly kind: 'nak'; readonly reason: string }
  | PumpCommand
  | { readonly kind: 'event-answer'; readonly address: Address; readonly letter: 'E' | 'M' };

const isTextByte = (byte: number): boolean => byte >= 0x20 && byte <= 0x7d;
const isControl = (byte: number): boolean => byte === ENQ || byte === ACK || byte === DC4;

const framed = delimited({ start: STX, end: ETX, accepts: isTextByte, maxLength: LONGEST_FRAME });

const scan: Scan = (bytes) => {
  if (bytes[0] !== NAK) {
    const nak = bytes.indexOf(NAK);
    // A NAK inside a frame or junk is looked at on its own.
    const result = framed(nak > 0 ? bytes.subarray(0, nak) : bytes);
    return nak > 0 && result.kind === 'more' ? junk(nak, 'cut short') : result;
  }
  const reason = bytes[1];
  if (reason === undefined) return more;
  return isTextByte(reason) ? frame(2) : junk(1, 'NAK without a reason');
};

const createPumpFramer = () => withControlBytes(createFramer(scan, LONGEST_FRAME + 1), isControl);

const seal = (body: string): Uint8Array => {
  const bytes = ascii(body);
  return concat(Uint8Array.of(STX), bytes, ascii(hexNumber(inverted8(bytes), 2)), Uint8Array.of(ETX));
};

/** Address and rest of a frame's body, once its checksum is right. */
export const openFrame = (bytes: Uint8Array): Decoded<{ readonly address: Address; readonly rest: string }> => {
  if (bytes.length < 5 || bytes[0] !== STX || bytes.at(-1) !== ETX) return fault('length', 'too short for a frame');
  const body = bytes.subarray(1, -3);
  if (body.length > LONGEST_BODY) return fault('length', `more than ${LONGEST_BODY} characters`);
  const given = textOf(bytes.subarray(-3, -1));
  const expected = hexNumber(inverted8(body), 2);
  if (given !== expected) return fault('checksum', `checksum ${given}, should be ${expected}`);
  const text = textOf(body);
  const address = addresses.find((known) => known !== '' && known === text[0]) ?? '';
  return decoded({ address, rest: text.slice(address.length) });
};

const controlNames: Readonly<Record<number, string>> = {
  [ENQ]: 'ENQ: is the host there?',
  [ACK]: 'ACK: received',
  [DC4]: 'DC4: the host is there',
};

/** Texts of NAK (protocols.md 3.1). */
export const nakReasons: Readonly<Record<string, string>> = {
  '1': 'character reception',
  '2': 'checksum',
  '4': 'bad address',
  '5': 'no ACK in time',
  '6': 'receiver not ready',
  '7': 'frame length',
  '8': 'control code in frame',
};

const annotateFrame = (bytes: Uint8Array): readonly Annotation[] => {
  const first = bytes[0] ?? 0;
  const annotator = new Annotator(bytes);
  if (bytes.length === 1) return annotator.rest(controlNames[first] ?? 'control').done();
  if (first === NAK) {
    const reason = String.fromCharCode(bytes[1] ?? 0);
    return annotator
      .field(1, 'NAK: refused')
      .rest(nakReasons[reason] ?? 'unknown reason')
      .done();
  }
  const body = bytes.subarray(1, -3);
  const [head = '', ...fields] = textOf(body).split(';');
  const address = /^[0-5]/.test(head) ? head.slice(0, 1) : '';
  annotator.field(1, 'start STX');
  if (address !== '') annotator.field(1, address === '0' ? 'base of the rack' : `module ${address}`);
  annotator.field(
    head.length - address.length,
    `${head.slice(address.length)}: ${meaning(head.slice(address.length))}`,
  );
  for (const field of fields) annotator.field(1 + field.length, fieldText(field));
  const sum = checksumText(textOf(bytes.subarray(-3, -1)), hexNumber(inverted8(body), 2));
  return annotator.field(2, sum).field(1, 'end ETX').done();
};

const meanings: Readonly<Record<string, string>> = {
  C: 'answer',
  I: 'error',
  E: 'event',
  M: 'change of a setting',
  DC: 'connect',
  FC: 'disconnect',
  LE: 'read variables',
  DE: 'send variables when they change',
  AE: 'no longer send variables',
  LF: 'read a fixed value',
  LP: 'read the drug',
  LN: 'read the identifier',
};
const meaning = (code: string): string => meanings[code] ?? 'not used by the gateway';

const fieldText = (field: string): string => {
  const number = hexValue(field.slice(1));
  switch (field[0]) {
    case 'd':
      return number === null ? field : `rate ${number / 10} mL/h`;
    case 'r':
      return number === null ? field : `volume ${number / 1000} mL`;
    case 'a':
      return number === 0 ? 'no alarm' : `alarm word ${field.slice(1)}`;
    default:
      return `field ${field}`;
  }
};

/** A variable's number; null where it is not hex. */
export const hexValue = (digits: string): number | null =>
  /^[0-9A-F]{1,8}$/.test(digits) ? Number.parseInt(digits, 16) : null;

const anyFields = (random: Random): readonly string[] => [
  ...(integer(random, 0, 1) === 0 ? [] : [`a${hexNumber(integer(random, 0, 3), 4)}`]),
  `d${hexNumber(integer(random, 0, 12000), 4)}`,
  `r${hexNumber(integer(random, 0, 99_999_000), 8)}`,
];

export const replyCodec: FrameCodec<AgiliaReply> = {
  framer: createPumpFramer,
  decode(bytes) {
    if (bytes.length === 1) {
      if (bytes[0] === ENQ) return decoded({ kind: 'enquiry' });
      return bytes[0] === ACK ? decoded({ kind: 'ack' }) : fault('unknown-message', 'a control byte of the host');
    }
    if (bytes[0] === NAK) return decoded({ kind: 'nak', reason: textOf(bytes.subarray(1, 2)) });
    const opened = openFrame(bytes);
    if (!opened.ok) return opened;
    const { address, rest } = opened.message;
    const [letter, ...fields] = rest.split(';');
    if (letter !== 'C' && letter !== 'I' && letter !== 'E' && letter !== 'M') {
      return fault('unknown-message', 'neither answer, error nor event');
    }
    return decoded({ kind: 'frame', address, letter, fields });
  },
  encode(message) {
    switch (message.kind) {
      case 'enquiry':
        return Uint8Array.of(ENQ);
      case 'ack':
        return Uint8Array.of(ACK);
      case 'nak':
        return concat(Uint8Array.of(NAK), ascii(message.reason.slice(0, 1)));
      case 'frame':
        return seal([`${message.address}${message.letter}`, ...message.fields].join(';'));
    }
  },
  any(random) {
    const address = pick(random, addresses);
    switch (integer(random, 0, 6)) {
      case 0:
        return { kind: 'enquiry' };
      case 1:
        return { kind: 'ack' };
      case 2:
        return { kind: 'nak', reason: pick(random, ['1', '2', '6']) };
      case 3:
        return { kind: 'frame', address, letter: 'I', fields: [pick(random, ['01', '0D', '1E'])] };
      case 4:
        return { kind: 'frame', address, letter: pick(random, ['E', 'M']), fields: anyFields(random) };
      default:
        return { kind: 'frame', address, letter: 'C', fields: pick(random, [[], anyFields(random), ['bAGILIA SP']]) };
    }
  },
  annotate: annotateFrame,
};

const isReadVerb = (verb: string): verb is ReadVerb => readVerbs.some((known) => known === verb);

export const requestCodec: FrameCodec<AgiliaRequest> = {
  framer: createPumpFramer,
  decode(bytes) {
    if (bytes.length === 1) {
      if (bytes[0] === DC4) return decoded({ kind: 'alive' });
      return bytes[0] === ACK ? decoded({ kind: 'ack' }) : fault('unknown-message', 'a control byte of the pump');
    }
    if (bytes[0] === NAK) return decoded({ kind: 'nak', reason: textOf(bytes.subarray(1, 2)) });
    const opened = openFrame(bytes);
    if (!opened.ok) return opened;
    const { address, rest } = opened.message;
    if (rest === 'E' || rest === 'M') return decoded({ kind: 'event-answer', address, letter: rest });
    const match = /^([A-Z]{2})(?:;(.*))?$/.exec(rest);
    const verb = match?.[1] ?? '';
    return isReadVerb(verb)
      ? decoded({ kind: 'command', address, verb, variables: match?.[2] ?? '' })
      : fault('unknown-message', 'a command that the gateway never sends');
  },
  encode(message) {
    switch (message.kind) {
      case 'alive':
        return Uint8Array.of(DC4);
      case 'ack':
        return Uint8Array.of(ACK);
      case 'nak':
        return concat(Uint8Array.of(NAK), ascii(message.reason.slice(0, 1)));
      case 'event-answer':
        return seal(`${message.address}${message.letter}`);
      case 'command':
        return seal(`${message.address}${message.verb}${message.variables === '' ? '' : `;${message.variables}`}`);
    }
  },
  any(random) {
    const address = pick(random, addresses);
    switch (integer(random, 0, 4)) {
      case 0:
        return { kind: 'alive' };
      case 1:
        return { kind: 'ack' };
      case 2:
        return { kind: 'event-answer', address, letter: pick(random, ['E', 'M']) };
      default:
        return { kind: 'command', address, verb: pick(random, readVerbs), variables: pick(random, ['', 'adr', 'b']) };
    }
  },
  annotate: annotateFrame,
};
