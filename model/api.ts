import { z } from 'zod';
import { alertKinds, alertStates, priorities, subjectKinds } from './alert.ts';
import { deviceClasses, deviceStates, linkStates } from './device.ts';
import { placeKinds, roles } from './person.ts';
import { qualities, qualityReasons } from './quality.ts';

/*
 * The shapes of the HTTP API and the live feed (design 9). Moments are ISO 8601 in UTC.
 * The gateway validates with these; the dashboard uses only their types.
 */

const moment = z.iso.datetime();
const nullable = <T extends z.ZodType>(schema: T) => schema.nullable();

export const subjectSchema = z.object({ kind: z.enum(subjectKinds), id: z.string() });

export const deviceSchema = z.object({
  id: z.string(),
  name: z.string(),
  driver: z.string(),
  class: z.enum(deviceClasses),
  state: z.enum(deviceStates),
  lastSampleAt: nullable(moment),
  place: nullable(z.string()),
  patient: nullable(z.string()),
  link: z.object({
    id: z.string(),
    state: z.enum(linkStates),
    since: moment,
    reason: nullable(z.string()),
    hint: nullable(z.string()),
  }),
  /** Why it is not running, in one sentence, and what to do. */
  why: nullable(z.string()),
  progress: nullable(z.string()),
  silentAfterSeconds: nullable(z.number()),
  simulated: z.boolean(),
  counters: z.record(z.string(), z.number()),
  clockOffsetSeconds: nullable(z.number()),
});

export const readingSchema = z.object({
  id: z.string(),
  measurement: z.string(),
  device: z.string(),
  metric: z.string(),
  value: nullable(z.number()),
  unit: z.string(),
  comparator: nullable(z.enum(['<', '>'])),
  original: nullable(z.object({ value: z.number(), unit: z.string() })),
  quality: z.enum(qualities),
  reasons: z.array(z.enum(qualityReasons)),
  takenAt: moment,
  receivedAt: moment,
  deviceTime: nullable(z.string()),
  patient: nullable(z.string()),
  place: nullable(z.string()),
  context: z.record(z.string(), z.string()),
});

export const alertSchema = z.object({
  id: z.string(),
  rule: z.string(),
  ruleVersion: z.number(),
  code: z.string(),
  kind: z.enum(alertKinds),
  priority: z.enum(priorities),
  state: z.enum(alertStates),
  condition: z.enum(['on', 'off', 'unknown']),
  subject: subjectSchema,
  device: nullable(z.string()),
  /** Bed or room, for the banner. */
  place: nullable(z.string()),
  message: z.string(),
  metric: nullable(z.string()),
  value: nullable(z.number()),
  limit: nullable(z.number()),
  latching: z.boolean(),
  raisedAt: moment,
  endedAt: nullable(moment),
  acknowledgedBy: nullable(z.string()),
  acknowledgedAt: nullable(moment),
  note: nullable(z.string()),
  audioPausedUntil: nullable(moment),
  occurrences: z.number(),
  inhibitedBy: z.array(z.string()),
  simulated: z.boolean(),
});

/** Bytes of a frame with what they mean: the evidence drawer draws them. */
export const evidenceSchema = z.object({
  alert: alertSchema,
  rule: z.object({
    id: z.string(),
    version: z.number(),
    title: z.string(),
    parameters: z.record(z.string(), z.unknown()),
    sources: z.array(z.object({ fact: z.string(), source: z.string() })),
  }),
  samples: z.array(readingSchema),
  frames: z.array(
    z.object({
      device: z.string(),
      driver: z.string(),
      receivedAt: moment,
      digest: z.string(),
      address: nullable(z.string()),
      hex: z.string(),
      /** Byte ranges, end not included. */
      annotations: z.array(z.object({ from: z.number(), to: z.number(), text: z.string() })),
      /** What decoding the stored bytes again gives now. */
      decoded: z.array(z.string()),
    }),
  ),
  history: z.array(z.object({ at: moment, verb: z.string(), by: nullable(z.string()), reason: z.string() })),
});

/** A device's own state or alarm as it last said it, e.g. a door, a pump that infuses: one per device and code. */
export const statusSchema = z.object({
  device: z.string(),
  code: z.string(),
  /** null: unknown. */
  active: nullable(z.boolean()),
  role: z.enum(['state', 'alarm']),
  text: z.string(),
  takenAt: moment,
});

