import type { SerialSettings } from '../../drivers/kit/contract.ts';
import { after } from '../../model/clock.ts';
import type { ByteLink, ModbusErrorCode } from './contract.ts';
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
import { crcHolds, readPdu, rtuReplyLength, rtuRequest } from './modbus-frames.ts';
import { linkDown } from './problem.ts';

export interface ModbusRtuOptions extends ModbusBusOptions {
  /** The serial port, or TCP to a serial device server. The bus is its only user. */
  readonly link: ByteLink;
  readonly serial: SerialSettings;
  /** How long a unit may take to begin its answer. */
  readonly timeoutMs?: number;
  /** The latest an answer may come at all. After a failure the bus must be silent for so long. */
  readonly maxReplyMs?: number;
  /** For half-duplex adapters that return what was sent. */
  readonly echo?: boolean;
}

/** Bits of one character: start, data, parity, stop. */
const characterBits = ({ dataBits, parity, stopBits }: SerialSettings): number =>
  1 + dataBits + (parity === 'none' ? 0 : 1) + stopBits;

/** The silence that ends a frame: 3.5 characters, at least 1.75 ms (Modbus over Serial Line 1.02, 2.5.1.1). */
export const interFrameMs = (serial: SerialSettings): number =>
  serial.baudRate > 19_200 ? 1.75 : (3.5 * characterBits(serial) * 1000) / serial.baudRate;

/** The shortest answer: unit, function, exception, CRC. Less than this is a stray byte of a line that turns round. */
const SHORTEST_REPLY = 5;
const LONGEST_FRAME = 256;
/** What an answer may be late by without being missing: timers and adapters that hand bytes on in portions. */
const SLACK_MS = 20;

type State =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'waiting';
      readonly request: ModbusRequest;
      readonly sent: Uint8Array;
      readonly sentAt: number;
      readonly done: (outcome: ModbusOutcome) => void;
    }
  /** The silence between two frames. */
  | { readonly kind: 'gap' }
  | { readonly kind: 'quarantine' };

const startsAlike = (a: Uint8Array, b: Uint8Array): boolean =>
  Buffer.compare(a.subarray(0, b.length), b.subarray(0, a.length)) === 0;

/**
 * RTU on a byte stream. An RTU answer does not say which request it answers, so one that comes late looks like the
 * answer to the next request: a wrong value without an error (toolchain.md C5). Therefore, after anything but a clean
 * exchange, nothing is sent until the line has been silent for as long as an answer can possibly take, and what comes
 * meanwhile is dropped.
 */
