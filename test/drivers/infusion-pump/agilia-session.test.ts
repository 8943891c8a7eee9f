import { describe, expect, it } from 'vitest';
import { replyCodec, requestCodec } from '../../../drivers/infusion-pump/agilia-codec.ts';
import { freseniusAgilia } from '../../../drivers/infusion-pump/fresenius-agilia.ts';
import { createSharedLine } from '../../../drivers/kit/shared-line.ts';
import { seededRandom } from '../../../model/random.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';
import { createFreseniusAgilia, type FreseniusAgiliaOptions } from '../../../simulators/devices/fresenius-agilia.ts';
import { constantPump, type PumpSignals } from '../../../simulators/devices/signals.ts';
import type { SimulatedStreamDevice } from '../../../simulators/devices/simulated-device.ts';
import { advance, connectDevice, statusesOf, valuesOf, type WireOptions } from '../../support/virtual-wire.ts';

const ward = (pumps: FreseniusAgiliaOptions['pumps'], rest: Partial<WireOptions & FreseniusAgiliaOptions> = {}) => {
  const clock = new VirtualClock(1_790_000_000_000);
  const { enquiryMs, patienceMs, ...wire } = rest;
  const device = createFreseniusAgilia({
    clock,
    random: seededRandom(1),
    pumps,
    ...(enquiryMs ? { enquiryMs } : {}),
    ...(patienceMs ? { patienceMs } : {}),
  });
  return { clock, device, line: connectDevice({ clock, driver: freseniusAgilia, device, ...wire }) };
};

/** A pump whose state a test changes. */
const changing = (state: { rate: number; volume: number; alarm: number }): PumpSignals => ({
  rate: () => state.rate,
  volume: () => state.volume,
  alarm: () => state.alarm,
});

const requestsOf = (sent: readonly Uint8Array[]) =>
  sent.flatMap((bytes) => {
    const request = requestCodec.decode(bytes);
    return request.ok ? [request.message] : [];
  });

describe('a session with an Agilia pump', () => {
  it('reads rate and volume of a pump on its own', async () => {
    const { clock, line } = ward(constantPump(12.5));
    line.plug();
    await advance(clock, 20_000);
    expect(valuesOf(line.samples(), 'infusion-rate').slice(0, 3)).toEqual([12.5, 12.5, 12.5]);
    expect(valuesOf(line.samples(), 'infused-volume').at(-1)).toBe(10);
    expect(statusesOf(line.samples(), 'infusing')).not.toContain(false);
    expect(statusesOf(line.samples(), 'pump-alarm')).not.toContain(true);
    expect(line.progress).toContain('connected to AGILIA SP');
    expect(line.failures).toEqual([]);
  });

  it('learns of a stop and of an alarm at once, and answers the event when it is on disk', async () => {
    const state = { rate: 10, volume: 1, alarm: 0 };
    const { clock, line } = ward(changing(state), { options: { pollSeconds: 60 } });
    line.plug();
    await advance(clock, 5000);
    state.rate = 0;
    state.alarm = 4;
    line.failStore(true);
    await advance(clock, 1000);
    expect(requestsOf(line.sent)).not.toContainEqual(expect.objectContaining({ kind: 'event-answer' }));
    line.failStore(false);
    await advance(clock, 8000);
    expect(statusesOf(line.samples(), 'infusing').at(-1)).toBe(false);
    expect(valuesOf(line.samples(), 'infusion-rate').at(-1)).toBe(0);
    expect(line.samples()).toContainEqual(
      expect.objectContaining({ code: 'pump-alarm', active: true, priority: 'high', detail: 'a=0004' }),
    );
    expect(requestsOf(line.sent)).toContainEqual({ kind: 'event-answer', address: '', letter: 'E' });
  });

  it('keeps the connection alive: each ENQ is answered by DC4', async () => {
    const { clock, line } = ward(constantPump(), { enquiryMs: 1000, options: { pollSeconds: 30 } });
    line.plug();
    await advance(clock, 60_000);
    const alive = requestsOf(line.sent).filter(({ kind }) => kind === 'alive');
    expect(alive.length).toBeGreaterThanOrEqual(59);
    expect(alive.length).toBeLessThanOrEqual(60);
  });

  it('connects again where the pump has closed the connection', async () => {
    const { clock, line, device } = ward(constantPump());
    line.plug();
    await advance(clock, 10_000);
    const before = line.deliveries.length;
    // Another host's disconnect has the same effect as a missed DC4.
    device.receive(requestCodec.encode({ kind: 'command', address: '', verb: 'FC', variables: '' }));
    await advance(clock, 20_000);
    expect(line.progress.filter((text) => text.startsWith('connected to'))).toHaveLength(2);
    expect(line.deliveries.length).toBeGreaterThan(before + 2);
    expect(line.failures).toEqual([]);
  });

  it('repeats what the pump could not take', async () => {
    let refusals = 0;
    const nak = replyCodec.encode({ kind: 'nak', reason: '6' });
    const { clock, line } = ward(constantPump(), {
      fromDevice: (bytes) => {
        const reply = replyCodec.decode(bytes);
        const isState = reply.ok && reply.message.kind === 'frame' && reply.message.fields.length === 3;
        return { bytes: isState && refusals++ % 3 === 0 ? nak : bytes, afterMs: 0 };
      },
    });
    line.plug();
    await advance(clock, 30_000);
    expect(refusals).toBeGreaterThan(3);
    expect(line.failures).toEqual([]);
    expect(valuesOf(line.samples(), 'infusion-rate').length).toBeGreaterThan(3);
  });

  it('takes no late answer to another question for its state', async () => {
    let count = 0;
    const state = { rate: 10, volume: 1, alarm: 0 };
    const { clock, line } = ward(changing(state), {
      fromDevice: (bytes) => {
        const reply = replyCodec.decode(bytes);
        const isAnswer = reply.ok && reply.message.kind === 'frame' && reply.message.letter === 'C';
        return { bytes, afterMs: isAnswer && count++ % 2 === 0 ? 2500 : 0 };
      },
    });
    line.plug();
    await advance(clock, 120_000);
    expect(line.progress).toContain('connected to AGILIA SP');
    expect(new Set(valuesOf(line.samples(), 'infusion-rate'))).toEqual(new Set([10]));
    expect(new Set(valuesOf(line.samples(), 'infused-volume'))).toEqual(new Set([1]));
  });

  it('sends nothing but reading commands', async () => {
    const { clock, line } = ward(constantPump());
    line.plug();
    await advance(clock, 60_000);
    const verbs = requestsOf(line.sent).flatMap((request) => (request.kind === 'command' ? [request.verb] : []));
    expect(requestsOf(line.sent)).toHaveLength(line.sent.length);
    expect(new Set(verbs)).toEqual(new Set(['DC', 'LF', 'DE', 'LE']));
  });
});

