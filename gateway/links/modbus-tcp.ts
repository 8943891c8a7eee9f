import { after } from '../../model/clock.ts';
import type { ByteLink } from './contract.ts';
import {
  type ControlledModbusBus,
  type ModbusBusOptions,
  type ModbusOutcome,
  type ModbusRequest,
  type ModbusWire,
  modbusBus,
  noAnswer,
} from './modbus-bus.ts';
import { modbusError } from './modbus-errors.ts';
import { readPdu, tcpRequest } from './modbus-frames.ts';
import { linkDown } from './problem.ts';

export interface ModbusTcpOptions extends ModbusBusOptions {
  /** TCP to the device or the gateway in front of it. The bus is its only user. */
  readonly link: ByteLink;
  readonly timeoutMs?: number;
  /** Requests under way at once. More than one only where the device's manual says so. */
  readonly inFlight?: number;
}

interface Pending extends ModbusRequest {
  readonly sentAt: number;
  readonly done: (outcome: ModbusOutcome) => void;
  readonly cancel: () => void;
}

/** Transaction, protocol, length, unit (Modbus Messaging on TCP/IP 1.0b, 3.1.3). */
const HEADER = 7;
/** Length counts the unit and the PDU: at least unit, function and one byte; at most unit and 253. */
const SHORTEST = 3;
const LONGEST = 254;
/** So many time-outs in a row without a single byte mean that the connection is dead, not one unit. */
const TIMEOUTS_TO_RESET = 5;

const word = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** Modbus TCP. Every answer carries the transaction it belongs to, so a late one is known as late and dropped. */
export const tcpWire = (options: ModbusTcpOptions): ModbusWire => {
  const { clock, link, timeoutMs = 1000, inFlight = 1 } = options;
  const pending = new Map<number, Pending>();
  const counted = { lateReplies: 0, quarantines: 0, crcErrors: 0, wrongReplies: 0 };
  let transaction = 0;
  let held: Uint8Array = new Uint8Array();
  let silentTimeouts = 0;
  let notifyFree = () => {};

  const finish = (id: number, outcome: ModbusOutcome): void => {
    const request = pending.get(id);
    if (!request) return;
    pending.delete(id);
    request.cancel();
    request.done(outcome);
    notifyFree();
  };

  const expired = (id: number): void => {
    const request = pending.get(id);
    if (!request) return;
    silentTimeouts++;
    const costMs = clock.now() - request.sentAt;
    finish(id, { kind: 'failed', error: noAnswer(request.unitId, costMs), costMs });
    if (silentTimeouts < TIMEOUTS_TO_RESET) return;
    silentTimeouts = 0;
    link.reset(
      `no answer to the last ${TIMEOUTS_TO_RESET} requests`,
      'The connection is made anew. Check the unit ids and the network.',
    );
  };

  const receive = (frame: Uint8Array): void => {
    const id = word(frame, 0);
    const request = pending.get(id);
    if (!request) {
      counted.lateReplies++;
      return;
    }
    const reading = readPdu(frame.subarray(HEADER), request.block);
    const unit = frame[6];
    if (reading.kind === 'exception') finish(id, { kind: 'exception', code: reading.code });
    else if (reading.kind === 'registers' && unit === request.unitId) {
      const { registers } = reading;
      finish(id, { kind: 'reply', reply: { registers, frame: frame.slice(), afterQuarantine: false } });
    } else {
      counted.wrongReplies++;
      const detail = reading.kind === 'wrong' ? reading.detail : `unit ${unit} instead of ${request.unitId}`;
      const error = modbusError(
        'wrong-reply',
        `the answer does not fit: ${detail}`,
        'Check the device against its manual.',
      );
      finish(id, { kind: 'failed', error, costMs: clock.now() - request.sentAt });
    }
  };

  link.onData((chunk) => {
    silentTimeouts = 0;
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length >= HEADER) {
      const length = word(held, 4);
      if (word(held, 2) !== 0 || length < SHORTEST || length > LONGEST) {
        counted.wrongReplies++;
        held = new Uint8Array();
        link.reset('what comes is not Modbus TCP', 'Check host and port: a serial device server needs RTU over TCP.');
        return;
      }
      if (held.length < 6 + length) return;
      const frame = held.subarray(0, 6 + length);
      held = held.subarray(6 + length);
      receive(frame);
    }
  });

  link.onReport(({ state, reason, hint }) => {
    held = new Uint8Array();
    if (state === 'up') return;
    for (const id of [...pending.keys()]) {
      finish(id, { kind: 'failed', error: linkDown({ reason: reason ?? 'closed', hint }), costMs: 0 });
    }
  });

  return {
    link,
    lowestUnitId: 0,
    get free() {
      return pending.size < inFlight && link.report().state === 'up';
    },
    quarantined: false,
    send({ unitId, block }, done) {
      do transaction = (transaction + 1) & 0xffff;
      while (pending.has(transaction));
      const id = transaction;
      const cancel = after(clock, timeoutMs, () => expired(id));
      pending.set(id, { unitId, block, done, sentAt: clock.now(), cancel });
      // A write that fails takes the link down with it; that fails the request.
      link.write(tcpRequest(id, unitId, block)).catch(() => {});
    },
    onFree(listener) {
      notifyFree = listener;
    },
    stop() {
      for (const { cancel } of pending.values()) cancel();
    },
    counters: () => ({ ...counted }),
  };
};

/** A Modbus TCP device, or a gateway with several units behind it. */
export const modbusTcpBus = (options: ModbusTcpOptions): ControlledModbusBus => modbusBus(tcpWire(options), options);
