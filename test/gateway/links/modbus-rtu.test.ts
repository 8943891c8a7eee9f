import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RegisterBlock } from '../../../drivers/kit/contract.ts';
import type { RegisterReply } from '../../../gateway/links/contract.ts';
import { type ModbusRtuOptions, modbusRtuBus } from '../../../gateway/links/modbus-rtu.ts';
import { CodedError } from '../../../model/errors.ts';
import { seededRandom } from '../../../model/random.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';
import {
  combine,
  corrupt,
  cut,
  delay,
  drop,
  lateReply,
  noFault,
  split,
  type WireFault,
} from '../../../simulators/faults/wire-faults.ts';
import { modbusRtuServer, withCrc } from '../../../simulators/ports/modbus-rtu-server.ts';
import type { RegisterAnswer } from '../../../simulators/ports/register-source.ts';
import { memoryLink } from '../../support/memory-link.ts';
import { settle } from '../../support/settle.ts';

const serial = { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 } as const;
const limits = { timeoutMs: 300, maxReplyMs: 1000 };

/** Every register of every unit has a value of its own. */
const registerOf = (unitId: number, table: string, address: number): number =>
  (unitId * 4099 + address * 257 + (table === 'input' ? 1 : 32_768)) & 0xffff;

const expected = (unitId: number, { table, address, count }: RegisterBlock): number[] =>
  Array.from({ length: count }, (_, n) => registerOf(unitId, table, address + n));

const input = (address: number, count = 1): RegisterBlock => ({ table: 'input', address, count });

const setUp = async (
  options: Partial<ModbusRtuOptions> & {
    fault?: () => WireFault;
    seed?: number;
    answer?: (unitId: number, block: RegisterBlock) => RegisterAnswer;
  } = {},
) => {
  const clock = new VirtualClock(1_000_000);
  const requests: { at: number; unit: number }[] = [];
  let fault: WireFault = noFault;
  if (options.fault) fault = options.fault();
  const server = modbusRtuServer({
    source: options.answer ?? ((unitId, block) => expected(unitId, block)),
    clock,
    random: seededRandom(options.seed ?? 1),
    fault: (emissions, random) => fault(emissions, random),
  });
  const memory = memoryLink(clock, (bytes) => {
    requests.push({ at: clock.now(), unit: bytes[0] ?? 0 });
    server.receive(bytes);
  });
  server.start(memory.say);
  const bus = modbusRtuBus({ id: 'bus', link: memory.link, clock, serial, ...limits, ...options });
  bus.open();
  await settle();
  const outcome = (read: Promise<RegisterReply>): Promise<RegisterReply | CodedError<string>> =>
    read.catch((error: unknown) => {
      if (error instanceof CodedError) return error;
      throw error;
    });
  return {
    clock,
    bus,
    memory,
    requests,
    setFault: (next: WireFault) => {
      fault = next;
    },
    read: (unitId: number, block: RegisterBlock) => outcome(bus.read(unitId, block)),
  };
};

