import { integer, pick, type Random } from '../../model/random.ts';
import { Annotator, checksumText } from '../kit/annotate.ts';
import { ascii, ByteReader, ByteWriter, concat, hexNumber, textOf } from '../kit/bytes.ts';
import { twosComplement8 } from '../kit/checksums.ts';
import type { FrameCodec } from '../kit/contract.ts';
import { decoded, fault } from '../kit/decoded.ts';
import { createFramer } from '../kit/framer.ts';
import { lengthPrefixed } from '../kit/scans.ts';

/* Frames of SunTech's Advantage OEM NIBP module (protocols.md 1.1). */

const HOST = 0x3a;
const MODULE = 0x3e;
/** Length byte of the longest module frame: the return string. */
const LONGEST = 0x43;
const SHORTEST = 4;

/** The module's one-letter answers (protocols.md 1.1). */
export const statusLetters = {
  O: 'command received',
  K: 'executed',
  A: 'aborted',
  B: 'busy',
  E: 'error',
  N: 'command not defined',
  D: 'data not recognised',
  S: 'sleeping',
  T: 'timeout',
} as const;
export type StatusLetter = keyof typeof statusLetters;

const letters: readonly StatusLetter[] = ['O', 'K', 'A', 'B', 'E', 'N', 'D', 'S', 'T'];
const isStatusLetter = (letter: string): letter is StatusLetter => Object.hasOwn(statusLetters, letter);

export interface BloodPressureData {
  readonly kind: 'bp-data';
  readonly systolic: number;
  readonly diastolic: number;
  readonly beats: number;
  readonly status: number;
  /** TC0 to TC7: their meaning is only in the manufacturer's manual. */
  readonly testCodes: readonly number[];
  readonly heartRate: number;
  readonly mean: number;
  /** 0: a valid reading. */
  readonly error: number;
  /** Offsets 17, 21 and 22, as sent. */
  readonly spare: readonly [number, number, number];
}

export type SuntechReply =
  | { readonly kind: 'status'; readonly letter: StatusLetter }
  | { readonly kind: 'cuff-pressure'; readonly pressure: number }
  | BloodPressureData
  | { readonly kind: 'firmware'; readonly text: string };

export const patientSizes = ['adult', 'paediatric', 'neonate'] as const;
export type PatientSize = (typeof patientSizes)[number];

export type SuntechRequest =
  | { readonly kind: 'start'; readonly size: PatientSize }
  | { readonly kind: 'get-cuff-pressure' }
  | { readonly kind: 'get-bp-data' }
  | { readonly kind: 'get-module-data' }
  | { readonly kind: 'get-firmware' };

const isIntact = (frame: Uint8Array): boolean => twosComplement8(frame) === 0;
const seal = (bytes: Uint8Array): Uint8Array => concat(bytes, Uint8Array.of(twosComplement8(bytes)));
const sealReply = (data: Uint8Array): Uint8Array => seal(concat(Uint8Array.of(MODULE, data.length + 3), data));

const replyScan = lengthPrefixed({
  start: MODULE,
  length(bytes) {
    const length = bytes[1];
    if (length === undefined) return null;
    return length >= SHORTEST && length <= LONGEST ? length : `length ${length} is not possible`;
  },
  isIntact,
});

const encodeData = (message: SuntechReply): Uint8Array => {
  const writer = new ByteWriter();
  switch (message.kind) {
    case 'status':
      return ascii(message.letter);
    case 'cuff-pressure':
      return writer.u16le(message.pressure).done();
    case 'firmware':
      return ascii(message.text.padEnd(LONGEST - 3, '\0')).subarray(0, LONGEST - 3);
    case 'bp-data':
      return writer
        .u16le(message.systolic)
        .u16le(message.diastolic)
        .u8(message.beats)
        .u8(message.status)
        .bytes(Array.from({ length: 8 }, (_, i) => message.testCodes[i] ?? 0))
        .u8(message.heartRate)
        .u8(message.spare[0])
        .u16le(message.mean)
        .u8(message.error)
        .u8(message.spare[1])
        .u8(message.spare[2])
        .done();
  }
};

const decodeBloodPressure = (data: Uint8Array): BloodPressureData => {
  const reader = new ByteReader(data);
  const systolic = reader.u16le();
  const diastolic = reader.u16le();
  const beats = reader.u8();
  const status = reader.u8();
  const testCodes = [...reader.take(8)];
  const heartRate = reader.u8();
  const first = reader.u8();
  const mean = reader.u16le();
  const error = reader.u8();
  const spare = [first, reader.u8(), reader.u8()] as const;
  return { kind: 'bp-data', systolic, diastolic, beats, status, testCodes, heartRate, mean, error, spare };
};

const annotateReply = (frame: Uint8Array) => {
  const annotator = new Annotator(frame).field(1, 'start >').field(1, `length ${frame[1] ?? 0}`);
  const reader = new ByteReader(frame, 2);
  switch (frame.length) {
    case 4: {
      const letter = String.fromCharCode(reader.u8());
      annotator.field(1, `${letter}: ${isStatusLetter(letter) ? statusLetters[letter] : 'unknown status'}`);
      break;
    }
    case 5:
      annotator.field(2, `cuff pressure ${reader.u16le()} mmHg`);
      break;
    case 0x18: {
      const data = decodeBloodPressure(frame.subarray(2));
      annotator
        .field(2, `systolic ${data.systolic} mmHg`)
        .field(2, `diastolic ${data.diastolic} mmHg`)
        .field(1, `${data.beats} beats`)
        .field(1, `status ${hexNumber(data.status, 2)}`)
        .field(8, 'test codes')
        .field(1, `heart rate ${data.heartRate} /min`)
        .field(1, 'spare')
        .field(2, `mean ${data.mean} mmHg`)
        .field(1, data.error === 0 ? 'error 0: valid reading' : `error ${data.error}: no reading`)
        .field(2, 'spare');
      break;
    }
    default:
      annotator.field(frame.length - 3, 'data');
  }
  const body = frame.subarray(0, -1);
  return annotator.field(1, checksumText(hexNumber(frame.at(-1) ?? 0, 2), hexNumber(twosComplement8(body), 2))).done();
};

