import { z } from 'zod';
import { deviceClasses } from '../../model/device.ts';
import { placeKinds } from '../../model/person.ts';

/*
 * The configuration of a site. Strict: an unknown key is an error, so that a typing mistake is never silently ignored.
 * Descriptions become the editor's help (JSON Schema) and the documentation.
 */

const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'use lower-case letters, digits, dot, dash and underscore (at most 64)');
const port = z.number().int().min(0).max(65535);
const seconds = z.number().positive();

const serialSettings = {
  baudRate: z.number().int().min(50).max(4_000_000).optional().describe('Baud; default: what the driver says'),
  dataBits: z.union([z.literal(7), z.literal(8)]).optional(),
  parity: z.enum(['none', 'even', 'odd']).optional(),
  stopBits: z.union([z.literal(1), z.literal(2)]).optional(),
};

const serialLink = z.strictObject({
  type: z.literal('serial'),
  path: z.string().min(1).describe('Serial port; best its stable name under /dev/serial/by-id'),
  ...serialSettings,
});

const tcpLink = z.strictObject({
  type: z.literal('tcp'),
  host: z.string().min(1),
  port: port.min(1),
});

const busLimits = {
  timeoutMs: z.number().int().min(10).default(1000).describe('How long a unit may take to begin its answer'),
  maxReplyMs: z
    .number()
    .int()
    .min(10)
    .default(2000)
    .describe('The latest a late answer may come: how long the bus is quarantined after a time-out'),
};

const modbusRtuLink = z.strictObject({
  type: z.literal('modbus-rtu'),
  path: z.string().min(1).optional().describe('Serial port'),
  host: z.string().min(1).optional().describe('Serial device server, for RTU over TCP'),
  port: port.min(1).optional(),
  ...serialSettings,
  ...busLimits,
});

const modbusTcpLink = z.strictObject({
  type: z.literal('modbus-tcp'),
  host: z.string().min(1),
  port: port.min(1).default(502),
  ...busLimits,
});

const mqttLink = z.strictObject({
  type: z.literal('mqtt'),
  url: z.string().regex(/^(mqtts?|tcp|ssl):\/\//, 'use mqtt://host:port or mqtts://host:port'),
  version: z.enum(['5', '3.1.1', 'auto']).default('auto'),
  clientId: z.string().min(1).max(64).optional().describe('Default: wardwire-<site>; must be unique on the broker'),
  username: z.string().optional(),
  passwordEnv: z.string().optional().describe('Name of the environment variable that holds the password'),
  caFile: z.string().optional(),
  certFile: z.string().optional(),
  keyFile: z.string().optional(),
});

const linkSchema = z.discriminatedUnion('type', [serialLink, tcpLink, modbusRtuLink, modbusTcpLink, mqttLink]);

const deviceSchema = z.strictObject({
  id,
  name: z.string().min(1).optional().describe('For people; default: the id'),
  driver: z.string().min(1).describe('A driver or profile id: see `wardwire drivers`'),
  link: id.describe('One of `links`, or `mqtt` for the embedded broker'),
  class: z.enum(deviceClasses).optional().describe('Only for drivers that fit any class (mqtt-json)'),
  place: id.optional().describe('Where it stands'),
  since: z.iso.datetime({ offset: true }).optional().describe('since when it stands there; default: always'),
  topic: z.string().min(1).optional().describe('MQTT: the name the device has in its topics; default: its id'),
  unit: z.number().int().min(0).max(255).optional().describe('Modbus unit id; default: what the profile says'),
  pollSeconds: seconds.optional(),
  silentAfterSeconds: seconds.optional().describe('How long without a sample before it counts as silent'),
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).default({}),
  overrides: z.record(z.string(), z.unknown()).default({}).describe('Modbus: what differs from the profile'),
  maintenance: z.boolean().default(false).describe('Out of service: read, but raises no technical alert'),
});

const placeSchema = z.strictObject({
  id,
  name: z.string().min(1),
  kind: z.enum(placeKinds),
  profile: z.string().optional().describe('Storage profile, from the rules configuration'),
});

const patientSchema = z.strictObject({
  id,
  mrn: z.string().min(1),
  family: z.string().min(1),
  given: z.string().default(''),
  birthDate: z.iso.date().optional(),
  gender: z.enum(['female', 'male', 'other', 'unknown']).default('unknown'),
  place: id.optional(),
  since: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('since when in this place, with the devices there; default: the first start'),
});

const sinkSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('influx1'),
    id,
    url: z.url(),
    database: z.string().min(1).default('wardwire'),
    username: z.string().optional(),
    passwordEnv: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('influx2'),
    id,
    url: z.url(),
    org: z.string().default('wardwire'),
    bucket: z.string().default('wardwire'),
    tokenEnv: z.string().optional().describe('Name of the environment variable that holds the token'),
    holdSeconds: z
      .number()
      .min(0)
      .default(30)
      .describe('How long accepted batches are kept to be sent again (VictoriaMetrics loses its last seconds)'),
  }),
]);

export const siteSchema = z.strictObject({
  site: z.strictObject({
    name: z.string().min(1).describe('Shown on every screen'),
    timeZone: z
      .string()
      .refine((zone) => isTimeZone(zone), { error: 'not an IANA time zone; write for example Europe/Rome or UTC' })
      .describe('IANA zone of the devices’ clocks'),
    simulated: z.boolean().default(false).describe('Marks every value and screen SIMULATED'),
  }),
  data: z.string().default('./data').describe('Directory of the database'),
  keyFile: z
    .string()
    .optional()
    .describe(
      'File with the key that encrypts the database; it goes before the environment variable WARDWIRE_DATABASE_KEY',
    ),
  http: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: port.default(8080),
      certFile: z.string().optional(),
      keyFile: z.string().optional(),
      insecure: z.boolean().default(false).describe('Allows another address than loopback without TLS'),
    })
    .prefault({}),
  mqtt: z
    .strictObject({
      enabled: z.boolean().default(true),
      host: z.string().default('127.0.0.1'),
      port: port.default(1883),
      insecure: z.boolean().default(false).describe('Allows another address than loopback without users'),
      users: z
        .array(z.strictObject({ name: z.string().min(1), passwordEnv: z.string(), publish: z.array(z.string()) }))
        .default([])
        .describe('Who may publish which topics; none: anyone on loopback'),
    })
    .prefault({}),
  links: z.record(id, linkSchema).default({}),
  places: z.array(placeSchema).default([]),
  patients: z.array(patientSchema).default([]),
  devices: z.array(deviceSchema).default([]),
  profiles: z
    .array(z.string())
    .default([])
    .describe('Files or folders with device profiles, besides the built-in ones'),
  rules: z.string().optional().describe('Rules file; default: the built-in one'),
  sinks: z.array(sinkSchema).default([]),
  retention: z
    .strictObject({
      waveformHours: z.number().positive().default(72),
      journalDays: z.number().positive().default(90),
      maxGigabytes: z.number().positive().default(20),
    })
    .prefault({}),
});

const isTimeZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

export type SiteConfig = z.infer<typeof siteSchema>;
export type LinkConfig = z.infer<typeof linkSchema>;
export type DeviceConfig = z.infer<typeof deviceSchema>;
export type SinkConfig = z.infer<typeof sinkSchema>;