describe('a Modbus RTU bus', () => {
  it('reads in the order of asking, one request at a time, with 3.5 characters between', async () => {
    const { clock, read, requests, bus } = await setUp({ fault: () => delay(10) });
    const reads = [1, 2, 3, 4].map((unitId) => read(unitId, input(unitId, 2)));
    await settle(clock, 1000);
    const replies = await Promise.all(reads);
    for (const [n, reply] of replies.entries()) {
      expect(reply).toMatchObject({ registers: expected(n + 1, input(n + 1, 2)), afterQuarantine: false });
    }
    // 10 ms until the answer, then ceil(3.65) ms of silence.
    expect(requests.map(({ at }) => at - (requests[0]?.at ?? 0))).toEqual([0, 14, 28, 42]);
    expect(bus.counters()).toMatchObject({ requests: 4, replies: 4, timeouts: 0, quarantines: 0 });
  });

  it.each([
    [2, 0.95],
    [10, 0.98],
    [60, 0.99],
  ])('uses the wire at 9600 baud for what it can carry: %i registers at a time', async (count, share) => {
    // Request, 3.5 characters, answer, 3.5 characters; 10 bits a character.
    const characterMs = 10_000 / 9600;
    const answerMs = (8 + 3.5 + 5 + 2 * count) * characterMs;
    const idealMs = answerMs + 3.5 * characterMs;
    const { clock, read } = await setUp({ fault: () => delay(answerMs) });
    const start = clock.now();
    const reads = Array.from({ length: 100 }, () => read(1, input(0, count)));
    let end = start;
    void Promise.all(reads).then(() => {
      end = clock.now();
    });
    await settle(clock, 30_000);
    expect((99 * idealMs + answerMs) / (end - start)).toBeGreaterThan(share);
  });

  it('never takes a late answer for the answer to a later request, and says so', async () => {
    // toolchain.md C5: the answer to the first read comes after its time-out.
    let first = true;
    const { clock, read, bus } = await setUp({
      fault: () => (emissions, random) => {
        const late = first;
        first = false;
        return late ? delay(350)(emissions, random) : emissions;
      },
    });
    const reads = [1, 2, 3, 4].map((address) => read(7, input(address)));
    await settle(clock, 10_000);
    const [late, ...rest] = await Promise.all(reads);
    expect(late).toMatchObject({ code: 'timeout' });
    expect(rest).toMatchObject([2, 3, 4].map((address) => ({ registers: expected(7, input(address)) })));
    expect(rest.map((reply) => 'afterQuarantine' in reply && reply.afterQuarantine)).toEqual([true, false, false]);
    expect(bus.counters()).toMatchObject({ timeouts: 1, quarantines: 1, lateReplies: 1, droppedBytes: 7 });
  });

  it('waits until the line has been silent for the longest reply time, however long something talks', async () => {
    const { clock, read, requests, memory } = await setUp({ answer: () => null });
    void read(1, input(0));
    await settle(clock, 400);
    for (let n = 0; n < 20; n++) {
      memory.say(Uint8Array.of(0x55));
      await settle(clock, 300);
    }
    const lastTalk = clock.now() - 300;
    void read(2, input(0));
    await settle(clock, 5000);
    expect(requests.map(({ unit }) => unit)).toEqual([1, 2]);
    expect((requests[1]?.at ?? 0) - lastTalk).toBe(limits.maxReplyMs);
  });

  it('rejects as quarantined where the line is never silent', async () => {
    const { clock, read, memory, bus } = await setUp({ answer: () => null, queueMs: 5000 });
    void read(1, input(0));
    await settle(clock, 400);
    const waiting = read(2, input(0));
    for (let n = 0; n < 12; n++) {
      memory.say(Uint8Array.of(0x55, 0xaa));
      await settle(clock, 500);
    }
    expect(await waiting).toMatchObject({ code: 'quarantined', hint: expect.stringContaining('second master') });
    expect(bus.counters()).toMatchObject({ expired: 1 });
  });

  it('always gives the value of the register asked for, whatever comes late, breaks off, is corrupted or lost', async () => {
    const probability = fc.double({ min: 0, max: 0.4, noNaN: true });
    let answered = 0;
    let questionable = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.integer(),
          late: probability,
          lost: probability,
          corrupted: probability,
          cutOff: probability,
          pieces: fc.integer({ min: 1, max: 4 }),
        }),
        fc.array(
          fc.record({
            unitId: fc.integer({ min: 1, max: 3 }),
            address: fc.integer({ min: 0, max: 30 }),
            count: fc.integer({ min: 1, max: 2 }),
            table: fc.constantFrom('input' as const, 'holding' as const),
            pauseMs: fc.integer({ min: 0, max: 500 }),
          }),
          { minLength: 5, maxLength: 40 },
        ),
        async ({ seed, late, lost, corrupted, cutOff, pieces }, plan) => {
          const { clock, read, setFault, bus } = await setUp({
            seed,
            queueMs: 1_000_000,
            fault: () =>
              combine(
                delay(0, 250),
                lateReply(late, 0, limits.maxReplyMs - 250),
                drop(lost),
                corrupt(corrupted),
                cut(cutOff),
                split(pieces, 5),
              ),
          });
          const reads: Promise<void>[] = [];
          const check = async (unitId: number, block: RegisterBlock) => {
            const reply = await read(unitId, block);
            if (reply instanceof CodedError) {
              expect(['timeout', 'crc', 'wrong-reply', 'exception']).toContain(reply.code);
              expect(reply.hint).not.toBeNull();
              return;
            }
            answered++;
            if (reply.afterQuarantine) questionable++;
            expect(reply.registers).toEqual(expected(unitId, block));
          };
          for (const { unitId, pauseMs, ...block } of plan) {
            reads.push(check(unitId, block));
            await settle(clock, pauseMs);
          }
          await settle(clock, 1_000_000);
          await Promise.all(reads);
          // Whatever happened, the bus is well again once the wire is.
          setFault(noFault);
          bus.resetUnits();
          const after = read(1, input(5, 2));
          await settle(clock, 10_000);
          expect(await after).toMatchObject({ registers: expected(1, input(5, 2)) });
        },
      ),
      { numRuns: 150 },
    );
    expect(answered).toBeGreaterThan(500);
    expect(questionable).toBeGreaterThan(50);
  });

  it('drops what was under way when the link breaks and is careful after it came back', async () => {
    const { clock, read, memory } = await setUp({ fault: () => delay(200) });
    const lost = read(1, input(1));
    const waiting = read(1, input(2));
    await settle(clock, 50);
    memory.unplug();
    expect(await lost).toMatchObject({ code: 'link-down', hint: 'plug it in' });
    expect(await waiting).toMatchObject({ code: 'link-down' });
    expect(await read(1, input(3))).toMatchObject({ code: 'link-down' });
    memory.plugIn();
    await settle(clock, 5000);
    const again = read(1, input(4));
    await settle(clock, 5000);
    expect(await again).toMatchObject({ registers: expected(1, input(4)), afterQuarantine: true });
  });

  it.each([
    ['another unit', [2, 4, 2, 0, 1], 'unit 2 instead of 1'],
    ['another function', [1, 3, 2, 0, 1], 'function 3 instead of 4'],
    ['another length', [1, 4, 4, 0, 1, 0, 2], '4 bytes of registers instead of 2'],
  ])('refuses the answer of %s', async (_, frame, text) => {
    const { clock, read, memory } = await setUp({ answer: () => null });
    const wrong = read(1, input(1));
    await settle(clock, 10);
    memory.say(withCrc(frame));
    const error = await wrong;
    expect(error).toMatchObject({ code: 'wrong-reply', hint: expect.stringContaining('two units') });
    expect(error).toHaveProperty('message', expect.stringContaining(text));
  });

  it('knows an adapter that returns what is sent, and can live with it', async () => {
    const echoing = async (echo: boolean) => {
      const clock = new VirtualClock();
      const memory = memoryLink(clock, (bytes) => {
        memory.say(bytes);
        memory.say(withCrc([1, 4, 2, 0, 9]));
      });
      const bus = modbusRtuBus({ id: 'bus', link: memory.link, clock, serial, echo });
      bus.open();
      await settle();
      const read = bus.read(1, input(1)).catch((error: unknown) => error);
      await settle(clock, 10);
      return read;
    };
    expect(await echoing(false)).toMatchObject({ code: 'wrong-reply', hint: expect.stringContaining('echo: true') });
    expect(await echoing(true)).toMatchObject({ registers: [9] });
  });

  it('bears a stray byte of a line that turns round, but not a whole unasked frame', async () => {
    const { clock, read, memory, requests, bus } = await setUp();
    memory.say(Uint8Array.of(0));
    const first = read(1, input(1));
    await settle(clock, 20);
    expect(await first).toMatchObject({ afterQuarantine: false });
    memory.say(withCrc([1, 4, 2, 0, 9]));
    const second = read(1, input(2));
    await settle(clock, 2000);
    expect(await second).toMatchObject({ registers: expected(1, input(2)), afterQuarantine: true });
    expect(requests).toHaveLength(2);
    expect(bus.counters()).toMatchObject({ lateReplies: 1, quarantines: 1 });
  });

  it.each([
    [1, 'exception 1 (illegal function)', 'profile'],
    [2, 'exception 2 (illegal data address)', 'profile'],
    [4, 'exception 4 (device failure)', 'fault'],
    [99, 'exception 99', 'manual'],
  ])('says what exception %i means', async (code, text, hint) => {
    const { clock, read, requests } = await setUp({ answer: () => ({ exception: code }) });
    const refused = read(3, input(1));
    await settle(clock, 1000);
    const error = await refused;
    expect(error).toMatchObject({ code: 'exception', hint: expect.stringContaining(hint) });
    expect(error).toHaveProperty('message', expect.stringContaining(text));
    expect(requests).toHaveLength(1);
  });

  it('asks a busy unit again, a few times', async () => {
    let busy = 2;
    const { clock, read, bus } = await setUp({
      answer: (unitId, block) => (busy-- > 0 ? { exception: 6 } : expected(unitId, block)),
    });
    const patient = read(3, input(1));
    await settle(clock, 1000);
    expect(await patient).toMatchObject({ registers: expected(3, input(1)) });
    busy = 100;
    const vain = read(3, input(1));
    await settle(clock, 1000);
    expect(await vain).toMatchObject({ code: 'exception', hint: expect.stringContaining('less often') });
    expect(bus.counters()).toMatchObject({ exceptions: 6, busyRetries: 5 });
  });

  it('refuses what cannot be asked without touching the wire', async () => {
    const { read, requests } = await setUp();
    expect(await read(1, input(0, 126))).toMatchObject({ code: 'bad-request' });
    expect(await read(0, input(0))).toMatchObject({ code: 'bad-request' });
    expect(await read(256, input(0))).toMatchObject({ code: 'bad-request' });
    expect(requests).toEqual([]);
  });

  it('settles every read when it is closed', async () => {
    const { clock, read, bus } = await setUp({ answer: () => null });
    const reads = [1, 2, 3].map((unitId) => read(unitId, input(0)));
    await settle(clock, 10);
    await bus.close();
    expect((await Promise.all(reads)).map((error) => 'code' in error && error.code)).toEqual([
      'link-down',
      'link-down',
      'link-down',
    ]);
    expect(clock.pending).toBe(0);
  });
});

