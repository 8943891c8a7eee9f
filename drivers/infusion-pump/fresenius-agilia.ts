import { type Priority, priorities } from '../../model/alert.ts';
import type { DriverSample, InterpretContext, StreamDriver } from '../kit/contract.ts';
import { tableOption } from '../kit/options.ts';
import { type AgiliaReply, type AgiliaRequest, hexValue, replyCodec, requestCodec } from './agilia-codec.ts';
import { addressOf, runAgilia } from './agilia-session.ts';

const alarmPriority = ({ options }: InterpretContext): Priority =>
  priorities.find((priority) => priority === options.alarmPriority) ?? 'high';

/** Names of the bits that are set, from the site's table; what it does not name is only said to be an alarm. */
const alarmText = (word: number, context: InterpretContext): string => {
  const table = tableOption(context.options, 'alarmBits');
  const names = Array.from({ length: 32 }, (_, bit) => ((word >>> bit) & 1 ? table.get(String(bit)) : undefined));
  const known = names.filter((name) => name !== undefined);
  return known.length > 0 ? known.join(', ') : 'pump alarm';
};

const status = (
  code: string,
  active: boolean | null,
  text: string,
  rest: Partial<Extract<DriverSample, { kind: 'status' }>> = {},
): DriverSample => ({
  kind: 'status',
  code,
  active,
  role: 'state',
  alertKind: 'technical',
  priority: 'information',
  text,
  ...rest,
});

/** `pump-alarm` for the alarm word, `pump-error` for the error word. */
const wordStatus = (code: string, letter: string, digits: string, text: string, context: InterpretContext) => {
  const word = hexValue(digits);
  const active = word === null ? null : word !== 0;
  return status(
    code,
    active,
    active === false ? `no ${text}` : code === 'pump-alarm' && word ? alarmText(word, context) : text,
    {
      role: 'alarm',
      priority: alarmPriority(context),
      detail: `${letter}=${digits}`,
    },
  );
};

const rateSamples = (digits: string): readonly DriverSample[] => {
  const number = hexValue(digits);
  const base = { kind: 'numeric', metric: 'infusion-rate', unit: 'mL/h' } as const;
  const mdc = { code: 184519, refId: 'MDC_PUMP_INFUSING_STATUS' };
  if (number === null) {
    return [
      { ...base, value: null, quality: 'invalid', reasons: ['device-error'] },
      status('infusing', null, 'unknown', { mdc }),
    ];
  }
  const infusing = number > 0;
  return [
    { ...base, value: number / 10 },
    status('infusing', infusing, infusing ? 'infusing' : 'not infusing', { mdc }),
  ];
};

const volumeSample = (digits: string): DriverSample => {
  const number = hexValue(digits);
  const base = { kind: 'numeric', metric: 'infused-volume', unit: 'mL' } as const;
  if (number === null) return { ...base, value: null, quality: 'invalid', reasons: ['device-error'] };
  return { ...base, value: number / 1000 };
};

/** A letter and its digits. Other texts (a pump's name, a drug's) are no variables. */
const variable = /^[a-z][0-9A-F-]+$/;

const interpretField = (field: string, context: InterpretContext): readonly DriverSample[] => {
  if (!variable.test(field)) return [];
  const digits = field.slice(1);
  switch (field[0]) {
    case 'a':
      return [wordStatus('pump-alarm', 'a', digits, 'pump alarm', context)];
    case 'e':
      return [wordStatus('pump-error', 'e', digits, 'pump error', context)];
    case 'd':
      return rateSamples(digits);
    case 'r':
      return [volumeSample(digits)];
    default:
      return [];
  }
};

export const freseniusAgilia: StreamDriver<AgiliaReply, AgiliaRequest> = {
  id: 'fresenius-agilia',
  title: 'Fresenius Kabi Agilia infusion pump (Orchestra link)',
  manufacturer: 'Fresenius Kabi',
  model: 'Agilia, alone or on an Orchestra base',
  class: 'infusion-pump',
  metrics: ['infusion-rate', 'infused-volume'],
  silentAfterMs: 30_000,
  clock: 'none',
  wire: 'stream',
  serial: { baudRate: 19200, dataBits: 7, parity: 'even', stopBits: 1 },
  options: {
    module: {
      type: 'number',
      description:
        'Place on the rack, 1 to 5; not set: a pump on its own. One device for each pump, all on the same link',
      default: null,
      minimum: 1,
      maximum: 5,
    },
    pollSeconds: {
      type: 'number',
      description: 'Seconds between two readings of the whole state; changes come by themselves in between',
      default: 5,
      minimum: 1,
      maximum: 60,
    },
    alarmPriority: {
      type: 'string',
      description: 'Priority of a pump alarm: high, medium, low or information',
      default: 'high',
    },
    alarmBits: {
      type: 'string',
      description: 'Your manual’s names for the bits of the alarm word, e.g. `0=occlusion; 3=end of syringe`',
      default: null,
    },
  },
  quirks: [
    'Only reading commands exist in this driver: it cannot set, start, stop or silence a pump.',
    'One link can carry the five pumps of a rack: each is a device of its own with its `module`; they take turns, and one of them keeps the connection alive for all.',
    'The pump asks ENQ, also in the middle of a frame, and drops the connection where no DC4 comes back.',
    'The meaning of the alarm bits is not public: any bit is a pump alarm of high priority, since most pump alarms stop the delivery; `alarmBits` gives the bits their names.',
    'A damaged frame is not acknowledged, so that the pump sends it again.',
  ],
  evidence: [
    {
      fact: 'framing, checksum, commands, variables, scales',
      source: 'protocols.md 3.1 (one open client)',
      confidence: 'B',
    },
    { fact: 'alarms that stop delivery are of high priority', source: 'standards.md 4.6', confidence: 'B' },
    { fact: 'form of the answer to DE', source: 'to be confirmed on the device', confidence: 'C' },
  ],
  reply: replyCodec,
  request: requestCodec,
  interpret(message, context) {
    if (message.kind !== 'frame' || message.letter === 'I' || message.address !== addressOf(context.options)) {
      return { samples: [] };
    }
    return { samples: message.fields.flatMap((field) => interpretField(field, context)) };
  },
  session: { kind: 'dialogue', run: runAgilia },
};
