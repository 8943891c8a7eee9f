import { z } from 'zod';
import { priorities } from '../../model/alert.ts';
import { deviceClasses } from '../../model/device.ts';
import { findMetric } from '../../model/metrics.ts';
import { qualityReasons } from '../../model/quality.ts';
import { type Unit, units } from '../../model/unit.ts';
import { MAX_REGISTERS } from './register-plan.ts';
import { orders, rangeOf, registerTypes, widthOf } from './register-value.ts';

/*
 * A Modbus profile: what a biomedical engineer transcribes from one page of a manual (protocols.md 5.4). Pure data;
 * `modbusDriver` makes a driver of it.
 */

const kebab = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'use lower-case words joined by hyphens, like "xy-md02"');
const address = z.int().min(0).max(0xffff).describe('register address as sent on the wire, from 0 (number 40001 is 0)');
const table = z
  .enum(['input', 'holding'])
  .describe('input: read with function 04 (3xxxx numbers); holding: read with function 03 (4xxxx numbers)');
const order = z.enum(orders);
const reason = z.enum(qualityReasons);

const serialSchema = z.strictObject({
  baudRate: z.int().min(300).max(921_600).describe('bits per second'),
  dataBits: z.literal([7, 8]).default(8),
  parity: z.enum(['none', 'even', 'odd']).describe('Modbus says even; most small sensors use none'),
  stopBits: z.literal([1, 2]).default(1),
});

const locationShape = {
  table,
  address,
  type: z.enum(registerTypes).describe('i16, u16: one register; i32, u32, f32: two'),
  wordOrder: order.optional().describe('which register of a pair comes first; default: that of the profile'),
  byteOrder: order.optional().describe('which byte of a register comes first; default: that of the profile'),
};

const conditionSchema = z
  .strictObject({
    table,
    address,
    mask: z.int().min(1).max(0xffff).default(0xffff).describe('bits that are looked at'),
    equals: z.int().min(0).max(0xffff).describe('what the masked register must be'),
    reason: reason.describe('why there is no value otherwise'),
  })
  .describe('the value counts only while another register says so');

const invalidValueSchema = z.strictObject({
  raw: z.number().describe('the number as sent, before scale and offset'),
  reason,
});

const unitSchema = z.enum(Object.keys(units) as [Unit, ...Unit[]], {
  error: 'not a known unit: use a UCUM code of the catalogue, like Cel, %, [ppm], Pa',
});

const pointSchema = z
  .strictObject({
    metric: z.string().describe('id of the metric catalogue'),
    ...locationShape,
    scale: z.number().default(1).describe('value = raw x scale + offset'),
    offset: z.number().default(0).describe('in `unit`'),
    unit: unitSchema.describe('UCUM code of the value'),
    invalidValues: z.array(invalidValueSchema).default([]).describe('raw values by which the device says: no value'),
    validWhen: conditionSchema.optional(),
  })
  .superRefine((point, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    const metric = findMetric(point.metric);
    if (!metric)
      return issue('metric', `no metric "${point.metric}" in the catalogue (npx wardwire drivers lists them)`);
    if (metric.kind !== 'numeric') issue('metric', `"${point.metric}" is a waveform; a register holds a number`);
    if (point.unit !== metric.unit && !metric.alsoUnits.includes(point.unit)) {
      issue('unit', `${point.metric} is in ${[metric.unit, ...metric.alsoUnits].join(' or ')}, not in ${point.unit}`);
    }
    if (point.scale === 0) issue('scale', 'a scale of 0 makes every value the same');
    const range = rangeOf(point.type);
    const outside = point.invalidValues.find(({ raw }) => range && !(raw >= range.low && raw <= range.high));
    if (outside) issue('invalidValues', `${outside.raw} does not fit ${point.type}; write it as the type reads it`);
  });

const statusBitSchema = z.strictObject({
  code: kebab.describe('name of the status within the device'),
  text: z.string().min(1).describe('in words, for screens'),
  role: z.enum(['state', 'alarm']).default('alarm'),
  priority: z.enum(priorities).default('low'),
  inverted: z.boolean().default(false).describe('true: the status holds while the bit is 0'),
  marks: z
    .strictObject({ quality: z.enum(['questionable', 'invalid']), reason })
    .optional()
    .describe('what the status makes of the values of the same poll'),
});