describe('the pumps of a rack on one line', () => {
  const rack = () => {
    const clock = new VirtualClock(1_790_000_000_000);
    const state = { rate: 20, volume: 2, alarm: 0 };
    const base = createFreseniusAgilia({
      clock,
      random: seededRandom(1),
      pumps: { 1: constantPump(10), 2: changing(state) },
      enquiryMs: 1000,
    });
    const listeners: ((bytes: Uint8Array) => void)[] = [];
    base.start((bytes) => {
      for (const listener of listeners) listener(bytes);
    });
    /** What every device of the link hears and says. */
    const tap: SimulatedStreamDevice = {
      start: (write) => listeners.push(write),
      receive: (chunk) => base.receive(chunk),
      stop() {},
    };
    const line = createSharedLine();
    const pump = (module: number) =>
      connectDevice({ clock, driver: freseniusAgilia, device: tap, options: { module }, line });
    return { clock, state, pump };
  };

  it('are each a device of their own, take turns, and have one voice for the keep-alive', async () => {
    const { clock, state, pump } = rack();
    const [first, second] = [pump(1), pump(2)];
    first.plug();
    second.plug();
    await advance(clock, 30_500);
    expect(new Set(valuesOf(first.samples(), 'infusion-rate'))).toEqual(new Set([10]));
    expect(new Set(valuesOf(second.samples(), 'infusion-rate'))).toEqual(new Set([20]));
    state.rate = 0;
    await advance(clock, 2000);
    expect(statusesOf(second.samples(), 'infusing').at(-1)).toBe(false);
    expect(statusesOf(first.samples(), 'infusing')).not.toContain(false);
    const alive = [...requestsOf(first.sent), ...requestsOf(second.sent)].filter(({ kind }) => kind === 'alive');
    expect(alive).toHaveLength(32);
    expect([...first.failures, ...second.failures]).toEqual([]);
  });

  it('say which place of the rack is empty', async () => {
    const { clock, pump } = rack();
    const third = pump(3);
    third.plug();
    await advance(clock, 3000);
    expect(third.failures[0]).toMatchObject({ code: 'refused', message: 'no pump in place 3 of the rack' });
  });
});

describe('the simulated pump', () => {
  const answersTo = (...bodies: readonly string[]) => {
    const { device } = ward({ 1: constantPump() });
    const heard: string[] = [];
    device.start((bytes) => {
      const reply = replyCodec.decode(bytes);
      if (reply.ok && reply.message.kind === 'frame') {
        heard.push([`${reply.message.address}${reply.message.letter}`, ...reply.message.fields].join(';'));
      }
    });
    for (const body of bodies) {
      const sum = 0xff - ([...body].reduce((total, character) => total + character.charCodeAt(0), 0) & 0xff);
      device.receive(Buffer.from(`\x02${body}${sum.toString(16).toUpperCase().padStart(2, '0')}\x03`, 'latin1'));
    }
    return heard;
  };

  it('talks with the calls of an open client', () => {
    expect(answersTo('0DC', '0LE;b', '1DC', '1LE;d', '1LE;r', '1LF;b', '1FC')).toEqual([
      '0C',
      '0C;b01',
      '1C',
      '1C;d0064',
      '1C;r00002710',
      '1C;bAGILIA SP',
      '1C',
    ]);
  });

  it('refuses what would change something, and what it does not know', () => {
    expect(answersTo('0DC', '1DC', '1PR;0064', '1PO', '1ZZ', '2DC').slice(2)).toEqual([
      '1I;02',
      '1I;02',
      '1I;01',
      '2I;0E',
    ]);
  });

  it('asks for a connection first', () => {
    expect(answersTo('1DC', '0DC', '1LE;d')).toEqual(['1I;0D', '0C', '1I;1E']);
  });
});
