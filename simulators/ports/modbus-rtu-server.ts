import { after, type Clock } from '../../model/clock.ts';
import type { Random } from '../../model/random.ts';
import { emit, noFault, type WireFault } from '../faults/wire-faults.ts';
import { answerPdu, type RegisterSource } from './register-source.ts';
import type { StreamDevice } from './stream-port.ts';

export interface ModbusRtuServerOptions {
  readonly source: RegisterSource;
  readonly clock: Clock;
  readonly random: Random;
  readonly fault?: WireFault;
  /** Silence after which bytes that form no request are forgotten. */
  readonly silenceMs?: number;
}

/** CRC-16/MODBUS bit by bit: written apart from the gateway's table, so that both cannot share one mistake. */
export const crcOf = (bytes: readonly number[]): number => {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
};

export const withCrc = (bytes: readonly number[]): Uint8Array => {
  const crc = crcOf(bytes);
  return Uint8Array.of(...bytes, crc & 0xff, crc >> 8);
};

const isFrame = (bytes: Uint8Array): boolean => {
  const crc = crcOf([...bytes.subarray(0, -2)]);
  return bytes.length >= 4 && bytes.at(-2) === (crc & 0xff) && bytes.at(-1) === crc >> 8;
};

/** Reads have 8 bytes; the end of any other request is the silence after it. */
const READ_LENGTH = 8;

/** The units of a Modbus RTU bus: any number behind one port, answering reads from a register source. */
export const modbusRtuServer = (options: ModbusRtuServerOptions): StreamDevice => {
  const { source, clock, random, fault = noFault, silenceMs = 20 } = options;
  let held: number[] = [];
  let write: (bytes: Uint8Array) => void = () => {};
  let cancel = () => {};

  const answer = (frame: Uint8Array): void => {
    const unitId = frame[0] ?? 0;
    const pdu = answerPdu(unitId, frame.subarray(1, -2), source);
    if (pdu) emit(withCrc([unitId, ...pdu]), fault, { clock, random, write: (bytes) => write(bytes) });
  };

  return {
    start(to) {
      write = to;
    },
    receive(chunk) {
      cancel();
      held.push(...chunk);
      if (held.length > 256) held = [];
      const frame = Uint8Array.from(held);
      const isRead = held[1] === 3 || held[1] === 4;
      if (isRead && frame.length === READ_LENGTH && isFrame(frame)) {
        held = [];
        answer(frame);
        return;
      }
      cancel = after(clock, silenceMs, () => {
        held = [];
        if (isFrame(frame)) answer(frame);
      });
    },
    stop() {
      cancel();
      write = () => {};
    },
  };
};
