import { describe, expect, it } from 'vitest';
import { suntechAdvantage } from '../../../drivers/blood-pressure/suntech-advantage.ts';
import { replyCodec, requestCodec } from '../../../drivers/blood-pressure/suntech-codec.ts';
import { seededRandom } from '../../../model/random.ts';
import { VirtualClock } from '../../../model/virtual-clock.ts';
import { type CuffSignals, constantCuff } from '../../../simulators/devices/signals.ts';
import { createSuntechAdvantage } from '../../../simulators/devices/suntech-advantage.ts';
import { advance, connectDevice, statusesOf, valuesOf, type WireOptions } from '../../support/virtual-wire.ts';

const MINUTE = 60_000;

const bedside = (rest: Partial<WireOptions> & { readonly signals?: CuffSignals; readonly readingMs?: number } = {}) => {
  const clock = new VirtualClock(1_790_000_000_000);
  const { signals = constantCuff(), readingMs = 30_000, ...wire } = rest;
  const device = createSuntechAdvantage({ clock, random: seededRandom(1), signals, readingMs });
  const line = connectDevice({ clock, driver: suntechAdvantage, device, ...wire });
  const starts = () =>
    line.sent.filter((bytes) => {
      const request = requestCodec.decode(bytes);
      return request.ok && request.message.kind === 'start';
    }).length;
  return { clock, line, starts };
};

describe('a session with a SunTech module', () => {
  it('never inflates the cuff unless the site has set an interval', async () => {
    const { clock, line, starts } = bedside();
    line.plug();
    await advance(clock, 120 * MINUTE);
    expect(starts()).toBe(0);
    expect(line.deliveries).toEqual([]);
    expect(line.failures).toEqual([]);
    expect(line.progress.at(-1)).toContain('measuring is off');
  });

  it('measures at each interval, with the cuff pressure five times a second', async () => {
    const { clock, line, starts } = bedside({ options: { intervalMinutes: 10 } });
    line.plug();
    await advance(clock, 21 * MINUTE);
    expect(starts()).toBe(3);
    expect(valuesOf(line.samples(), 'nibp-systolic')).toEqual([115, 115, 115]);
    expect(valuesOf(line.samples(), 'nibp-mean')).toEqual([88, 88, 88]);
    const cuff = valuesOf(line.samples(), 'cuff-pressure');
    expect(cuff.length).toBeGreaterThan(3 * 145);
    expect(cuff.length).toBeLessThan(3 * 155);
    expect(Math.max(...cuff.map(Number))).toBeGreaterThan(140);
    expect(statusesOf(line.samples(), 'measurement-failed')).toEqual([false, false, false]);
    expect(line.failures).toEqual([]);
  });

  it.each([
    ['adult', '3A 20 A6'],
    ['paediatric', '3A 87 3F'],
    ['neonate', '3A 28 9E'],
  ])('starts a reading for a patient of size %s', async (patientSize, hex) => {
    const { clock, line } = bedside({ options: { intervalMinutes: 60, patientSize } });
    line.plug();
    await advance(clock, 1000);
    expect(line.sent.map((bytes) => Buffer.from(bytes).toString('hex'))).toContain(hex.replace(/ /g, '').toLowerCase());
  });

  it('reports a failed reading as no values and a technical alarm, and does not try again early', async () => {
    const { clock, line, starts } = bedside({ options: { intervalMinutes: 10 }, signals: constantCuff({ error: 87 }) });
    line.plug();
    await advance(clock, 9 * MINUTE);
    expect(starts()).toBe(1);
    expect(valuesOf(line.samples(), 'nibp-systolic')).toEqual([null]);
    expect(line.samples()).toContainEqual(
      expect.objectContaining({ code: 'measurement-failed', active: true, alertKind: 'technical', detail: 'error 87' }),
    );
  });

  it('gives up after 180 s: no result', async () => {
    const { clock, line } = bedside({ options: { intervalMinutes: 10 }, readingMs: 400_000 });
    line.plug();
    await advance(clock, 185_000);
    expect(valuesOf(line.samples(), 'nibp-systolic')).toEqual([null]);
    expect(line.samples()).toContainEqual(expect.objectContaining({ code: 'measurement-failed', text: 'no result' }));
  });

  it('does not inflate more often because the link flaps', async () => {
    const { clock, line, starts } = bedside({ options: { intervalMinutes: 30 } });
    for (let i = 0; i < 20; i++) {
      line.plug();
      await advance(clock, MINUTE);
      await line.unplug();
    }
    expect(starts()).toBe(1);
  });

  it('says that a reading was lost when the link went down within it, and takes none in its place', async () => {
    const { clock, line, starts } = bedside({ options: { intervalMinutes: 30 } });
    line.plug();
    await advance(clock, 5000);
    await line.unplug();
    line.plug();
    await advance(clock, 2000);
    expect(valuesOf(line.samples(), 'nibp-systolic')).toEqual([null]);
    expect(statusesOf(line.samples(), 'measurement-failed')).toEqual([true]);
    expect(starts()).toBe(1);
  });

  it('counts a start whose answer was lost', async () => {
    const { clock, line, starts } = bedside({
      options: { intervalMinutes: 30 },
      fromDevice: (bytes) => {
        const reply = replyCodec.decode(bytes);
        const lost = reply.ok && reply.message.kind === 'status' && reply.message.letter === 'O';
        return lost ? null : { bytes, afterMs: 0 };
      },
    });
    line.plug();
    await advance(clock, 25 * MINUTE);
    expect(starts()).toBe(1);
    expect(line.failures).toHaveLength(1);
  });

  it('retries with growing waits where nothing answers, and works once something does', async () => {
    let dead = true;
    const { clock, line } = bedside({ fromDevice: (bytes) => (dead ? null : { bytes, afterMs: 0 }) });
    line.plug();
    await advance(clock, 10 * MINUTE);
    expect(line.failures.length).toBeGreaterThan(7);
    expect(line.failures.length).toBeLessThan(25);
    expect(line.failures[0]).toMatchObject({ code: 'timeout' });
    dead = false;
    await advance(clock, 2 * MINUTE);
    expect(line.progress).toContain('module found: SIMULATED 1.0');
  });

  it('reads the cuff on through late and missing answers', async () => {
    let count = 0;
    const { clock, line } = bedside({
      options: { intervalMinutes: 30 },
      fromDevice: (bytes) => {
        const cuff = bytes.length === 5;
        if (cuff && ++count % 10 === 0) return null;
        return { bytes, afterMs: cuff && count % 7 === 0 ? 2500 : 0 };
      },
    });
    line.plug();
    await advance(clock, 2 * MINUTE);
    expect(valuesOf(line.samples(), 'nibp-systolic')).toEqual([115]);
  });
});
