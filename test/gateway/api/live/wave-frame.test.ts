import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Channels } from '../../../../gateway/api/live/channels.ts';
import { decodeWaveFrame, encodeWaveFrame, MOST_SAMPLES } from '../../../../gateway/api/live/wave-frame.ts';
import { WAVE_FRAME } from '../../../../model/api.ts';

const frames = fc.record({
  channel: fc.nat(65_535),
  sequence: fc.nat(0xffffffff),
  startsAt: fc.double({ noNaN: true, noDefaultInfinity: true }),
  raw: fc.array(fc.option(fc.integer({ min: -32_767, max: 32_767 })), { maxLength: 300 }),
});

describe('a wave frame', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        const bytes = encodeWaveFrame(frame);
        expect(bytes).toHaveLength(WAVE_FRAME.headerBytes + 2 * frame.raw.length);
        expect(decodeWaveFrame(bytes)).toEqual(frame);
      }),
    );
  });

  it('has the bytes that the contract says', () => {
    const bytes = encodeWaveFrame({ channel: 0x0102, sequence: 0x03040506, startsAt: 1, raw: [1, null, -2] });
    expect(Buffer.from(bytes).toString('hex')).toBe(
      ['01', '01', '0201', '06050403', '000000000000f03f', '0300', '0100', '0080', 'feff'].join(''),
    );
  });

  it('marks as missing what does not fit, and never sends a nearby number', () => {
    const raw = [32_768, -32_768, 1e9, Number.NaN, Number.POSITIVE_INFINITY, 32_767, -32_767];
    const decoded = decodeWaveFrame(encodeWaveFrame({ channel: 0, sequence: 0, startsAt: 0, raw }));
    expect(decoded?.raw).toEqual([null, null, null, null, null, 32_767, -32_767]);
  });

  it('is never read from other bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const decoded = decodeWaveFrame(bytes);
        if (decoded) expect(encodeWaveFrame(decoded).length).toBe(bytes.length);
        else
          expect(
            bytes[0] === 1 && bytes[1] === 1 && bytes.length === 18 + 2 * ((bytes[16] ?? 0) + 256 * (bytes[17] ?? 0)),
          ).toBe(false);
      }),
    );
  });
});

describe('channels', () => {
  const wave = {
    device: 'ekg-1',
    metric: 'ekg-ii',
    unit: 'mV',
    rateHz: 250,
    scale: 0.005,
    offset: 0,
    takenAt: 0,
    raw: [1, 2],
  };

  it('are announced once, and again under another number when the wave changes', () => {
    const channels = new Channels();
    expect(channels.encode(wave).announce).toMatchObject({ channel: 0, device: 'ekg-1' });
    expect(channels.encode(wave).announce).toBeNull();
    expect(channels.encode({ ...wave, metric: 'ekg-v1' }).announce?.channel).toBe(1);
    expect(channels.encode({ ...wave, scale: 0.01 }).announce?.channel).toBe(2);
    expect(channels.list().map(({ channel, scale }) => [channel, scale])).toEqual([
      [1, 0.005],
      [2, 0.01],
    ]);
  });

  it('count their frames without a gap, and cut a long run into pieces that join', () => {
    const channels = new Channels();
    const long = Array.from({ length: 2 * MOST_SAMPLES + 5 }, (_, index) => index);
    const sent = [...channels.encode(wave).frames, ...channels.encode({ ...wave, takenAt: 1000, raw: long }).frames];
    const decoded = sent.flatMap((bytes) => decodeWaveFrame(bytes) ?? []);
    expect(decoded.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3]);
    expect(decoded.slice(1).flatMap(({ raw }) => raw)).toEqual(long);
    expect(decoded.slice(1).map(({ startsAt }) => startsAt)).toEqual([
      1000,
      1000 + MOST_SAMPLES * 4,
      1000 + MOST_SAMPLES * 8,
    ]);
  });

  it('never give two waves one number, however often they change', () => {
    const channels = new Channels();
    for (let round = 0; round < 70_000; round++) {
      channels.encode({ ...wave, metric: round % 2 === 0 ? 'ekg-ii' : 'ekg-v1', offset: round, raw: [] });
    }
    const numbers = channels.list().map(({ channel }) => channel);
    expect(new Set(numbers).size).toBe(2);
    expect(Math.max(...numbers)).toBeLessThan(65_536);
  });
});