export const patientSchema = z.object({
  id: z.string(),
  mrn: z.string(),
  family: z.string(),
  given: z.string(),
  birthDate: nullable(z.string()),
  gender: z.enum(['female', 'male', 'other', 'unknown']),
  place: nullable(z.string()),
});

export const placeSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(placeKinds),
  profile: nullable(z.string()),
  patient: nullable(z.string()),
  devices: z.array(z.string()),
});

export const associationSchema = z.object({
  id: z.string(),
  device: z.string(),
  patient: nullable(z.string()),
  place: nullable(z.string()),
  from: moment,
  to: nullable(moment),
});

/** A limit in force, for the numerals' captions. */
export const limitSchema = z.object({
  subject: subjectSchema,
  metric: z.string(),
  low: nullable(z.number()),
  high: nullable(z.number()),
});

export const metricSchema = z.object({
  id: z.string(),
  kind: z.enum(['numeric', 'waveform']),
  name: z.string(),
  label: z.string(),
  unit: z.string(),
  unitDisplay: z.string(),
  precision: z.number(),
  episodic: z.boolean(),
  category: z.string(),
});

export const meSchema = z.object({
  name: z.string(),
  role: z.enum(roles),
  permissions: z.array(z.string()),
});

/** A trend: buckets of a metric. */
export const trendSchema = z.object({
  device: z.string(),
  metric: z.string(),
  unit: z.string(),
  bucketSeconds: z.number(),
  points: z.array(
    z.object({
      at: moment,
      min: nullable(z.number()),
      max: nullable(z.number()),
      mean: nullable(z.number()),
      count: z.number(),
    }),
  ),
});

/** A stored run of equally spaced samples: value = offset + scale x raw; null is a missing sample. */
export const waveformSchema = z.object({
  id: z.string(),
  device: z.string(),
  metric: z.string(),
  unit: z.string(),
  rateHz: z.number(),
  scale: z.number(),
  offset: z.number(),
  takenAt: moment,
  endsAt: moment,
  quality: z.enum(qualities),
  patient: nullable(z.string()),
  place: nullable(z.string()),
  raw: z.array(nullable(z.number())),
});

/** Who did or saw what, or was refused. */
export const auditSchema = z.object({
  id: z.string(),
  at: moment,
  who: z.string(),
  role: nullable(z.string()),
  action: z.string(),
  target: nullable(z.string()),
  outcome: z.enum(['ok', 'refused', 'failed']),
  reason: nullable(z.string()),
  address: nullable(z.string()),
});

export const sinkSchema = z.object({
  id: z.string(),
  state: z.enum(['following', 'waiting', 'failing']),
  /** Position in the journal up to which it has everything. */
  cursor: z.number(),
  behind: z.number(),
  reason: nullable(z.string()),
  rejected: z.number(),
});

/** An entry that a sink refused for good; its content stays in the journal. */
export const deadLetterSchema = z.object({
  id: z.string(),
  sink: z.string(),
  position: z.number(),
  at: moment,
  code: z.string(),
  detail: z.string(),
});

export const userSchema = z.object({
  name: z.string(),
  role: z.enum(roles),
  createdAt: moment,
  createdBy: z.string(),
  disabled: z.boolean(),
});

/** An API token; its secret is shown once, when it is made. */
export const tokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(roles),
  createdAt: moment,
  createdBy: z.string(),
  usedAt: nullable(moment),
  revokedAt: nullable(moment),
});

export const readinessSchema = z.object({
  name: z.string(),
  ok: z.boolean(),
  /** Why not, and what to do. */
  reason: nullable(z.string()),
});

/** RFC 9457, with a code for programs and a hint for people. */
export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  code: z.string(),
  hint: nullable(z.string()),
  /** What is wrong with the request, by field. */
  fields: z.array(z.object({ field: z.string(), problem: z.string() })).optional(),
});

/** A waveform channel as announced on the live socket; binary frames carry its number. */
export const channelSchema = z.object({
  channel: z.number().int(),
  device: z.string(),
  metric: z.string(),
  rateHz: z.number(),
  scale: z.number(),
  offset: z.number(),
  unit: z.string(),
});

/**
 * JSON frames of `/api/v1/live`, each with a sequence number `s` that grows by one; a `snapshot` replaces everything
 * before it and may jump. A screen that was cut off asks with `?since=` the last `s` it has: it gets the frames since,
 * or a snapshot. `tick` comes every second: a screen that sees none for 3 s must say that it is not live.
 */
