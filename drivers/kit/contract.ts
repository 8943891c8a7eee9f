import type { AlertKind, Priority } from '../../model/alert.ts';
import type { Clock } from '../../model/clock.ts';
import type { DeviceClass } from '../../model/device.ts';
import type { Quality, QualityReason } from '../../model/quality.ts';
import type { Random } from '../../model/random.ts';
import type { DeviceTime, LocalTime } from '../../model/time.ts';
import type { Unit } from '../../model/unit.ts';

/*
 * The driver contract (design 5). A driver is declared, not subclassed; it does no input or output, reads no clock
 * and holds no state outside what it is handed. Everything stateful is a framer, a session or a memory.
 */

/** What a driver yields: a sample before normalising. Times and units are the device's. */
export type DriverSample = DriverNumeric | DriverWaveform | DriverStatus | DriverClock;

interface DriverSampleCommon {
  /** When it was measured, if the device says so; absent: at arrival. */
  readonly taken?: DeviceTime;
  /**
   * What makes this reading itself, apart from its time: a record number, a sequence. Readings of one device with
   * equal metric, time and sequence are the same reading.
   */
  readonly sequence?: string | number;
  /** Groups the samples of one measurement within this message; default: all samples of the message. */
  readonly measurement?: string;
  readonly quality?: Quality;
  readonly reasons?: readonly QualityReason[];
}

export interface DriverNumeric extends DriverSampleCommon {
  readonly kind: 'numeric';
  readonly metric: string;
  /** null: no value; then `reasons` says why. */
  readonly value: number | null;
  readonly unit: Unit;
  readonly comparator?: '<' | '>';
  readonly context?: Readonly<Record<string, string>>;
}

export interface DriverWaveform extends DriverSampleCommon {
  readonly kind: 'waveform';
  readonly metric: string;
  readonly unit: Unit;
  readonly rateHz: number;
  /** Physical value = offset + scale x raw. */
  readonly scale: number;
  readonly offset: number;
  readonly raw: readonly (number | null)[];
}

export interface DriverStatus extends DriverSampleCommon {
  readonly kind: 'status';
  readonly code: string;
  readonly active: boolean | null;
  readonly role: 'state' | 'alarm';
  readonly alertKind: AlertKind;
  readonly priority: Priority;
  readonly text: string;
  readonly detail?: string;
  readonly mdc?: { readonly code: number | null; readonly refId: string };
}

/** The device's own clock as just read: the gateway estimates its offset from it. */
export interface DriverClock {
  readonly kind: 'clock';
  readonly local: LocalTime;
  readonly text: string;
}

export const decodeFaultCodes = [
  'checksum',
  'length',
  'syntax',
  'unknown-message',
  'out-of-range',
  'wrong-device',
] as const;

export interface DecodeFault {
  readonly code: (typeof decodeFaultCodes)[number];
  /** For the engineer; never patient data. */
  readonly detail: string;
}

export type Decoded<Message> =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly fault: DecodeFault };

/** What a framer makes of bytes: whole frames, and junk with the reason it is none. */
export type FramingEvent =
  | { readonly kind: 'frame'; readonly bytes: Uint8Array }
  | { readonly kind: 'junk'; readonly bytes: Uint8Array; readonly reason: string };

/** Cuts a byte stream into frames. Total: any bytes in any chunking give the same frames; it bounds what it holds. */
export interface Framer {
  push(chunk: Uint8Array): readonly FramingEvent[];
  /** Called when the line has been silent or the link went down: gives up what is held, as junk. */
  flush(): readonly FramingEvent[];
}

