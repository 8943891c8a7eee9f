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

/** Of a link: what replaces the driver's own settings. */
const serialSettings = {
  baudRate: z.number().int().min(50).max(4_000_000).optional().describe('Baud; default: what the driver says'),
  dataBits: z
    .union([z.literal(7), z.literal(8)])
    .optional()
    .describe('Default: what the driver says'),
  parity: z.enum(['none', 'even', 'odd']).optional().describe('Default: what the driver says'),
  stopBits: z
    .union([z.literal(1), z.literal(2)])
    .optional()
    .describe('Default: what the driver says'),
};

const serialLink = z.strictObject({
  type: z.literal('serial').describe('A serial port'),
  path: z.string().min(1).describe('Serial port; best its stable name under /dev/serial/by-id'),
  ...serialSettings,
});

const tcpLink = z.strictObject({
  type: z.literal('tcp').describe('A serial device server, raw TCP'),
  host: z.string().min(1).describe('Name or address'),
  port: port.min(1).describe('TCP port of the line'),
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
  type: z.literal('modbus-rtu').describe('A Modbus line: give `path`, or `host` and `port`'),
  path: z.string().min(1).optional().describe('Serial port'),
  host: z.string().min(1).optional().describe('Serial device server, for RTU over TCP'),
  port: port.min(1).optional().describe('TCP port of the line on that server'),
  ...serialSettings,
  ...busLimits,
});

const modbusTcpLink = z.strictObject({
  type: z.literal('modbus-tcp').describe('A Modbus TCP device or gateway'),
  host: z.string().min(1).describe('Name or address'),
  port: port.min(1).default(502).describe('TCP port'),
  ...busLimits,
});

const mqttLink = z.strictObject({
  type: z.literal('mqtt').describe('An external broker'),
  url: z
    .string()
    .regex(/^(mqtts?|tcp|ssl):\/\//, 'use mqtt://host:port or mqtts://host:port')
    .describe('mqtt://host:port, or mqtts:// with TLS'),
  version: z
    .enum(['5', '3.1.1', 'auto'])
    .default('auto')
    .describe('Of MQTT; auto: 5, or 3.1.1 where the broker refuses it'),
  clientId: z.string().min(1).max(64).optional().describe('Default: wardwire-<site>; must be unique on the broker'),
  username: z.string().optional().describe('Name at the broker'),
  passwordEnv: z.string().optional().describe('Name of the environment variable that holds the password'),
  caFile: z.string().optional().describe('Certificate of the authority that signed the broker’s'),
  certFile: z.string().optional().describe('Own certificate, where the broker asks for one'),
  keyFile: z.string().optional().describe('Key of the own certificate'),
});

const linkSchema = z.discriminatedUnion('type', [serialLink, tcpLink, modbusRtuLink, modbusTcpLink, mqttLink]);

const deviceSchema = z.strictObject({
  id: id.describe('Stays for good: readings are filed under it'),
  name: z.string().min(1).optional().describe('For people; default: the id'),
  driver: z.string().min(1).describe('A driver or profile id: see `wardwire drivers`'),
  link: id.describe('One of `links`, or `mqtt` for the embedded broker'),
  class: z.enum(deviceClasses).optional().describe('Only for drivers that fit any class (mqtt-json)'),
  place: id
    .optional()
    .describe('Where it stands; an edit is followed at the next start, unless a person has moved the device since'),
  since: z.iso.datetime({ offset: true }).optional().describe('since when it stands there; default: always'),
  topic: z.string().min(1).optional().describe('MQTT: the name the device has in its topics; default: its id'),
  unit: z.number().int().min(0).max(255).optional().describe('Modbus unit id; default: what the profile says'),
  pollSeconds: seconds.optional().describe('s between two polls (Modbus); default: what the profile says'),
  silentAfterSeconds: seconds
    .optional()
    .describe('s without a sample before it counts as silent; default: what the driver says'),
  options: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .default({})
    .describe('What its driver takes: see docs/drivers.md'),
  overrides: z.record(z.string(), z.unknown()).default({}).describe('Modbus: what differs from the profile'),
  maintenance: z.boolean().default(false).describe('Out of service: read, but raises no technical alert'),
});

const placeSchema = z.strictObject({
  id: id.describe('Stays for good: readings are filed under it'),
  name: z.string().min(1).describe('For people'),
  kind: z.enum(placeKinds).describe('What it is'),
  profile: z.string().optional().describe('Storage profile, from the rules configuration'),
});

const patientSchema = z.strictObject({
  id: id.describe('Stays for good: readings are filed under it'),
  mrn: z.string().min(1).describe('Medical record number'),
  family: z.string().min(1).describe('Family name'),
  given: z.string().default('').describe('Given names'),
  birthDate: z.iso.date().optional().describe('YYYY-MM-DD'),
  gender: z
    .enum(['female', 'male', 'other', 'unknown'])
    .default('unknown')
    .describe('Administrative gender, as FHIR has it'),
  place: id
    .optional()
    .describe(
      'One of `places`: the devices there measure this patient; an edit is followed at the next start, unless a person has put the device elsewhere since',
    ),
  since: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('since when in this place, with the devices there; default: the start that first reads it here'),
});

const sinkSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('influx1').describe('InfluxDB 1.x'),
    id: id.describe('Its cursor in the journal goes by this name'),
    url: z.url().describe('http://host:port'),
    database: z.string().min(1).default('wardwire').describe('Database in InfluxDB'),
    username: z.string().optional().describe('User of InfluxDB'),
    passwordEnv: z.string().optional().describe('Name of the environment variable that holds the password'),
  }),
  z.strictObject({
    type: z.literal('influx2').describe('InfluxDB 2.x, and what speaks its write API, such as VictoriaMetrics'),
    id: id.describe('Its cursor in the journal goes by this name'),
    url: z.url().describe('http://host:port'),
    org: z.string().default('wardwire').describe('Organisation'),
    bucket: z.string().default('wardwire').describe('Bucket'),
    tokenEnv: z.string().optional().describe('Name of the environment variable that holds the token'),
    holdSeconds: z
      .number()
      .min(0)
      .default(30)
      .describe('s that accepted batches are kept to be sent again (VictoriaMetrics loses its last seconds)'),
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
      host: z.string().default('127.0.0.1').describe('Address to listen on'),
      port: port.default(8080).describe('TCP port; 0: any that is free'),
      certFile: z.string().optional().describe('Certificate for TLS (PEM)'),
      keyFile: z.string().optional().describe('Its key (PEM)'),
      insecure: z.boolean().default(false).describe('Allows another address than loopback without TLS'),
    })
    .prefault({}),
  mqtt: z
    .strictObject({
      enabled: z.boolean().default(true).describe('The embedded broker'),
      host: z.string().default('127.0.0.1').describe('Address to listen on'),
      port: port.default(1883).describe('TCP port; 0: any that is free'),
      insecure: z.boolean().default(false).describe('Allows another address than loopback without users'),
      users: z
        .array(
          z.strictObject({
            name: z.string().min(1).describe('Name it signs in with'),
            passwordEnv: z.string().describe('Name of the environment variable that holds the password'),
            publish: z.array(z.string()).describe('Topic filters it may publish to'),
          }),
        )
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
      waveformHours: z.number().positive().default(72).describe('h that waveforms are kept'),
      journalDays: z
        .number()
        .positive()
        .default(90)
        .describe('d that the journal is kept; longer where a sink has not read it'),
      maxGigabytes: z.number().positive().default(20).describe('GiB that the entries of the journal may take'),
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
