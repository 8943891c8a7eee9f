import type { RegisterBlock } from '../../drivers/kit/contract.ts';

/*
 * The two requests this gateway knows, and their answers (Modbus Application Protocol 1.1b3, 6.3 and 6.4). No function
 * code that writes exists here.
 */

/** FC 03 reads holding registers, FC 04 input registers. */
export const functionCode = ({ table }: RegisterBlock): number => (table === 'holding' ? 0x03 : 0x04);

/** A reply holds at most 125 registers, so that it fits into 256 bytes (1.1b3, 6.3). */
export const MAX_REGISTERS = 125;

/** Why a block cannot be read, or null. */
export const blockFault = ({ address, count }: RegisterBlock): string | null => {
  if (!Number.isInteger(count) || count < 1 || count > MAX_REGISTERS) {
    return `${count} registers in one request: it must be 1 to ${MAX_REGISTERS}`;
  }
  if (!Number.isInteger(address) || address < 0 || address + count > 0x10000) {
    return `registers ${address} to ${address + count - 1}: addresses go from 0 to 65535`;
  }
  return null;
};

/** CRC-16/MODBUS, table driven (protocols.md 0: polynomial 0xA001 reflected, initial 0xFFFF). */
const crcTable = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  return crc;
});

export const crc16 = (bytes: Uint8Array, length = bytes.length): number => {
  let crc = 0xffff;
  for (let i = 0; i < length; i++) crc = (crc >>> 8) ^ (crcTable[(crc ^ (bytes[i] ?? 0)) & 0xff] ?? 0);
  return crc;
};

/** True where the last two bytes are the CRC of the others, low byte first. */
export const crcHolds = (frame: Uint8Array): boolean =>
  frame.length >= 4 &&
  crc16(frame, frame.length - 2) === ((frame[frame.length - 2] ?? 0) | ((frame[frame.length - 1] ?? 0) << 8));

const pdu = (block: RegisterBlock): readonly number[] => [
  functionCode(block),
  block.address >> 8,
  block.address & 0xff,
  block.count >> 8,
  block.count & 0xff,
];

/** Unit, request, CRC. */
export const rtuRequest = (unitId: number, block: RegisterBlock): Uint8Array => {
  const frame = Uint8Array.of(unitId, ...pdu(block), 0, 0);
  const crc = crc16(frame, 6);
  frame[6] = crc & 0xff;
  frame[7] = crc >> 8;
  return frame;
};

/** MBAP header (transaction, protocol 0, length, unit) and request; no CRC. */
export const tcpRequest = (transaction: number, unitId: number, block: RegisterBlock): Uint8Array =>
  Uint8Array.of(transaction >> 8, transaction & 0xff, 0, 0, 0, 6, unitId, ...pdu(block));

/** Bytes of the good RTU answer. */
export const rtuReplyLength = ({ count }: RegisterBlock): number => 5 + 2 * count;

export type PduReading =
  | { readonly kind: 'registers'; readonly registers: readonly number[] }
  | { readonly kind: 'exception'; readonly code: number }
  | { readonly kind: 'wrong'; readonly detail: string };

/** Reads an answer's PDU (from the function code on) against what was asked. */
export const readPdu = (bytes: Uint8Array, block: RegisterBlock): PduReading => {
  const asked = functionCode(block);
  const code = bytes[0];
  if (code === (asked | 0x80) && bytes.length === 2) return { kind: 'exception', code: bytes[1] ?? 0 };
  if (code !== asked) return { kind: 'wrong', detail: `function ${code} instead of ${asked}` };
  if (bytes[1] !== 2 * block.count || bytes.length !== 2 + 2 * block.count) {
    return { kind: 'wrong', detail: `${bytes[1]} bytes of registers instead of ${2 * block.count}` };
  }
  const registers = Array.from({ length: block.count }, (_, n) => {
    const at = 2 + 2 * n;
    return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  });
  return { kind: 'registers', registers };
};