/** What a run of bytes means, for the evidence screen and the byte monitor. `to` is not included. */
export interface Annotation {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** One direction of a protocol. `decode` never throws; `encode` is its inverse. */
export interface FrameCodec<Message = unknown> {
  framer(): Framer;
  decode(frame: Uint8Array): Decoded<Message>;
  encode(message: Message): Uint8Array;
  /** Any message the protocol allows: for the contract suite and the simulators. */
  any(random: Random): Message;
  /** Names the fields of one frame, good or bad. Never throws. */
  annotate?(frame: Uint8Array): readonly Annotation[];
}

/** JSON-serialisable facts a driver keeps about one device between messages; stored with the samples they go with. */
export type DeviceMemory = Readonly<Record<string, string | number | boolean | null>>;

export interface InterpretContext {
  /** ms since the epoch, UTC. */
  readonly receivedAt: number;
  readonly memory: DeviceMemory;
  /** The device's options from the configuration, parsed by the driver's `options` schema. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface Interpretation {
  readonly samples: readonly DriverSample[];
  /** Changed facts only; absent: nothing changed. */
  readonly memory?: DeviceMemory;
}

export interface Received<Reply> {
  readonly message: Reply;
  readonly frame: Uint8Array;
  readonly receivedAt: number;
}

export type SessionErrorCode = 'timeout' | 'refused' | 'wrong-device' | 'protocol' | 'link-down';

/** What a dialogue has to work with. Rejections are CodedError<SessionErrorCode>. */
export interface DialogueIo<Reply = unknown, Request = unknown> {
  readonly clock: Clock;
  readonly options: Readonly<Record<string, unknown>>;
  /** Aborted when the link goes down or the gateway stops. */
  readonly signal: AbortSignal;
  /** The device's memory as last stored. */
  memory(): DeviceMemory;
  send(request: Request): Promise<void>;
  /** The next reply that matches, from now on; rejects with `timeout`. Replies that no one waits for go to `listen`. */
  next(match: (reply: Reply) => boolean, timeoutMs: number): Promise<Received<Reply>>;
  /** Sends and waits for the answer. Devices that share a line take turns, so that answers cannot be mixed up. */
  exchange(request: Request, match: (reply: Reply) => boolean, timeoutMs: number): Promise<Received<Reply>>;
  /** True for one of the devices that share a line: it answers what is addressed to none of them. */
  readonly speaksForLine: boolean;
  /** Called with each reply, before any waiting `next`. Returns a function that stops it. */
  listen(listener: (received: Received<Reply>) => void): () => void;
  /** Interprets and journals; resolves once it is on disk. Several replies are stored together or not at all. */
  deliver(received: Received<Reply> | readonly Received<Reply>[]): Promise<void>;
  /** What the engineer sees: `identifying`, `reading record 12 of 40`. */
  progress(text: string): void;
}

/** Push: the device sends by itself. Dialogue: the gateway asks; `run` goes on until aborted, and may throw to be retried. */
export type StreamSession<Reply = unknown, Request = unknown> =
  | { readonly kind: 'push' }
  | { readonly kind: 'dialogue'; run(io: DialogueIo<Reply, Request>): Promise<void> };

export interface SerialSettings {
  readonly baudRate: number;
  readonly dataBits: 7 | 8;
  readonly parity: 'none' | 'even' | 'odd';
  readonly stopBits: 1 | 2;
}

/** Where a fact comes from. */
export interface Evidence {
  readonly fact: string;
  readonly source: string;
  /** A: two sources or a published vector; B: one open implementation; C: to be confirmed. */
  readonly confidence: 'A' | 'B' | 'C';
}

/** One option a site can set for a device of this driver. */
export interface DriverOption {
  readonly type: 'number' | 'string' | 'boolean';
  readonly description: string;
  readonly default: number | string | boolean | null;
  readonly minimum?: number;
  readonly maximum?: number;
}

interface DriverIdentity {
  /** Kebab-case; the name in configuration and on the command line. */
  readonly id: string;
  readonly title: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly class: DeviceClass;
  /** Ids of the metrics it can yield. */
  readonly metrics: readonly string[];
  /** How long without a sample before the device counts as silent; null: it speaks only now and then. */
  readonly silentAfterMs: number | null;
  readonly clock: 'none' | 'local' | 'utc';
  readonly options: Readonly<Record<string, DriverOption>>;
  /** Known oddities, one sentence each. */
  readonly quirks: readonly string[];
  readonly evidence: readonly Evidence[];
}

/** A device on a byte stream: a serial port or a serial device server. */
export interface StreamDriver<Reply = unknown, Request = unknown> extends DriverIdentity {
  readonly wire: 'stream';
  readonly serial: SerialSettings;
  /** Device to gateway. */
  readonly reply: FrameCodec<Reply>;
  /**
   * Gateway to device; null where the gateway never sends. Read-only: no request that sets, starts, stops or erases.
   * The one exception is a cuff that measures only when told to; its driver starts nothing unless the site asks for it.
   */
  readonly request: FrameCodec<Request> | null;
  interpret(message: Reply, context: InterpretContext): Interpretation;
  readonly session: StreamSession<Reply, Request>;
}

export type RegisterTable = 'input' | 'holding';

export interface RegisterBlock {
  readonly table: RegisterTable;
  readonly address: number;
  readonly count: number;
}

/** Registers of one poll: one array per block, in the order of `blocks`. */
export type RegisterImage = readonly (readonly number[])[];

/** A device on a Modbus bus (RTU or TCP), polled. Made from a profile. */
export interface ModbusDriver extends DriverIdentity {
  readonly wire: 'modbus';
  readonly serial: SerialSettings;
  readonly unitId: number;
  readonly pollMs: number;
  readonly blocks: readonly RegisterBlock[];
  decode(image: RegisterImage): readonly DriverSample[];
  /** Metric or status values to registers: the simulator's side. A missing metric gives the profile's invalid value. */
  encode(values: Readonly<Record<string, number | null>>): RegisterImage;
  any(random: Random): Readonly<Record<string, number | null>>;
}

export interface MqttMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly retain?: boolean;
}

/** A device that publishes over MQTT. Pure: a message in, samples out. */
export interface MqttDriver<Message = unknown> extends DriverIdentity {
  readonly wire: 'mqtt';
  /** Topic filters of one device. `address` is the device's `topic` option, or its id. */
  topics(address: string): readonly string[];
  decode(message: MqttMessage, address: string): Decoded<Message>;
  encode(message: Message, address: string): MqttMessage;
  any(random: Random): Message;
  interpret(message: Message, context: InterpretContext & { readonly retained: boolean }): Interpretation;
}

export type Driver = StreamDriver | ModbusDriver | MqttDriver;
