import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RegisterBlock } from '../../../drivers/kit/contract.ts';
import { type ModbusTcpOptions, modbusTcpBus } from '../../../gateway/links/modbus-tcp.ts';
import { CodedError } from '../../../model/errors.ts';
import { chance, seededRandom } from '../../../model/random.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';
import { answerPdu } from '../../../simulators/ports/register-source.ts';
import { memoryLink } from '../../support/memory-link.ts';
import { settle } from '../../support/settle.ts';

const input = (address: number, count = 1): RegisterBlock => ({ table: 'input', address, count });

interface Far {
  /** Delay of the answer to this request, or null for none. */
  readonly answerAfter?: (transaction: number) => number | null;
  readonly options?: Partial<ModbusTcpOptions>;
}

const setUp = async ({ answerAfter = () => 5, options = {} }: Far = {}) => {
  const clock = new VirtualClock(1000);
  const requests: number[] = [];
  const memory = memoryLink(clock, (request) => {
    const transaction = ((request[0] ?? 0) << 8) | (request[1] ?? 0);
    requests.push(transaction);
    const wait = answerAfter(transaction);
    const unitId = request[6] ?? 0;
    const pdu = answerPdu(unitId, request.subarray(7), (unit, { address, count }) =>
      Array.from({ length: count }, (_, n) => unit * 1000 + address + n),
    );
    if (wait === null || !pdu) return;
    const answer = [...request.subarray(0, 4), 0, pdu.length + 1, unitId, ...pdu];
    clock.at(clock.now() + wait, () => memory.say(Uint8Array.from(answer)));
  });
  const bus = modbusTcpBus({ id: 'bus', link: memory.link, clock, timeoutMs: 300, ...options });
  bus.open();
  await settle();
  return { clock, bus, memory, requests };
};

describe('a Modbus TCP bus', () => {
  it('knows a late answer by its transaction and drops it', async () => {
    const { clock, bus } = await setUp({ answerAfter: (transaction) => (transaction === 1 ? 350 : 5) });
    const late = bus.read(1, input(10)).catch((error: unknown) => error);
    const rest = [20, 30].map((address) => bus.read(1, input(address)));
    await settle(clock, 1000);
    expect(await late).toMatchObject({ code: 'timeout' });
    expect((await Promise.all(rest)).map(({ registers }) => registers)).toEqual([[1020], [1030]]);
    const after = bus.read(1, input(40));
    await settle(clock, 1000);
    expect(await after).toMatchObject({ registers: [1040], afterQuarantine: false });
    expect(bus.counters()).toMatchObject({ timeouts: 1, lateReplies: 1, quarantines: 0 });
  });

  it('has several requests under way where it may, answered in any order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 16 }), async (seed, inFlight) => {
        const random = seededRandom(seed);
        const { clock, bus } = await setUp({
          options: { inFlight, queueMs: 1_000_000 },
          answerAfter: () => (chance(random, 0.1) ? null : random.next() * 500),
        });
        const reads = Array.from({ length: 60 }, async (_, n) => {
          const reply = await bus.read(n % 5, input(n, 1 + (n % 3))).catch((error: unknown) => error);
          if (reply instanceof CodedError) return reply.code;
          expect(reply).toHaveProperty(
            'registers',
            Array.from({ length: 1 + (n % 3) }, (_unused, k) => (n % 5) * 1000 + n + k),
          );
          return 'good';
        });
        await settle(clock, 1_000_000);
        const outcomes = new Set(await Promise.all(reads));
        expect(['good', 'timeout', 'link-down']).toEqual(expect.arrayContaining([...outcomes]));
      }),
      { numRuns: 50 },
    );
  });

  it('reads answers in any chunking', async () => {
    const { clock, bus, memory } = await setUp({ answerAfter: () => null });
    const read = bus.read(2, input(7, 2));
    await settle(clock, 10);
    for (const byte of [0, 1, 0, 0, 0, 7, 2, 4, 4, 0, 9, 1, 0]) memory.say(Uint8Array.of(byte));
    expect(await read).toMatchObject({ registers: [9, 256] });
  });

  it('connects anew where what comes is not Modbus TCP', async () => {
    const { clock, bus, memory } = await setUp({ answerAfter: () => null });
    const read = bus.read(2, input(7)).catch((error: unknown) => error);
    await settle(clock, 10);
    memory.say(Buffer.from('HTTP/1.1 400 Bad Request'));
    expect(await read).toMatchObject({ code: 'link-down', hint: expect.stringContaining('RTU over TCP') });
    await settle(clock, 5000);
    expect(bus.report().state).toBe('up');
  });

  it('connects anew where nothing is heard any more at all', async () => {
    const { clock, bus } = await setUp({ answerAfter: () => null });
    for (let n = 0; n < 5; n++) {
      void bus.read(1, input(1)).catch(() => {});
      await settle(clock, 400);
    }
    await settle(clock, 5000);
    expect(bus.counters()).toMatchObject({ losses: 1, connects: 2 });
  });

  it('refuses the answer of another unit', async () => {
    const { clock, bus, memory } = await setUp({ answerAfter: () => null });
    const read = bus.read(2, input(7)).catch((error: unknown) => error);
    await settle(clock, 10);
    memory.say(Uint8Array.of(0, 1, 0, 0, 0, 5, 3, 4, 2, 0, 9));
    expect(await read).toMatchObject({ code: 'wrong-reply' });
  });
});
