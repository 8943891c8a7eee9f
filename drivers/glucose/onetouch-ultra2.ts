import { isRealLocalTime } from '../../model/time.ts';
import type { DeviceMemory, DriverNumeric, Interpretation, StreamDriver } from '../kit/contract.ts';
import { replyCodec, requestCodec, type Ultra2Record, type Ultra2Reply, type Ultra2Request } from './ultra2-codec.ts';
import { newRecords, withRecord } from './ultra2-history.ts';
import { comments, glucoseValue } from './ultra2-lines.ts';
import { runUltra2 } from './ultra2-session.ts';

const meals = { B: 'before meal', A: 'after meal' } as const;

const contextOf = ({ meal, comment, result }: Ultra2Record, memory: DeviceMemory): Record<string, string> => ({
  ...(meal === 'N' ? {} : { meal: meals[meal] }),
  ...(comment === 0 ? {} : { comment: comments[comment] ?? `comment ${comment}` }),
  ...(memory.unit === 'MMOL/L' ? { displayUnit: 'mmol/L' } : {}),
  shown: result.shown,
});

const interpretRecord = (record: Ultra2Record, memory: DeviceMemory): Interpretation => {
  if (newRecords([record], (item) => item, memory).length === 0) return { samples: [] };
  const { result, time } = record;
  const serial = typeof memory.serial === 'string' ? memory.serial : 'unknown';
  const real = isRealLocalTime(time.local);
  const base: DriverNumeric = {
    kind: 'numeric',
    metric: result.control ? 'glucose-control' : 'glucose',
    unit: 'mg/dL',
    ...glucoseValue(result.shown),
    // The meter's number and the result: the time alone is not enough once its clock has been set back.
    sequence: `${serial} ${result.shown}`,
    context: contextOf(record, memory),
    ...(real
      ? { taken: { kind: 'local', local: time.local, text: time.text } }
      : { sequence: `${serial} ${time.text} ${result.shown}` }),
  };
  const sample: DriverNumeric = result.parityError
    ? { ...base, quality: 'invalid', reasons: ['device-memory-error'] }
    : real
      ? base
      : { ...base, quality: 'questionable', reasons: ['clock-unknown'] };
  return { samples: [sample], memory: withRecord(record, memory) };
};

export const onetouchUltra2: StreamDriver<Ultra2Reply, Ultra2Request> = {
  id: 'onetouch-ultra2',
  title: 'LifeScan OneTouch Ultra 2 glucose meter',
  manufacturer: 'LifeScan',
  model: 'OneTouch Ultra 2',
  class: 'glucose',
  metrics: ['glucose', 'glucose-control'],
  silentAfterMs: null,
  clock: 'local',
  wire: 'stream',
  serial: { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 },
  options: {
    serial: {
      type: 'string',
      description: 'Serial number of the one meter that may be read here; not set: any Ultra 2',
      default: null,
    },
    pollMinutes: {
      type: 'number',
      description: 'Minutes until a meter that stays on the cable is read again',
      default: 1,
      minimum: 0.1,
      maximum: 1440,
    },
    lineTimeoutSeconds: {
      type: 'number',
      description: 'Longest pause inside a dump; real meters pause for seconds',
      default: 15,
      minimum: 1,
      maximum: 120,
    },
  },
  quirks: [
    'Records are mg/dL always, also where the meter shows mmol/L.',
    'A command is acted on as soon as its letters are there; a CR behind it is optional.',
    'Dumps pause for seconds, so only silence within a line is a time-out, never the length of the whole.',
    'Two records with the same second, mark and value are one reading.',
    'The clock has no zone; clock changes do not alter records that are already stored.',
    'Below 20 and above 600 mg/dL the meter measures nothing: such values, and the words for them, become “<20” and “>600”.',
    'A record with the parity flag is kept but not used.',
  ],
  evidence: [
    {
      fact: 'commands, lines, checksum',
      source: 'protocols.md 2.1: two open clients and published vectors',
      confidence: 'A',
    },
    { fact: 'pauses within dumps', source: 'protocols.md 7, row 3 (Tidepool uploader issue 593)', confidence: 'A' },
    {
      fact: 'HIGH and LOW in place of a value; AM and PM behind the time',
      source: 'protocols.md 2.1',
      confidence: 'C',
    },
  ],
  reply: replyCodec,
  request: requestCodec,
  interpret(message, { memory }) {
    switch (message.kind) {
      case 'clock':
        if (!isRealLocalTime(message.time.local)) return { samples: [] };
        return { samples: [{ kind: 'clock', local: message.time.local, text: message.time.text }] };
      case 'header': {
        const { serial, unit } = message;
        // What was read from another meter says nothing about this one.
        return { samples: [], memory: serial === memory.serial ? { unit } : { serial, unit, seen: '' } };
      }
      case 'record':
        return interpretRecord(message, memory);
      case 'version':
      case 'serial':
      case 'unit':
        return { samples: [] };
    }
  },
  session: { kind: 'dialogue', run: runUltra2 },
};
