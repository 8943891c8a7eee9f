import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRow, encodeEntry } from '../../../gateway/journal/encoding.ts';
import { anyEntry, frameOf, numericOf, waveOf } from '../../support/journal-entries.ts';

const throughStore = (entry: Parameters<typeof encodeEntry>[0]) =>
  decodeRow({ ...encodeEntry(entry), position: 7, committed_at: 9 });

describe('the form of an entry in the store', () => {
  it('gives back exactly what was put in', () => {
    fc.assert(
      fc.property(anyEntry, (entry) => {
        expect(throughStore(entry)).toEqual({ position: 7, committedAt: 9, entry });
      }),
      { numRuns: 1000 },
    );
  });

  it('is short: a numeric frame of six values takes under half of its JSON', () => {
    const values = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) =>
      numericOf(name, { measurement: numericOf('m').measurement, patient: 'p1', place: 'bed-4' }),
    );
    const entry = frameOf(values);
    const { ids, keys, body } = encodeEntry(entry);
    const stored = (ids?.length ?? 0) + (keys?.length ?? 0) + body.length;
    expect(stored).toBeLessThan(JSON.stringify(entry).length / 2);
  });

  it('keeps 16-bit waveforms at two bytes a sample, and any other as it is', () => {
    const small = frameOf([waveOf('w', { raw: [1, null, 32767, -32767] })]);
    expect(encodeEntry(small).wave).toHaveLength(8);
    const wide = frameOf([waveOf('w', { raw: [1, null, 32768, 0.5] })]);
    expect(encodeEntry(wide).wave).toHaveLength(0);
    expect(throughStore(wide).entry).toEqual(wide);
  });
});