const statusSchema = z.strictObject({
  table,
  address,
  byteOrder: order.optional(),
  bits: z
    .record(z.string(), statusBitSchema)
    .refine((bits) => Object.keys(bits).length > 0, 'name at least one bit')
    .refine(
      (bits) => Object.keys(bits).every((bit) => /^(1[0-5]|[0-9])$/.test(bit)),
      'bits are numbered from 0 (least significant) to 15',
    ),
});

const selfTestSchema = z
  .strictObject({ ...locationShape, expect: z.number().describe('the constant that the device keeps there') })
  .describe('a register of known content: where it reads otherwise, no value of the poll is believed');

const readingSchema = z.strictObject({
  merge: z.boolean().default(true).describe('false: one request for each value'),
  maxGap: z.int().min(0).max(MAX_REGISTERS).default(0).describe('registers between two values that may be read over'),
  maxRegisters: z.int().min(1).max(MAX_REGISTERS).default(MAX_REGISTERS).describe('longest answer of the device'),
  spare: z
    .int()
    .min(0)
    .max(MAX_REGISTERS)
    .default(0)
    .describe('registers after a block that the device also answers: used to give requests distinct lengths'),
});

export const modbusProfileSchema = z
  .strictObject({
    id: kebab.describe('name of the driver in the configuration'),
    title: z.string().min(1),
    manufacturer: z.string().min(1),
    model: z.string().min(1),
    class: z.enum(deviceClasses),
    serial: serialSchema,
    unitId: z.int().min(1).max(254).describe('Modbus address of the device as it leaves the factory'),
    pollSeconds: z.number().min(0.1).max(86_400).describe('s between two polls'),
    silentAfterSeconds: z.number().positive().describe('s without a value before the device counts as silent'),
    wordOrder: order.default('high-first'),
    byteOrder: order.default('high-first'),
    reading: readingSchema.prefault({}),
    points: z.array(pointSchema).min(1, 'a profile without a value yields nothing'),
    statuses: z.array(statusSchema).default([]),
    selfTests: z.array(selfTestSchema).default([]),
    quirks: z.array(z.string().min(1)).default([]),
    evidence: z
      .array(
        z.strictObject({
          fact: z.string().min(1),
          source: z.string().min(1),
          confidence: z
            .enum(['A', 'B', 'C'])
            .describe('A: two sources or a published vector; B: one open implementation; C: to be confirmed'),
        }),
      )
      .min(1, 'say where the register table comes from: the title and page of the manual'),
  })
  .superRefine((profile, context) => {
    const twice = (names: readonly string[], path: string) => {
      const repeated = names.find((name, index) => names.indexOf(name) !== index);
      if (repeated) context.addIssue({ code: 'custom', path: [path], message: `"${repeated}" appears twice` });
    };
    twice(
      profile.points.map((point) => point.metric),
      'points',
    );
    twice(
      profile.statuses.flatMap((status) => Object.values(status.bits).map((bit) => bit.code)),
      'statuses',
    );
    const needed = Math.max(...[...profile.points, ...profile.selfTests].map(({ type }) => widthOf(type)));
    if (profile.reading.maxRegisters < needed) {
      context.addIssue({
        code: 'custom',
        path: ['reading', 'maxRegisters'],
        message: `a value needs ${needed} registers`,
      });
    }
    if (profile.silentAfterSeconds <= profile.pollSeconds) {
      context.addIssue({
        code: 'custom',
        path: ['silentAfterSeconds'],
        message: `must be longer than pollSeconds (${profile.pollSeconds} s), or the device is silent between two polls`,
      });
    }
  });

export type ModbusProfile = Readonly<z.infer<typeof modbusProfileSchema>>;
export type ProfilePoint = ModbusProfile['points'][number];
export type ProfileStatus = ModbusProfile['statuses'][number];
export type ProfileStatusBit = ProfileStatus['bits'][string];
export type ProfileSelfTest = ModbusProfile['selfTests'][number];
