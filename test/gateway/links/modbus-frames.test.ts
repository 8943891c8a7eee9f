import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockFault, crc16, crcHolds, readPdu, rtuRequest, tcpRequest } from '../../../gateway/links/modbus-frames.ts';
import { crcOf, withCrc } from '../../../simulators/ports/modbus-rtu-server.ts';
import { answerPdu } from '../../../simulators/ports/register-source.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bytes = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const block = fc
  .record({
    table: fc.constantFrom('input' as const, 'holding' as const),
    address: fc.integer({ min: 0, max: 0xffff }),
    count: fc.integer({ min: 1, max: 125 }),
  })
  .filter(({ address, count }) => address + count <= 0x10000);

describe('Modbus frames', () => {
  it('have the CRC of the check value and of the simulator', () => {
    // protocols.md 0: ASCII 123456789 gives 0x4B37.
    expect(crc16(Buffer.from('123456789'))).toBe(0x4b37);
    fc.assert(
      fc.property(fc.uint8Array(), (any) => {
        expect(crc16(any)).toBe(crcOf([...any]));
        expect(crcHolds(withCrc([...any, 0, 0]))).toBe(true);
      }),
    );
  });

  it('are those published for XY-MD02 and Senseair S8', () => {
    // protocols.md 5.1 and 5.2 (pub).
    expect(hex(rtuRequest(1, { table: 'input', address: 1, count: 2 }))).toBe('01040001000220 0b'.replace(' ', ''));
    expect(hex(rtuRequest(1, { table: 'input', address: 1, count: 1 }))).toBe('010400010001600a');
    expect(hex(rtuRequest(0xfe, { table: 'input', address: 3, count: 1 }))).toBe('fe0400030001d5c5');
    const reply = bytes('01 04 04 01 31 02 22 2A CE');
    expect(crcHolds(reply)).toBe(true);
    expect(readPdu(reply.subarray(1, -2), { table: 'input', address: 1, count: 2 })).toEqual({
      kind: 'registers',
      registers: [0x131, 0x222],
    });
    const refusal = bytes('01 84 02 C2 C1');
    expect(crcHolds(refusal)).toBe(true);
    expect(readPdu(refusal.subarray(1, -2), { table: 'input', address: 1, count: 2 })).toEqual({
      kind: 'exception',
      code: 2,
    });
    expect(hex(tcpRequest(0x1234, 7, { table: 'holding', address: 0x10, count: 3 }))).toBe('123400000006070300100003');
  });

  it('are read back as what was served, for any block', () => {
    fc.assert(
      fc.property(block, fc.integer({ min: 1, max: 247 }), (any, unitId) => {
        const registers = Array.from({ length: any.count }, (_, n) => (any.address + 7 * n) & 0xffff);
        const pdu = answerPdu(unitId, rtuRequest(unitId, any).subarray(1, -2), (unit, asked) =>
          unit === unitId && asked.address === any.address && asked.table === any.table ? registers : null,
        );
        expect(readPdu(Uint8Array.from(pdu ?? []), any)).toEqual({ kind: 'registers', registers });
      }),
    );
  });

  it('that are anything else are wrong, never registers', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), block, (any, asked) => {
        const reading = readPdu(any, asked);
        if (reading.kind === 'registers') expect(reading.registers).toHaveLength(asked.count);
        if (any.length !== 2 && any.length !== 2 + 2 * asked.count) expect(reading.kind).toBe('wrong');
      }),
    );
  });

  it.each([
    [{ table: 'input', address: 0, count: 126 }, '1 to 125'],
    [{ table: 'input', address: 0, count: 0 }, '1 to 125'],
    [{ table: 'input', address: 65535, count: 2 }, '65535'],
    [{ table: 'input', address: -1, count: 2 }, '65535'],
    [{ table: 'input', address: 1.5, count: 2 }, '65535'],
  ] as const)('%o cannot be asked', (wrong, text) => {
    expect(blockFault(wrong)).toContain(text);
  });

  it('answer anything but a read with an illegal function', () => {
    const source = () => [1];
    expect(answerPdu(1, Uint8Array.of(6, 0, 1, 0, 5), source)).toEqual([0x86, 1]);
    expect(answerPdu(1, Uint8Array.of(16, 0, 1, 0, 1, 2, 0, 5), source)).toEqual([0x90, 1]);
    expect(answerPdu(1, Uint8Array.of(3, 0, 1, 0, 126), source)).toEqual([0x83, 3]);
    expect(answerPdu(1, Uint8Array.of(3, 0, 1, 0, 2), source)).toEqual([0x83, 2]);
  });
});
