import type { LocalTime } from '../../model/time.ts';
import { ascii, concat, hexNumber, textOf } from '../kit/bytes.ts';
import { sum16 } from '../kit/checksums.ts';

/* Texts of the OneTouch Ultra 2: lines, dates and results (protocols.md 2.1). */

/** The text with its checksum and line end: a space, four hex digits, CR LF. */
export const sealLine = (text: string): Uint8Array => {
  const bytes = ascii(text);
  return concat(bytes, ascii(` ${hexNumber(sum16(bytes), 4)}\r\n`));
};

export type OpenedLine =
  | { readonly kind: 'intact'; readonly text: string }
  | { readonly kind: 'unsealed'; readonly detail: string }
  | { readonly kind: 'wrong'; readonly given: string; readonly expected: string };

/** Takes a line apart and checks its sum, which counts every character before the last space. */
export const openLine = (frame: Uint8Array): OpenedLine => {
  const line = textOf(frame).replace(/[\r\n]+$/, '');
  const match = /^(.*) ([0-9A-Fa-f]{4})$/.exec(line);
  const [, text, given] = match ?? [];
  if (text === undefined || given === undefined) return { kind: 'unsealed', detail: 'the line has no checksum' };
  const expected = hexNumber(sum16(ascii(text)), 4);
  return given.toUpperCase() === expected ? { kind: 'intact', text } : { kind: 'wrong', given, expected };
};

const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const;

/** A moment as the meter writes it: weekday, date and time with the three places for AM or PM. */
export interface MeterTime {
  readonly local: LocalTime;
  /** `"SAT","03/21/15","16:45:24   "` as sent, for evidence. */
  readonly text: string;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** 24-hour form. The weekday is worked out. */
export const meterTime = (local: LocalTime): MeterTime => {
  const day = days[new Date(Date.UTC(local.year, local.month - 1, local.day)).getUTCDay()] ?? 'SUN';
  const date = `${two(local.month)}/${two(local.day)}/${two(local.year % 100)}`;
  const time = `${two(local.hour)}:${two(local.minute)}:${two(local.second)}`;
  return { local, text: `"${day}","${date}","${time}   "` };
};

const timePattern = /^"([A-Z]{3})","(\d\d)\/(\d\d)\/(\d\d)","(\d\d):(\d\d):(\d\d) ?(AM|PM| {2})"$/;

/** Null where the text has another form. The date may still be none of the calendar. */
export const parseMeterTime = (text: string): MeterTime | null => {
  const match = timePattern.exec(text);
  if (!match) return null;
  const [month, day, year, hour, minute, second] = match.slice(2, 8).map(Number);
  if (month === undefined || day === undefined || year === undefined) return null;
  if (hour === undefined || minute === undefined || second === undefined) return null;
  const half = match[8];
  // A meter set to AM/PM display has the three places behind the time for it.
  const hour24 = half === 'PM' ? (hour % 12) + 12 : half === 'AM' ? hour % 12 : hour;
  return { local: { year: 2000 + year, month, day, hour: hour24, minute, second }, text };
};

/** Comment codes (protocols.md 2.1). */
export const comments: readonly string[] = [
  'none',
  'not enough food',
  'too much food',
  'mild exercise',
  'hard exercise',
  'medication',
  'stress',
  'illness',
  'feel hypo',
  'menses',
  'vacation',
  'other',
];

/** `"c vvvp"`: control mark, value or word, parity flag. */
export interface MeterResult {
  readonly control: boolean;
  /** Three digits, or the word shown in their place. */
  readonly shown: string;
  readonly parityError: boolean;
}

export const resultText = ({ control, shown, parityError }: MeterResult): string =>
  `"${control ? 'C' : ' '} ${shown}${parityError ? '?' : ' '}"`;

export const parseResult = (text: string): MeterResult | null => {
  const match = /^"([C ]) {1,2}(\d{3}|HIGH|LOW|HI|LO)([? ])"$/.exec(text);
  const [, mark, shown, parity] = match ?? [];
  if (mark === undefined || shown === undefined) return null;
  return { control: mark === 'C', shown, parityError: parity === '?' };
};

/** What the meter can measure, mg/dL: outside it the number only says below or above (protocols.md 2.1). */
const LOWEST = 20;
const HIGHEST = 600;

export interface GlucoseValue {
  readonly value: number;
  readonly comparator?: '<' | '>';
}

/** Always mg/dL, also on a meter that shows mmol/L. */
export const glucoseValue = (shown: string): GlucoseValue => {
  if (shown.startsWith('HI')) return { value: HIGHEST, comparator: '>' };
  if (shown.startsWith('LO')) return { value: LOWEST, comparator: '<' };
  const value = Number(shown);
  if (value < LOWEST) return { value: LOWEST, comparator: '<' };
  if (value > HIGHEST) return { value: HIGHEST, comparator: '>' };
  return { value };
};
