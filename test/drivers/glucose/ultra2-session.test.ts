import { describe, expect, it } from 'vitest';
import { onetouchUltra2 } from '../../../drivers/glucose/onetouch-ultra2.ts';
import { requestCodec } from '../../../drivers/glucose/ultra2-codec.ts';
import { ascii } from '../../../drivers/kit/bytes.ts';
import { seededRandom } from '../../../model/random.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';
import { createOnetouchUltra2, type OnetouchUltra2Options } from '../../../simulators/devices/onetouch-ultra2.ts';
import type { MeterEntry } from '../../../simulators/devices/signals.ts';
import { advance, connectDevice, valuesOf, type WireOptions } from '../../support/virtual-wire.ts';

const MINUTE = 60_000;
const NOW = 1_790_000_000_000;

/** A result every hour up to now, rising by one. */
const history = (count: number): MeterEntry[] =>
  Array.from({ length: count }, (_, i) => ({ at: NOW - (count - i) * 60 * MINUTE, value: 100 + i }));

interface Meter {
  entries: MeterEntry[];
  clockError: number;
}

const cable = (rest: Partial<WireOptions> & Partial<OnetouchUltra2Options> & { readonly count?: number } = {}) => {
  const clock = new VirtualClock(NOW);
  const { count = 3, serial, longPauseMs, unit, ...wire } = rest;
  const meter: Meter = { entries: history(count), clockError: 0 };
  const device = createOnetouchUltra2({
    clock,
    random: seededRandom(1),
    // The meter writes down its own time: what is stored does not change with the clock.
    signals: {
      entries: () => meter.entries.map((entry) => ({ ...entry, at: entry.at - meter.clockError })),
      clockError: () => meter.clockError,
    },
    ...(serial ? { serial } : {}),
    ...(unit ? { unit } : {}),
    ...(longPauseMs ? { longPauseMs } : {}),
  });
  return { clock, device, meter, line: connectDevice({ clock, driver: onetouchUltra2, device, ...wire }) };
};

const glucose = (line: ReturnType<typeof connectDevice>) => valuesOf(line.samples(), 'glucose');