export const liveFrameSchema = z.discriminatedUnion('t', [
  z.object({
    s: z.number(),
    t: z.literal('snapshot'),
    serverTime: moment,
    ward: z.object({ name: z.string(), simulated: z.boolean() }),
    places: z.array(placeSchema),
    patients: z.array(patientSchema),
    devices: z.array(deviceSchema),
    readings: z.array(readingSchema),
    alerts: z.array(alertSchema),
    limits: z.array(limitSchema),
    metrics: z.array(metricSchema),
    channels: z.array(channelSchema),
    /** Absent: this gateway does not tell states. */
    statuses: z.array(statusSchema).optional(),
    /** Alerts that changed while this screen could take no frames, oldest first. Absent: not known, or it is new here. */
    missed: z.array(alertSchema).optional(),
  }),
  z.object({ s: z.number(), t: z.literal('tick'), serverTime: moment }),
  z.object({ s: z.number(), t: z.literal('readings'), readings: z.array(readingSchema) }),
  z.object({ s: z.number(), t: z.literal('status'), statuses: z.array(statusSchema) }),
  z.object({ s: z.number(), t: z.literal('alert'), alert: alertSchema }),
  z.object({ s: z.number(), t: z.literal('device'), device: deviceSchema }),
  z.object({ s: z.number(), t: z.literal('place'), place: placeSchema }),
  z.object({ s: z.number(), t: z.literal('patient'), patient: patientSchema }),
  z.object({ s: z.number(), t: z.literal('limits'), limits: z.array(limitSchema) }),
  z.object({ s: z.number(), t: z.literal('channel'), channel: channelSchema }),
]);

/** What a screen says on the live socket. */
export const screenFrameSchema = z.discriminatedUnion('t', [
  /** Every 5 s: this screen is watched, with or without sound. */
  z.object({ t: z.literal('watching'), visible: z.boolean(), sound: z.boolean() }),
  /** Which waveforms to send: device ids; `*` for all. */
  z.object({ t: z.literal('waves'), devices: z.array(z.string()) }),
]);

/*
 * Binary frames of `/api/v1/live`, little-endian:
 *   u8 type (1) · u8 version (1) · u16 channel · u32 sequence · f64 time of the first sample (ms, UTC) · u16 count ·
 *   i16 x count (-32768: missing)
 * The sequence counts per channel; a gap in it is a gap in the wave.
 */
export const WAVE_FRAME = { type: 1, version: 1, headerBytes: 18, missing: -32768 } as const;

/** Why the gateway closes a live socket. */
export const LIVE_CLOSE = {
  goingAway: 1001,
  notUnderstood: 4400,
  signedOut: 4401,
  tooSlow: 4408,
  tooMuch: 4429,
} as const;

export type ApiDevice = z.infer<typeof deviceSchema>;
export type ApiReading = z.infer<typeof readingSchema>;
export type ApiAlert = z.infer<typeof alertSchema>;
export type ApiEvidence = z.infer<typeof evidenceSchema>;
export type ApiStatus = z.infer<typeof statusSchema>;
export type ApiPatient = z.infer<typeof patientSchema>;
export type ApiPlace = z.infer<typeof placeSchema>;
export type ApiAssociation = z.infer<typeof associationSchema>;
export type ApiLimit = z.infer<typeof limitSchema>;
export type ApiMetric = z.infer<typeof metricSchema>;
export type ApiMe = z.infer<typeof meSchema>;
export type ApiTrend = z.infer<typeof trendSchema>;
export type ApiWaveform = z.infer<typeof waveformSchema>;
export type ApiAuditEntry = z.infer<typeof auditSchema>;
export type ApiSink = z.infer<typeof sinkSchema>;
export type ApiDeadLetter = z.infer<typeof deadLetterSchema>;
export type ApiUser = z.infer<typeof userSchema>;
export type ApiToken = z.infer<typeof tokenSchema>;
export type ApiReadiness = z.infer<typeof readinessSchema>;
export type Problem = z.infer<typeof problemSchema>;
export type ApiChannel = z.infer<typeof channelSchema>;
export type LiveFrame = z.infer<typeof liveFrameSchema>;
export type ScreenFrame = z.infer<typeof screenFrameSchema>;