const anyReply = (random: Random): SuntechReply => {
  const u8 = () => integer(random, 0, 255);
  const u16 = () => integer(random, 0, 65535);
  switch (integer(random, 0, 3)) {
    case 0:
      return { kind: 'status', letter: pick(random, ['O', ...letters]) };
    case 1:
      return { kind: 'cuff-pressure', pressure: u16() };
    case 2:
      return { kind: 'firmware', text: `FW ${integer(random, 0, 9)}.${integer(random, 0, 99)}` };
    default:
      return {
        kind: 'bp-data',
        systolic: u16(),
        diastolic: u16(),
        beats: u8(),
        status: u8(),
        testCodes: Array.from({ length: 8 }, u8),
        heartRate: u8(),
        mean: u16(),
        error: pick(random, [0, 0, u8()]),
        spare: [u8(), u8(), u8()],
      };
  }
};

export const replyCodec: FrameCodec<SuntechReply> = {
  framer: () => createFramer(replyScan, LONGEST + 1),
  decode(frame) {
    if (frame[0] !== MODULE || frame[1] !== frame.length) return fault('length', 'the length byte does not fit');
    if (!isIntact(frame)) return fault('checksum', 'the bytes of the frame do not add up to 0');
    const data = frame.subarray(2, -1);
    switch (frame.length) {
      case 4: {
        const letter = textOf(data);
        return isStatusLetter(letter)
          ? decoded({ kind: 'status', letter })
          : fault('unknown-message', `unknown status ${hexNumber(data[0] ?? 0, 2)}`);
      }
      case 5:
        return decoded({ kind: 'cuff-pressure', pressure: new ByteReader(data).u16le() });
      case 0x18:
        return decoded(decodeBloodPressure(data));
      case LONGEST:
        return decoded({ kind: 'firmware', text: textOf(data).replace(/\0+$/, '') });
      default:
        return fault('unknown-message', `no message has length ${frame.length}`);
    }
  },
  encode: (message) => sealReply(encodeData(message)),
  any: anyReply,
  annotate: annotateReply,
};

/** Bytes of a command after `:`. */
const commands: readonly (readonly [SuntechRequest, readonly number[]])[] = [
  [{ kind: 'start', size: 'adult' }, [0x20]],
  [{ kind: 'start', size: 'neonate' }, [0x28]],
  [{ kind: 'start', size: 'paediatric' }, [0x87]],
  [{ kind: 'get-cuff-pressure' }, [0x79, 0x05, 0x00]],
  [{ kind: 'get-bp-data' }, [0x79, 0x03, 0x00]],
  [{ kind: 'get-module-data' }, [0x00]],
  [{ kind: 'get-firmware' }, [0x79, 0x02, 0x40]],
];

/**
 * Length of each command after `:`, by its first byte. Host frames carry no length, so a receiver must know them, also
 * those which the gateway never sends (abort, inflation pressure, reset, pneumatics).
 */
const commandLengths: Readonly<Record<number, number>> = {
  32: 1,
  40: 1,
  135: 1,
  121: 3,
  23: 3,
  0: 1,
  138: 1,
  12: 4,
};

const requestScan = lengthPrefixed({
  start: HOST,
  length(bytes) {
    const command = bytes[1];
    if (command === undefined) return null;
    const length = commandLengths[command];
    return length === undefined ? `unknown command ${hexNumber(command, 2)}` : length + 2;
  },
  isIntact,
});

const sameBytes = (bytes: Uint8Array, others: readonly number[]): boolean =>
  bytes.length === others.length && others.every((byte, i) => bytes[i] === byte);

const isSame = (a: SuntechRequest, b: SuntechRequest): boolean =>
  a.kind === b.kind && (a.kind !== 'start' || b.kind !== 'start' || a.size === b.size);

const findCommand = (frame: Uint8Array) => commands.find(([, bytes]) => sameBytes(frame.subarray(1, -1), bytes))?.[0];

export const requestCodec: FrameCodec<SuntechRequest> = {
  framer: () => createFramer(requestScan, 16),
  decode(frame) {
    if (frame[0] !== HOST || frame.length < 3) return fault('length', 'not a host frame');
    if (!isIntact(frame)) return fault('checksum', 'the bytes of the frame do not add up to 0');
    const command = findCommand(frame);
    return command ? decoded(command) : fault('unknown-message', 'a command that the gateway never sends');
  },
  encode(message) {
    const bytes = commands.find(([command]) => isSame(command, message))?.[1] ?? [];
    return seal(Uint8Array.of(HOST, ...bytes));
  },
  any: (random) => pick(random, [{ kind: 'get-bp-data' } as const, ...commands.map(([command]) => command)]),
  annotate(frame) {
    const command = findCommand(frame);
    const name = command ? (command.kind === 'start' ? `start, ${command.size}` : command.kind) : 'other command';
    return new Annotator(frame)
      .field(1, 'start :')
      .field(frame.length - 2, name)
      .field(1, checksumText(hexNumber(frame.at(-1) ?? 0, 2), hexNumber(twosComplement8(frame.subarray(0, -1)), 2)))
      .done();
  },
};