describe('a session with a OneTouch Ultra 2', () => {
  it('reads the clock and every record, oldest first, in one delivery', async () => {
    const { clock, line } = cable();
    line.plug();
    await advance(clock, 5000);
    expect(glucose(line)).toEqual([100, 101, 102]);
    expect(line.samples().filter(({ kind }) => kind === 'clock')).toHaveLength(1);
    expect(line.deliveries).toHaveLength(2);
    expect(line.progress).toContain('reading record 2 of 3');
    expect(line.failures).toEqual([]);
  });

  it('delivers only what is new when it reads again', async () => {
    const { clock, line, meter } = cable();
    line.plug();
    await advance(clock, 5 * MINUTE);
    expect(glucose(line)).toHaveLength(3);
    meter.entries.push({ at: clock.now(), value: 180, meal: 'A', comment: 5 });
    await advance(clock, 5 * MINUTE);
    expect(glucose(line)).toEqual([100, 101, 102, 180]);
    expect(line.samples()).toContainEqual(
      expect.objectContaining({ value: 180, context: { meal: 'after meal', comment: 'medication', shown: '180' } }),
    );
  });

  it('is not misled by a clock that is set back, nor by one that is set forward', async () => {
    const { clock, line, meter } = cable();
    line.plug();
    await advance(clock, 2 * MINUTE);
    meter.clockError = -30 * 24 * 60 * MINUTE;
    meter.entries.push({ at: clock.now() + meter.clockError, value: 150 });
    await advance(clock, 2 * MINUTE);
    meter.clockError = 90 * 24 * 60 * MINUTE;
    meter.entries.push({ at: clock.now() + meter.clockError, value: 160 });
    await advance(clock, 2 * MINUTE);
    expect(glucose(line)).toEqual([100, 101, 102, 150, 160]);
  });

  it('finds the new records of a full memory, where the count stands still', async () => {
    const { clock, line, meter } = cable({ count: 500 });
    line.plug();
    await advance(clock, 2 * MINUTE);
    expect(glucose(line)).toHaveLength(500);
    meter.entries.push({ at: clock.now(), value: 42 });
    await advance(clock, 2 * MINUTE);
    expect(glucose(line)).toHaveLength(501);
    expect(glucose(line).at(-1)).toBe(42);
  });

  it('delivers nothing of a dump that a hang-up cuts short, and all of it the next time', async () => {
    const { clock, line } = cable({ count: 100 });
    line.plug();
    await advance(clock, 700);
    expect(line.progress.at(-1)).toMatch(/^reading record \d+ of 100$/);
    await line.unplug();
    expect(glucose(line)).toEqual([]);
    expect(line.memory().seen).toBeUndefined();
    line.plug();
    await advance(clock, 10_000);
    expect(glucose(line)).toHaveLength(100);
  });

  it('marks nothing as read that is not on disk', async () => {
    const { clock, line } = cable();
    line.failStore(true);
    line.plug();
    await advance(clock, 10_000);
    expect(line.memory()).toEqual({});
    line.failStore(false);
    await advance(clock, MINUTE);
    expect(glucose(line)).toEqual([100, 101, 102]);
  });

  it('waits through the pauses of a real dump', async () => {
    const { clock, line } = cable({ count: 130, longPauseMs: 8000 });
    line.plug();
    await advance(clock, MINUTE);
    expect(glucose(line)).toHaveLength(130);
    expect(line.failures).toEqual([]);
  });

  it('reads a dump anew where a line came broken', async () => {
    let records = 0;
    const { clock, line } = cable({
      fromDevice: (bytes) => {
        const changed = bytes.slice();
        if (bytes.length > 60 && ++records === 2) changed[40] = (changed[40] ?? 0) ^ 1;
        return { bytes: changed, afterMs: 0 };
      },
    });
    line.plug();
    await advance(clock, MINUTE);
    expect(line.faults).toEqual(['checksum']);
    expect(line.failures).toHaveLength(1);
    expect(glucose(line)).toEqual([100, 101, 102]);
  });

  it('wakes a meter that misses the first command, and ignores an answer that comes late', async () => {
    let answers = 0;
    const { clock, line } = cable({
      fromDevice: (bytes) => ({ bytes, afterMs: answers++ === 0 ? 3000 : 0 }),
    });
    line.plug();
    await advance(clock, 20_000);
    expect(line.failures).toEqual([]);
    expect(glucose(line)).toEqual([100, 101, 102]);
  });

  it('refuses another meter than the one configured', async () => {
    const { clock, line } = cable({ options: { serial: 'ABC123DEY' } });
    line.plug();
    await advance(clock, 3000);
    expect(line.failures[0]).toMatchObject({ code: 'wrong-device' });
    expect(line.deliveries).toEqual([]);
  });

  it('refuses at once what is not an Ultra 2', async () => {
    const { clock, line } = cable({ serial: 'GMF600DCX' });
    line.plug();
    await advance(clock, 1000);
    expect(line.failures[0]).toMatchObject({ code: 'wrong-device' });
  });

  it('begins anew with another meter on the same cable', async () => {
    const { clock, line, device } = cable();
    line.plug();
    await advance(clock, 5000);
    device.stop();
    const other = cable({ serial: 'XYZ999ABY', memory: line.memory() });
    other.line.plug();
    await advance(other.clock, 5000);
    expect(glucose(other.line)).toEqual([100, 101, 102]);
    expect(other.line.memory().serial).toBe('XYZ999ABY');
  });

  it('notes that the meter shows mmol/L, and keeps mg/dL', async () => {
    const { clock, line } = cable({ count: 1, unit: 'MMOL/L' });
    line.plug();
    await advance(clock, 5000);
    expect(line.samples()).toContainEqual(
      expect.objectContaining({ value: 100, unit: 'mg/dL', context: { shown: '100', displayUnit: 'mmol/L' } }),
    );
  });
});

describe('what the driver can say to a meter', () => {
  it('has no command that erases or sets the clock', () => {
    const words = ['version', 'serial', 'clock', 'unit', 'dump'] as const;
    const said = words.map((kind) => Buffer.from(requestCodec.encode({ kind })).toString('latin1'));
    expect(said.join()).not.toMatch(/DM[ZT]/);
    expect(requestCodec.decode(ascii('\x11\rDMZ'))).toMatchObject({ ok: false });
  });
});

describe('the simulated meter', () => {
  it('acts on three letters at once, and takes a CR behind them', () => {
    const { device } = cable();
    const heard: string[] = [];
    device.start((bytes) => heard.push(Buffer.from(bytes).toString('latin1')));
    for (const byte of ascii('\x11\rDM?')) device.receive(Uint8Array.of(byte));
    expect(heard).toEqual(['?P02.00.00 30/08/06 03BC\r\n']);
    device.receive(ascii('\r\x11\rDM@\r'));
    expect(heard.at(-1)).toBe('@ "GMF600DCY" 02F4\r\n');
    device.receive(ascii('\x11\rDMZ\r'));
    expect(heard).toHaveLength(2);
  });
});
