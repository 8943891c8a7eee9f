import { chance, integer, pick, type Random } from '../../model/random.ts';
import { Annotator, checksumText } from '../kit/annotate.ts';
import { ascii, concat, hexOf, textOf } from '../kit/bytes.ts';
import type { Decoded, FrameCodec } from '../kit/contract.ts';
import { decoded, fault } from '../kit/decoded.ts';
import { createFramer, frame, junk, more, type Scan } from '../kit/framer.ts';
import { lines } from '../kit/scans.ts';
import {
  comments,
  type MeterResult,
  type MeterTime,
  meterTime,
  openLine,
  parseMeterTime,
  parseResult,
  resultText,
  sealLine,
} from './ultra2-lines.ts';

/* Lines of the OneTouch Ultra 2 and the commands that ask for them (protocols.md 2.1). */

export type DisplayUnit = 'MG/DL' | 'MMOL/L';

export interface Ultra2Record {
  readonly kind: 'record';
  readonly time: MeterTime;
  readonly result: MeterResult;
  readonly meal: 'N' | 'B' | 'A';
  /** 0 to 11, see `comments`; a code beyond is kept. */
  readonly comment: number;
}

export type Ultra2Reply =
  | { readonly kind: 'version'; readonly text: string }
  | { readonly kind: 'serial'; readonly serial: string }
  /** `F`: the clock as asked; `T`: as another program has just set it. */
  | { readonly kind: 'clock'; readonly letter: 'F' | 'T'; readonly time: MeterTime }
  | { readonly kind: 'unit'; readonly unit: DisplayUnit }
  | { readonly kind: 'header'; readonly count: number; readonly serial: string; readonly unit: DisplayUnit }
  | Ultra2Record;

export type Ultra2Request = { readonly kind: 'version' | 'serial' | 'clock' | 'unit' | 'dump' };

/** A record is 65 characters; no line is much longer. */
const LONGEST_LINE = 120;

const replyText = (message: Ultra2Reply): string => {
  switch (message.kind) {
    case 'version':
      return `?${message.text}`;
    case 'serial':
      return `@ "${message.serial}"`;
    case 'clock':
      return `${message.letter} ${message.time.text}`;
    case 'unit':
      return `SU?,"${message.unit.padEnd(6)}"`;
    case 'header':
      return `P ${String(message.count).padStart(3, '0')},"${message.serial}","${message.unit.padEnd(6)}"`;
    case 'record': {
      const comment = String(message.comment).padStart(2, '0');
      return `P ${message.time.text},${resultText(message.result)},"${message.meal}","${comment}", 00`;
    }
  }
};

const isUnit = (text: string | undefined): text is DisplayUnit => text === 'MG/DL' || text === 'MMOL/L';

const parseHeader = (text: string): Ultra2Reply | null => {
  const [, count, serial, unit] = /^P (\d{3}),"([A-Z0-9]{9})","([A-Z/]+) *"$/.exec(text) ?? [];
  if (count === undefined || serial === undefined || !isUnit(unit)) return null;
  return { kind: 'header', count: Number(count), serial, unit };
};

const parseRecord = (text: string): Ultra2Record | null => {
  const match = /^P ("[A-Z]{3}","[\d/]{8}","[\d: APM]{11}"),("[^"]*"),"([NBA])","(\d\d)", 00$/.exec(text);
  const [, when, shown, meal, comment] = match ?? [];
  const time = parseMeterTime(when ?? '');
  const result = parseResult(shown ?? '');
  if (!time || !result || (meal !== 'N' && meal !== 'B' && meal !== 'A')) return null;
  return { kind: 'record', time, result, meal, comment: Number(comment) };
};