describe('dead units on a Modbus bus', () => {
  /** Polls like a poller: each unit again `pollMs` after its last outcome. Returns good answers per unit. */
  const poll = async (dead: ReadonlySet<number>, units: readonly number[], ms: number) => {
    const alive = (unitId: number) => !dead.has(unitId);
    const { clock, read, bus, requests } = await setUp({
      answer: (unitId, block) => (alive(unitId) ? expected(unitId, block) : null),
      fault: () => delay(40),
      queueMs: 1_000_000,
    });
    const good = new Map<number, number>();
    const end = clock.now() + ms;
    const loop = async (unitId: number): Promise<void> => {
      while (clock.now() < end) {
        const reply = await read(unitId, input(1, 10));
        if (!(reply instanceof CodedError)) good.set(unitId, (good.get(unitId) ?? 0) + 1);
        await new Promise<void>((resolve) => clock.at(clock.now() + 100, resolve));
      }
    };
    const loops = units.map(loop);
    await settle(clock, ms + 100_000);
    await Promise.all(loops);
    return { good, bus, requests, total: [...good.values()].reduce((sum, n) => sum + n, 0) };
  };

  it('cost the living no more than their share of the bus', async () => {
    const living = [1, 2, 3, 4];
    const alone = await poll(new Set(), living, 600_000);
    const withDead = await poll(new Set([11, 12, 13]), [...living, 11, 12, 13], 600_000);
    expect(withDead.total).toBeGreaterThan(0.85 * alone.total);
    for (const unitId of living) expect(withDead.good.get(unitId)).toBeGreaterThan(0.8 * (alone.total / 4));
    expect(withDead.bus.deadUnits()).toEqual([11, 12, 13]);
    // Each is still probed.
    for (const unit of [11, 12, 13]) {
      expect(withDead.requests.filter((request) => request.unit === unit).length).toBeGreaterThan(5);
    }
  });

  it('are back within their longest probe interval once they answer', async () => {
    const dead = new Set([9]);
    const { clock, read, bus } = await setUp({
      answer: (unitId, block) => (dead.has(unitId) ? null : expected(unitId, block)),
      queueMs: 1_000_000,
    });
    const turn = async () => {
      const both = [read(1, input(1)), read(9, input(1))] as const;
      await settle(clock, 5000);
      return (await Promise.all(both))[1];
    };
    for (let n = 0; n < 40; n++) await turn();
    expect(bus.deadUnits()).toEqual([9]);
    expect(await turn()).toMatchObject({ code: 'timeout', hint: expect.stringContaining('A and B') });
    dead.clear();
    let turns = 0;
    for (; bus.deadUnits().length > 0 && turns < 100; turns++) await turn();
    expect(turns * 5).toBeLessThanOrEqual(65);
    expect(await turn()).toMatchObject({ registers: expected(9, input(1)) });
  });

  it('are asked at every poll where no other unit is on the bus', async () => {
    const { clock, read, requests } = await setUp({ answer: () => null });
    for (let n = 0; n < 10; n++) {
      void read(5, input(1));
      await settle(clock, 5000);
    }
    expect(requests).toHaveLength(10);
  });
});
