import { z } from 'zod';
import { type ModbusProfile, modbusProfileSchema } from './modbus-profile.ts';
import { orders } from './register-value.ts';

/** What differs on one device of a model: a set address, another firmware's scale, a calibration. */
export const profileOverridesSchema = z.strictObject({
  unitId: z.int().min(1).max(254).optional().describe('Modbus address of this device'),
  pollSeconds: z.number().optional().describe('s between two polls'),
  silentAfterSeconds: z.number().optional().describe('s without a value before it counts as silent'),
  serial: z
    .strictObject({
      baudRate: z.int().optional(),
      dataBits: z.literal([7, 8]).optional(),
      parity: z.enum(['none', 'even', 'odd']).optional(),
      stopBits: z.literal([1, 2]).optional(),
    })
    .optional(),
  wordOrder: z.enum(orders).optional().describe('of every value, also of those that state their own in the profile'),
  byteOrder: z.enum(orders).optional().describe('of every value, also of those that state their own in the profile'),
  scale: z.record(z.string(), z.number()).optional().describe('by metric: value = raw x scale + offset'),
  offset: z.record(z.string(), z.number()).optional().describe('by metric, in the unit of the profile: a calibration'),
  merge: z.boolean().optional().describe('false: one request for each value'),
});

export type ProfileOverrides = z.infer<typeof profileOverridesSchema>;

/** The overrides with the keys that were given; an absent one changes nothing. */
const given = <T extends object>(values: T): Partial<T> => {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
};

/**
 * The profile of one device. The result is checked like any profile: throws ZodError where an override makes no sense,
 * such as a scale for a metric that the device has not.
 */
export const overrideProfile = (profile: ModbusProfile, overrides: ProfileOverrides): ModbusProfile => {
  const { serial = {}, scale = {}, offset = {}, merge, wordOrder, byteOrder, ...plain } = overrides;
  const known = new Set(profile.points.map((point) => point.metric));
  z.record(
    z.string().refine((metric) => known.has(metric), { error: `${profile.id} has only ${[...known].join(', ')}` }),
    z.number(),
  ).parse({ ...scale, ...offset });

  const order = given({ wordOrder, byteOrder });
  return modbusProfileSchema.parse({
    ...profile,
    ...given(plain),
    ...order,
    serial: { ...profile.serial, ...given(serial) },
    reading: { ...profile.reading, ...given({ merge }) },
    points: profile.points.map((point) => ({
      ...point,
      ...order,
      scale: scale[point.metric] ?? point.scale,
      offset: offset[point.metric] ?? point.offset,
    })),
    statuses: profile.statuses.map((status) => ({ ...status, ...given({ byteOrder }) })),
    selfTests: profile.selfTests.map((test) => ({ ...test, ...order })),
  });
};
