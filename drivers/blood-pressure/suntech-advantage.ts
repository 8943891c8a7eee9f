import type { Interpretation, InterpretContext, StreamDriver } from '../kit/contract.ts';
import { tableOption } from '../kit/options.ts';
import {
  type BloodPressureData,
  replyCodec,
  requestCodec,
  type StatusLetter,
  type SuntechReply,
  type SuntechRequest,
  statusLetters,
} from './suntech-codec.ts';
import { type ReadingError, readingError } from './suntech-errors.ts';
import { runSuntech } from './suntech-session.ts';

const bloodPressure = [
  { metric: 'nibp-systolic', unit: 'mm[Hg]', field: 'systolic' },
  { metric: 'nibp-diastolic', unit: 'mm[Hg]', field: 'diastolic' },
  { metric: 'nibp-mean', unit: 'mm[Hg]', field: 'mean' },
  { metric: 'nibp-pulse-rate', unit: '/min', field: 'heartRate' },
] as const;

const failedStatus = (failure: ReadingError | null, detail: string | null) =>
  ({
    kind: 'status',
    code: 'measurement-failed',
    active: failure !== null,
    role: 'alarm',
    alertKind: 'technical',
    priority: failure?.priority ?? 'low',
    text: failure?.text ?? 'last measurement succeeded',
    ...(detail === null ? {} : { detail }),
    mdc: { code: 196964, refId: 'MDC_EVT_MSMT_FAIL' },
  }) as const;

const noValues = (failure: ReadingError) =>
  bloodPressure.map(
    ({ metric, unit }) =>
      ({ kind: 'numeric', metric, unit, value: null, quality: 'missing', reasons: [failure.reason] }) as const,
  );

const interpretReading = (data: BloodPressureData, context: InterpretContext): Interpretation => {
  const memory = { measuring: false };
  if (data.error !== 0) {
    const failure = readingError(data.error, tableOption(context.options, 'errorTexts'));
    const status = failedStatus(failure, `error ${data.error}`);
    return { samples: [...noValues(failure), status], memory };
  }
  const values = bloodPressure.map(({ metric, unit, field }) => {
    const value = data[field];
    // 0 is no blood pressure and no pulse: the module leaves a field it could not fill at 0.
    if (value === 0) return { kind: 'numeric', metric, unit, value: null, reasons: ['not-measured'] } as const;
    return { kind: 'numeric', metric, unit, value } as const;
  });
  return { samples: [...values, failedStatus(null, null)], memory };
};

/** Letters that mean that no reading will come. The others are talk between module and host. */
const failures: Readonly<Partial<Record<StatusLetter, ReadingError>>> = {
  A: { text: 'measurement aborted', reason: 'not-measured', priority: 'information' },
  E: { text: 'the module reports an error', reason: 'device-error', priority: 'low' },
  S: { text: 'the module is asleep', reason: 'device-error', priority: 'low' },
  T: { text: 'no result', reason: 'device-error', priority: 'low' },
};

const interpretStatus = (letter: StatusLetter, context: InterpretContext): Interpretation => {
  // O answers a start only; the session notes one before it sends the start.
  if (letter === 'O') return { samples: [], memory: { startedAt: context.receivedAt, measuring: true } };
  const failure = failures[letter];
  if (!failure) return { samples: [] };
  const status = failedStatus(failure, `${letter}: ${statusLetters[letter]}`);
  return { samples: [...noValues(failure), status], memory: { measuring: false } };
};

export const suntechAdvantage: StreamDriver<SuntechReply, SuntechRequest> = {
  id: 'suntech-advantage',
  title: 'SunTech Advantage OEM blood pressure module',
  manufacturer: 'SunTech Medical',
  model: 'Advantage OEM NIBP',
  class: 'blood-pressure',
  metrics: [...bloodPressure.map(({ metric }) => metric), 'cuff-pressure'],
  silentAfterMs: null,
  clock: 'none',
  wire: 'stream',
  serial: { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 },
  options: {
    intervalMinutes: {
      type: 'number',
      description: 'Minutes from one measurement to the next; not set: the gateway never inflates the cuff',
      default: null,
      minimum: 1,
      maximum: 1440,
    },
    patientSize: {
      type: 'string',
      description: 'Whom the cuff is on: adult, paediatric or neonate',
      default: 'adult',
    },
    maximumSeconds: {
      type: 'number',
      description: 'A measurement that takes longer has no result',
      default: 180,
      minimum: 30,
      maximum: 600,
    },
    errorTexts: {
      type: 'string',
      description: 'Your manual’s texts for error codes (decimal), e.g. `1=weak signal; 87=leak`',
      default: null,
    },
  },
  quirks: [
    'It measures only when told to, and the gateway tells it to only where intervalMinutes is set.',
    'The interval counts from the last start, also across restarts and lost links; a failed measurement is not repeated early.',
    'Host frames carry no length byte; the module knows each command’s length.',
    'K after a start arrives when the reading is done, not when the command was understood.',
    'Error codes are decimal in the manual; the meaning of the test codes and of the BP status byte is not public.',
  ],
  evidence: [
    {
      fact: 'framing, checksum, start, cuff pressure, BP data',
      source: 'protocols.md 1.1 (published vectors)',
      confidence: 'A',
    },
    { fact: 'paediatric and neonatal start, module data, return string', source: 'protocols.md 1.1', confidence: 'B' },
    { fact: 'error texts', source: 'protocols.md 1.1; confirm with the manual', confidence: 'C' },
  ],
  reply: replyCodec,
  request: requestCodec,
  interpret(message, context) {
    switch (message.kind) {
      case 'bp-data':
        return interpretReading(message, context);
      case 'cuff-pressure':
        return { samples: [{ kind: 'numeric', metric: 'cuff-pressure', value: message.pressure, unit: 'mm[Hg]' }] };
      case 'status':
        return interpretStatus(message.letter, context);
      case 'firmware':
        return { samples: [] };
    }
  },
  session: { kind: 'dialogue', run: runSuntech },
};