const parseText = (text: string): Ultra2Reply | null => {
  switch (text[0]) {
    case '?':
      return { kind: 'version', text: text.slice(1) };
    case '@': {
      const [, serial] = /^@ "([A-Z0-9]{9})"$/.exec(text) ?? [];
      return serial === undefined ? null : { kind: 'serial', serial };
    }
    case 'F':
    case 'T': {
      const time = parseMeterTime(text.slice(2));
      return time && text[1] === ' ' ? { kind: 'clock', letter: text[0], time } : null;
    }
    case 'S': {
      const [, unit] = /^SU\?,"([A-Z/]+) *"$/.exec(text) ?? [];
      return isUnit(unit) ? { kind: 'unit', unit } : null;
    }
    case 'P':
      return parseHeader(text) ?? parseRecord(text);
    default:
      return null;
  }
};

/** An Ultra 2 serial number ends with Y (protocols.md 2.1). */
const isUltra2 = (serial: string): boolean => serial.endsWith('Y');

const decodeReply = (bytes: Uint8Array): Decoded<Ultra2Reply> => {
  const line = openLine(bytes);
  if (line.kind === 'unsealed') return fault('syntax', line.detail);
  if (line.kind === 'wrong') return fault('checksum', `checksum ${line.given}, should be ${line.expected}`);
  const message = parseText(line.text);
  if (!message) return fault('unknown-message', 'a line of no known form');
  if ((message.kind === 'serial' || message.kind === 'header') && !isUltra2(message.serial)) {
    return fault('wrong-device', 'the serial number is not that of an Ultra 2 (it must end with Y)');
  }
  return decoded(message);
};

const anyTime = (random: Random): MeterTime =>
  meterTime({
    year: integer(random, 2005, 2030),
    month: integer(random, 1, 12),
    day: integer(random, 1, 28),
    hour: integer(random, 0, 23),
    minute: integer(random, 0, 59),
    second: integer(random, 0, 59),
  });

const anySerial = (random: Random): string => {
  const letter = () => String.fromCharCode(integer(random, 65, 90));
  return `${letter()}${letter()}${letter()}${integer(random, 100, 999)}${letter()}${letter()}Y`;
};

const anyRecord = (random: Random): Ultra2Record => ({
  kind: 'record',
  time: anyTime(random),
  result: {
    control: chance(random, 0.1),
    shown: pick(random, [String(integer(random, 0, 999)).padStart(3, '0'), '105', 'HIGH', 'LOW']),
    parityError: chance(random, 0.1),
  },
  meal: pick(random, ['N', 'B', 'A']),
  comment: integer(random, 0, comments.length - 1),
});

const anyReply = (random: Random): Ultra2Reply => {
  const unit = pick(random, ['MG/DL', 'MMOL/L'] as const);
  switch (integer(random, 0, 6)) {
    case 0:
      return { kind: 'version', text: `P0${integer(random, 1, 9)}.00.00 30/08/06` };
    case 1:
      return { kind: 'serial', serial: anySerial(random) };
    case 2:
      return { kind: 'clock', letter: pick(random, ['F', 'T']), time: anyTime(random) };
    case 3:
      return { kind: 'unit', unit };
    case 4:
      return { kind: 'header', count: integer(random, 0, 500), serial: anySerial(random), unit };
    default:
      return anyRecord(random);
  }
};

const fieldNames: Readonly<Record<Exclude<Ultra2Reply['kind'], 'record'>, string>> = {
  version: 'firmware version',
  serial: 'serial number',
  clock: 'the meter’s clock',
  unit: 'unit on the meter’s display',
  header: 'start of a dump: count, serial number, display unit',
};

/** A record's fields lie between its commas. */
const annotateRecord = (annotator: Annotator, text: string, { result, meal, comment }: Ultra2Record): void => {
  const mark = result.control ? 'control solution, ' : '';
  const flag = result.parityError ? ', memory error' : '';
  const names = [
    'record: weekday',
    'date, month first',
    'time',
    `${mark}${result.shown} mg/dL${flag}`,
    `meal: ${{ N: 'none', B: 'before', A: 'after' }[meal]}`,
    `comment: ${comments[comment] ?? 'unknown'}`,
    'always 00',
  ];
  for (const [i, part] of text.split(',').entries()) {
    annotator.field(part.length + (i === names.length - 1 ? 0 : 1), names[i] ?? 'text');
  }
};

