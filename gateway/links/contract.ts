import type { MqttMessage, RegisterBlock } from '../../drivers/kit/contract.ts';
import type { LinkReport } from '../../model/device.ts';

/** What every link has. A link opens itself, reconnects with jittered back-off and says why it is down. */
export interface Link {
  readonly id: string;
  report(): LinkReport;
  /** Called at each change. Returns a function that stops it. */
  onReport(listener: (report: LinkReport) => void): () => void;
  open(): void;
  close(): Promise<void>;
  /** What it has counted since the gateway started, by name. */
  counters(): Readonly<Record<string, number>>;
}

/** A byte stream: a serial port, or TCP to a serial device server. */
export interface ByteLink extends Link {
  readonly kind: 'stream';
  /** `at` is the gateway's time when the chunk came. */
  onData(listener: (chunk: Uint8Array, at: number) => void): () => void;
  /** Rejects with CodedError `link-down` where it is not up. */
  write(bytes: Uint8Array): Promise<void>;
  /** Gives the connection up and connects anew: what comes can no longer be made sense of. */
  reset(reason: string, hint: string | null): void;
}

export type ModbusErrorCode =
  | 'timeout'
  | 'exception'
  | 'crc'
  | 'wrong-reply'
  | 'link-down'
  | 'quarantined'
  | 'bad-request';

export interface RegisterReply {
  readonly registers: readonly number[];
  /** The reply as it was on the wire (RTU: with CRC; TCP: with MBAP header). */
  readonly frame: Uint8Array;
  /** True for the first good answer after a quarantine: its values are marked questionable. */
  readonly afterQuarantine: boolean;
}

/** One Modbus bus: RTU on a serial port or on TCP, or Modbus TCP. One request at a time on RTU, in order. */
export interface ModbusBus extends Link {
  readonly kind: 'modbus';
  /** Rejects with CodedError<ModbusErrorCode>. */
  read(unitId: number, block: RegisterBlock): Promise<RegisterReply>;
}

export interface IncomingMessage extends MqttMessage {
  readonly retained: boolean;
  readonly qos: 0 | 1 | 2;
  /** Client id of the sender where the broker is ours. */
  readonly client: string | null;
  readonly receivedAt: number;
}

/** The embedded broker, or an external one. */
export interface MqttLink extends Link {
  readonly kind: 'mqtt';
  /**
   * The sender's QoS 1 message is acknowledged when the handler's promise resolves; where it rejects, the message is
   * not acknowledged and comes again.
   */
  subscribe(filter: string, handler: (message: IncomingMessage) => Promise<void>): () => void;
  publish(message: MqttMessage, qos: 0 | 1): Promise<void>;
}