export const rtuWire = (options: ModbusRtuOptions): ModbusWire => {
  const { clock, link, serial, timeoutMs = 1000, maxReplyMs = 2000, echo = false } = options;
  const byteMs = (characterBits(serial) * 1000) / serial.baudRate;
  const gapMs = Math.ceil(interFrameMs(serial));
  const counted = {
    lateReplies: 0,
    quarantines: 0,
    crcErrors: 0,
    wrongReplies: 0,
    strayBytes: 0,
    droppedBytes: 0,
  };
  let state: State = { kind: 'idle' };
  let cancelTimer = () => {};
  /** Received and not yet understood. */
  let held: Uint8Array = new Uint8Array();
  let heldAt = 0;
  let echoDue = false;
  let afterQuarantine = false;
  let wasUp = false;
  let notifyFree = () => {};

  const setTimer = (ms: number, task: () => void): void => {
    cancelTimer();
    cancelTimer = after(clock, ms, task);
  };

  const becomeFree = (): void => {
    state = { kind: 'idle' };
    held = new Uint8Array();
    notifyFree();
  };

  const quarantine = (): void => {
    if (state.kind !== 'quarantine') counted.quarantines++;
    state = { kind: 'quarantine' };
    afterQuarantine = true;
    setTimer(maxReplyMs, becomeFree);
  };

  const hold = (chunk: Uint8Array, at: number): void => {
    // What was followed by silence belongs to another frame than this.
    const continues = state.kind === 'waiting' || at - heldAt <= gapMs + SLACK_MS;
    held = continues && held.length <= LONGEST_FRAME ? Buffer.concat([held, chunk]) : chunk;
    heldAt = at;
  };

  const fail = (code: ModbusErrorCode, message: string, hint: string): void => {
    if (state.kind !== 'waiting') return;
    const { done, sentAt } = state;
    quarantine();
    done({ kind: 'failed', error: modbusError(code, message, hint), costMs: clock.now() - sentAt + maxReplyMs });
  };

  const expired = (): void => {
    if (state.kind !== 'waiting') return;
    const { done, sentAt, request } = state;
    const waited = clock.now() - sentAt;
    if (held.length > 0) {
      const message = `the answer of unit ${request.unitId} broke off after ${held.length} bytes`;
      fail('timeout', message, 'Check the wiring, the termination and the adapter.');
      return;
    }
    quarantine();
    done({ kind: 'failed', error: noAnswer(request.unitId, waited), costMs: waited + maxReplyMs });
  };

  const wrong = (detail: string): void => {
    counted.wrongReplies++;
    if (state.kind === 'waiting' && held.length > 2 && startsAlike(held, state.sent)) {
      fail(
        'wrong-reply',
        'the adapter returns what is sent',
        'Switch its echo off, or set `echo: true` for this link.',
      );
    } else {
      fail('wrong-reply', `the answer does not fit: ${detail}`, 'Look for two units with one id, or a second master.');
    }
  };

  const accept = (frame: Uint8Array, spare: Uint8Array): void => {
    if (state.kind !== 'waiting') return;
    const { done, request } = state;
    const reading = readPdu(frame.subarray(1, -2), request.block);
    if (reading.kind === 'wrong') {
      wrong(reading.detail);
      return;
    }
    const flagged = afterQuarantine;
    if (reading.kind === 'registers') afterQuarantine = false;
    held = spare;
    state = { kind: 'gap' };
    setTimer(gapMs, becomeFree);
    if (spare.length > 0) strayed(spare.length);
    done(
      reading.kind === 'exception'
        ? { kind: 'exception', code: reading.code }
        : { kind: 'reply', reply: { registers: reading.registers, frame: frame.slice(), afterQuarantine: flagged } },
    );
  };

  /** Bytes nobody asked for. Few are glitches of a line that turns round; more may be somebody's answer. */
  const strayed = (length: number): void => {
    counted.strayBytes += length;
    if (held.length >= SHORTEST_REPLY) {
      if (crcHolds(held)) counted.lateReplies++;
      quarantine();
    } else {
      state = { kind: 'gap' };
      setTimer(gapMs, becomeFree);
    }
  };

  const dropped = (length: number): void => {
    counted.droppedBytes += length;
    if (held.length >= SHORTEST_REPLY && crcHolds(held)) {
      counted.lateReplies++;
      held = new Uint8Array();
    }
    setTimer(maxReplyMs, becomeFree);
  };

  const examine = (): void => {
    if (state.kind !== 'waiting') return;
    const { request, sent } = state;
    if (echoDue) {
      if (held.length < sent.length) return;
      if (startsAlike(held, sent)) held = held.subarray(sent.length);
      echoDue = false;
    }
    if (held.length > 0 && held[0] !== request.unitId) {
      wrong(`unit ${held[0]} instead of ${request.unitId}`);
      return;
    }
    if (held.length < 2) return;
    const isException = ((held[1] ?? 0) & 0x80) !== 0;
    const length = isException ? SHORTEST_REPLY : rtuReplyLength(request.block);
    if (!isException && held.length >= 3 && held[2] !== length - 5) {
      wrong(`${held[2]} bytes of registers instead of ${length - 5}`);
      return;
    }
    if (held.length < length) return;
    const frame = held.subarray(0, length);
    if (crcHolds(frame)) accept(frame, held.subarray(length));
    else {
      counted.crcErrors++;
      const message = `the checksum of unit ${request.unitId}'s answer is wrong`;
      fail('crc', message, 'Check parity, termination and shielding of the bus; look for two units with one id.');
    }
  };
  link.onData((chunk, at) => {
    hold(chunk, at);
    if (state.kind === 'waiting') examine();
    else if (state.kind === 'quarantine') dropped(chunk.length);
    else strayed(chunk.length);
  });

  link.onReport(({ state: linkState }) => {
    if (linkState === 'up') {
      // What was asked before the link broke may still be answered on the new one.
      if (wasUp) quarantine();
      else becomeFree();
      wasUp = true;
      return;
    }
    cancelTimer();
    if (state.kind !== 'waiting') {
      state = { kind: 'idle' };
      return;
    }
    const { done } = state;
    state = { kind: 'idle' };
    const { reason, hint } = link.report();
    done({ kind: 'failed', error: linkDown({ reason: reason ?? 'closed', hint }), costMs: 0 });
  });

  return {
    link,
    lowestUnitId: 1,
    get free() {
      return state.kind === 'idle' && link.report().state === 'up';
    },
    get quarantined() {
      return state.kind === 'quarantine';
    },
    send(request, done) {
      const sent = rtuRequest(request.unitId, request.block);
      held = new Uint8Array();
      echoDue = echo;
      state = { kind: 'waiting', request, sent, sentAt: clock.now(), done };
      const onTheWireMs = (sent.length * (echo ? 2 : 1) + rtuReplyLength(request.block)) * byteMs;
      setTimer(Math.ceil(timeoutMs + onTheWireMs + SLACK_MS), expired);
      // A write that fails takes the link down with it; that fails the request.
      link.write(sent).catch(() => {});
    },
    onFree(listener) {
      notifyFree = listener;
    },
    stop: () => cancelTimer(),
    counters: () => ({ ...counted }),
  };
};

/** A Modbus RTU bus, on a serial port or on TCP to a serial device server. */
export const modbusRtuBus = (options: ModbusRtuOptions): ControlledModbusBus => modbusBus(rtuWire(options), options);