export const replyCodec: FrameCodec<Ultra2Reply> = {
  framer: () => createFramer(lines(LONGEST_LINE), LONGEST_LINE + 4),
  decode: decodeReply,
  encode: (message) => sealLine(replyText(message)),
  any: anyReply,
  annotate(bytes) {
    const line = openLine(bytes);
    if (line.kind === 'unsealed') return new Annotator(bytes).rest(line.detail).done();
    const message = line.kind === 'intact' ? parseText(line.text) : null;
    const sum =
      line.kind === 'wrong' ? checksumText(line.given, line.expected) : `checksum ${textOf(bytes.slice(-6, -2))} ok`;
    const annotator = new Annotator(bytes);
    if (message?.kind === 'record') annotateRecord(annotator, textOf(bytes.slice(0, -7)), message);
    else annotator.field(bytes.length - 7, message ? fieldNames[message.kind] : 'text');
    return annotator.field(1, 'space').field(4, sum).field(2, 'line end CR LF').done();
  },
};

const DC1 = 0x11;
const CR = 0x0d;
const LF = 0x0a;
const isWake = (byte: number): boolean => byte === DC1 || byte === CR || byte === LF;
/** `DMT` and what a host may write behind it, before its line end. */
const LONGEST_COMMAND = 40;

/** No command that sets the clock (DMT) or erases (DMZ) exists here. */
const commands: Readonly<Record<Ultra2Request['kind'], string>> = {
  version: 'DM?',
  serial: 'DM@',
  clock: 'DMF',
  unit: 'DMSU?',
  dump: 'DMP',
};
const requestKinds = ['version', 'serial', 'clock', 'unit', 'dump'] as const;

/**
 * The meter acts on a command as soon as its letters are there and does not wait for a CR, which some hosts send and
 * some do not (protocols.md 2.1): a CR behind a command counts as the waking before the next. Only DMT takes a text.
 */
const requestScan: Scan = (bytes) => {
  let start = 0;
  while (start < bytes.length && isWake(bytes[start] ?? 0)) start++;
  if (start > LONGEST_COMMAND) return junk(1, 'only line ends');
  const text = textOf(bytes.subarray(start, start + LONGEST_COMMAND));
  if (!'DM'.startsWith(text.slice(0, 2))) return junk(start + 1, 'not a command');
  if (text.length < 3) return more;
  if (text.startsWith('DMS')) {
    if (text.length < 5) return more;
    return text[4] === '?' ? frame(start + 5) : junk(start + 1, 'not a command');
  }
  if (!text.startsWith('DMT')) return frame(start + 3);
  const end = text.search(/[\r\n]/);
  if (end >= 0) return frame(start + end);
  return text.length < LONGEST_COMMAND ? more : junk(start + 1, 'not a command');
};

const commandText = (bytes: Uint8Array): string => textOf(bytes.filter((byte) => !isWake(byte)));

export const requestCodec: FrameCodec<Ultra2Request> = {
  framer: () => createFramer(requestScan, 3 * LONGEST_COMMAND),
  decode(bytes) {
    const text = commandText(bytes);
    const kind = requestKinds.find((known) => commands[known] === text);
    return kind
      ? decoded({ kind })
      : fault('unknown-message', `a command that the gateway never sends: ${hexOf(ascii(text))}`);
  },
  encode: ({ kind }) => concat(Uint8Array.of(DC1, CR), ascii(commands[kind])),
  any: (random) => ({ kind: pick(random, requestKinds) }),
  annotate(bytes) {
    const text = commandText(bytes);
    return new Annotator(bytes)
      .field(bytes.length - text.length, 'wake')
      .rest(`command ${text}`)
      .done();
  },
};
