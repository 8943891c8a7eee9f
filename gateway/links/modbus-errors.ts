import { CodedError } from '../../model/errors.ts';
import type { ModbusErrorCode } from './contract.ts';

export const modbusError = (code: ModbusErrorCode, message: string, hint: string): CodedError<ModbusErrorCode> =>
  new CodedError(code, message, { hint });

interface ExceptionMeaning {
  readonly name: string;
  readonly hint: string;
  /** `busy`: worth asking again at once; `unit`: the unit behind a gateway did not answer. */
  readonly kind: 'configuration' | 'busy' | 'fault' | 'unit';
}

/** Modbus Application Protocol 1.1b3, chapter 7. */
const meanings: Readonly<Record<number, ExceptionMeaning>> = {
  1: {
    name: 'illegal function',
    hint: 'The profile asks for the wrong table: try input instead of holding registers, or the other way round.',
    kind: 'configuration',
  },
  2: {
    name: 'illegal data address',
    hint: 'The profile asks for a register the device does not have. Check the address (many manuals count from 1) and the count.',
    kind: 'configuration',
  },
  3: {
    name: 'illegal data value',
    hint: 'The device does not give that many registers at once: split the block in the profile.',
    kind: 'configuration',
  },
  4: {
    name: 'device failure',
    hint: 'The device reports a fault of its own: see its display or manual.',
    kind: 'fault',
  },
  5: { name: 'acknowledge', hint: 'The device needs longer to answer: poll it less often.', kind: 'busy' },
  6: { name: 'device busy', hint: 'The device was busy each time it was asked: poll it less often.', kind: 'busy' },
  8: { name: 'memory parity error', hint: 'The device reports a memory fault: have it serviced.', kind: 'fault' },
  10: {
    name: 'gateway path unavailable',
    hint: 'The Modbus gateway has no path to that unit: check its serial settings and the unit id.',
    kind: 'unit',
  },
  11: {
    name: 'gateway target did not respond',
    hint: 'The Modbus gateway heard nothing from that unit: check its power, its wiring (A and B) and the unit id.',
    kind: 'unit',
  },
};

export const exceptionKind = (code: number): ExceptionMeaning['kind'] => meanings[code]?.kind ?? 'fault';

export const exceptionError = (unitId: number, code: number): CodedError<ModbusErrorCode> => {
  const meaning = meanings[code];
  return modbusError(
    'exception',
    `unit ${unitId} answers exception ${code}${meaning ? ` (${meaning.name})` : ''}`,
    meaning?.hint ?? 'The manual of the device tells what this exception code means.',
  );
};
