import type { RegisterBlock } from '../../drivers/kit/contract.ts';

/** What a simulated unit answers: its registers, an exception, or nothing (no such unit, or it is dead). */
export type RegisterAnswer = readonly number[] | { readonly exception: number } | null;

/** The registers behind a Modbus server, for any number of units. */
export type RegisterSource = (unitId: number, block: RegisterBlock) => RegisterAnswer;

/** Modbus Application Protocol 1.1b3, chapter 7. */
const ILLEGAL_FUNCTION = 1;
const ILLEGAL_ADDRESS = 2;
const ILLEGAL_VALUE = 3;

const exception = (code: number, number: number): readonly number[] => [code | 0x80, number];

/**
 * The answer to one request PDU; null where the unit says nothing. Only reads exist (FC 03 and 04): everything else is
 * an illegal function.
 */
export const answerPdu = (unitId: number, pdu: Uint8Array, source: RegisterSource): readonly number[] | null => {
  const code = pdu[0] ?? 0;
  const block: RegisterBlock = {
    table: code === 3 ? 'holding' : 'input',
    address: ((pdu[1] ?? 0) << 8) | (pdu[2] ?? 0),
    count: ((pdu[3] ?? 0) << 8) | (pdu[4] ?? 0),
  };
  const isRead = (code === 3 || code === 4) && pdu.length === 5;
  const outOfRange = block.count < 1 || block.count > 125;
  const answer = source(unitId, isRead && !outOfRange ? block : { ...block, count: 1 });
  if (answer === null) return null;
  if (!isRead) return exception(code, ILLEGAL_FUNCTION);
  if (outOfRange) return exception(code, ILLEGAL_VALUE);
  if ('exception' in answer) return exception(code, answer.exception);
  if (answer.length !== block.count) return exception(code, ILLEGAL_ADDRESS);
  return [code, 2 * block.count, ...answer.flatMap((register) => [(register >> 8) & 0xff, register & 0xff])];
};

/** Registers that stand in tables: unit, then table, then address. */
export type RegisterTables = Readonly<
  Record<number, Readonly<Partial<Record<RegisterBlock['table'], ReadonlyMap<number, number>>>>>
>;

/** Answers from tables; a register that is not there is an illegal address. */
export const fromTables =
  (tables: () => RegisterTables): RegisterSource =>
  (unitId, { table, address, count }) => {
    const unit = tables()[unitId];
    if (!unit) return null;
    const registers: number[] = [];
    for (let n = 0; n < count; n++) {
      const value = unit[table]?.get(address + n);
      if (value === undefined) return { exception: ILLEGAL_ADDRESS };
      registers.push(value);
    }
    return registers;
  };
