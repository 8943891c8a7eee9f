import { chance, integer, pick, type Random } from '../../model/random.ts';
import { Annotator } from '../kit/annotate.ts';
import { ascii, concat, textOf } from '../kit/bytes.ts';
import type { FrameCodec } from '../kit/contract.ts';
import { decoded, fault } from '../kit/decoded.ts';
import { createFramer } from '../kit/framer.ts';
import { delimited } from '../kit/scans.ts';

/* The ANSAR-B stream of the Ivy 450C (protocols.md 4.1): one message a second, without checksum. */

const START = 0xff;
const END = 0xfe;
const CR = 0x0d;
const TITLE = 'ANSAR-B ';
/** Start byte and title. */
const HEADER = 1 + TITLE.length;

/** Samples of one second, in the order sent. */
export const waveLengths = { ecg: 200, respiration: 50, pleth: 50, pressure1: 50, pressure2: 50 } as const;
export type WaveName = keyof typeof waveLengths;
const waveNames: readonly WaveName[] = ['ecg', 'respiration', 'pleth', 'pressure1', 'pressure2'];
const FIXED = HEADER + waveNames.reduce((sum, name) => sum + waveLengths[name], 0);
/** The capture has 153 bytes of text; ten lines of names and numbers cannot need more than this. */
const LONGEST_TEXT = 1024;

/** `NAME=n;v1;…;vn;label;alarm`. Values as sent; an empty one is no value. */
export interface IvyLine {
  readonly name: string;
  readonly values: readonly string[];
  readonly label: string;
  readonly alarm: string;
}

export interface IvyMessage {
  readonly waves: Readonly<Record<WaveName, readonly number[]>>;
  readonly lines: readonly IvyLine[];
}

const isMark = (byte: number): boolean => byte === START || byte === END;
const title = ascii(TITLE);

const scan = delimited({
  start: START,
  end: END,
  fixedLength: FIXED,
  maxLength: FIXED + LONGEST_TEXT,
  accepts: (byte) => byte === CR || (byte >= 0x20 && byte < 0x7f),
  check(bytes) {
    for (let at = 1; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (at < HEADER && byte !== title[at - 1]) return 'not an ANSAR-B message';
      if (isMark(byte)) return 'cut short: bytes were lost';
    }
    return null;
  },
});

/** Null where the fields are not as many as the line itself says: bytes were lost or changed. */
const parseLine = (text: string): IvyLine | null => {
  const match = /^([A-Z][A-Z0-9]*)=(\d{1,2});(.*)$/.exec(text);
  const [, name, count, rest] = match ?? [];
  if (name === undefined || rest === undefined) return null;
  const fields = rest.split(';');
  const values = fields.slice(0, -2);
  if (values.length !== Number(count)) return null;
  return { name, values, label: fields.at(-2) ?? '', alarm: fields.at(-1) ?? '' };
};

const lineText = ({ name, values, label, alarm }: IvyLine): string =>
  `${name}=${values.length};${[...values, label, alarm].join(';')}\r`;

const readWaves = (frame: Uint8Array): IvyMessage['waves'] => {
  let at = HEADER;
  const next = (name: WaveName): number[] => {
    const from = at;
    at += waveLengths[name];
    return [...frame.subarray(from, at)];
  };
  return {
    ecg: next('ecg'),
    respiration: next('respiration'),
    pleth: next('pleth'),
    pressure1: next('pressure1'),
    pressure2: next('pressure2'),
  };
};

const anyNumber = (random: Random): string => (chance(random, 0.2) ? '' : String(integer(random, 0, 300)));

const anyLines = (random: Random): readonly IvyLine[] => {
  const line = (name: string, count: number, label: string, alarm = ''): IvyLine => ({
    name,
    values: Array.from({ length: count }, () => anyNumber(random)),
    label,
    alarm,
  });
  return [
    line('HR', 1, pick(random, ['ECG-I-DIAG', 'ECG-II-DIAG', 'ECG-III-MON', ''])),
    line('RR', 1, 'APNEA: 20 SEC', pick(random, ['', 'APNEA'])),
    line('ETCO2', 1, ''),
    line('SPO2', 1, `PR=${integer(random, 30, 200)} `),
    line('NIBP', 4, ''),
    line('P1', 3, ''),
    line('P2', 3, pick(random, ['', 'NO TRANSDUCER'])),
    line('T1', 1, ''),
    line('T2', 1, '', pick(random, ['', '', 'SOMETHING NEW'])),
  ];
};

export const ivyCodec: FrameCodec<IvyMessage> = {
  framer: () => createFramer(scan, FIXED + LONGEST_TEXT + 1),
  decode(frame) {
    if (frame[0] !== START || frame.at(-1) !== END || frame.length <= FIXED) {
      return fault('length', 'not a whole ANSAR-B message');
    }
    const text = textOf(frame.subarray(FIXED, -1));
    if (!text.endsWith('\r')) return fault('length', 'the last line has no end');
    const lines: IvyLine[] = [];
    for (const lineOf of text.slice(0, -1).split('\r')) {
      const line = parseLine(lineOf);
      if (!line) return fault('syntax', `line ${lines.length + 1} is not NAME=n;…;label;alarm`);
      if (lines.some(({ name }) => name === line.name)) return fault('syntax', `${line.name} comes twice`);
      lines.push(line);
    }
    // Where bytes of the waveforms are lost, the lines begin too late; HR leads in every message seen.
    if (lines[0]?.name !== 'HR') return fault('length', 'the lines do not begin with HR: bytes were lost');
    return decoded({ waves: readWaves(frame), lines });
  },
  encode: ({ waves, lines }) =>
    concat(
      Uint8Array.of(START),
      title,
      ...waveNames.map((name) =>
        Uint8Array.from({ length: waveLengths[name] }, (_, i) => Math.min(waves[name][i] ?? 0, END - 1)),
      ),
      ascii(lines.map(lineText).join('')),
      Uint8Array.of(END),
    ),
  any: (random) => {
    const wave = (name: WaveName) => Array.from({ length: waveLengths[name] }, () => integer(random, 0, 0xfb));
    return {
      waves: {
        ecg: wave('ecg'),
        respiration: wave('respiration'),
        pleth: wave('pleth'),
        pressure1: wave('pressure1'),
        pressure2: wave('pressure2'),
      },
      lines: anyLines(random),
    };
  },
  annotate(frame) {
    const annotator = new Annotator(frame)
      .field(1, 'start FF')
      .field(TITLE.length, 'title ANSAR-B')
      .field(waveLengths.ecg, 'EKG, 200 samples of 1/200 s, (b - 100) x 0.02 mV')
      .field(waveLengths.respiration, 'respiration, 50 samples')
      .field(waveLengths.pleth, 'plethysmogram, 50 samples')
      .field(waveLengths.pressure1, 'pressure 1, 50 samples, mmHg')
      .field(waveLengths.pressure2, 'pressure 2, 50 samples, mmHg; FB: no transducer');
    for (const line of textOf(frame.subarray(FIXED, -1)).split('\r')) {
      if (line === '') continue;
      annotator.field(line.length + 1, parseLine(line) ? `line ${line}` : `broken line ${line}`);
    }
    return annotator.rest('end FE (no checksum)').done();
  },
};
