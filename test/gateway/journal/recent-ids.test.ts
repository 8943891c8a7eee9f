import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecentIds } from '../../../gateway/journal/recent-ids.ts';

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
/** Few different bytes, so that ids collide in the table often; never all zero, as no UUID is. */
const anyId = fc
  .uint8Array({ minLength: 16, maxLength: 16, max: 2 })
  .map((bytes) => Uint8Array.from([...bytes.subarray(0, 15), 1]));

describe('the newest ids', () => {
  it('knows every id of the newest it is to keep, and none that it never saw', () => {
    fc.assert(
      fc.property(fc.array(anyId, { maxLength: 300 }), anyId, fc.integer({ min: 1, max: 100 }), (ids, other, keep) => {
        const recent = new RecentIds(keep);
        for (const id of ids) recent.add(view(id));
        for (const id of ids.slice(-keep)) expect(recent.has(view(id))).toBe(true);
        const seen = ids.some((id) => Buffer.compare(id, other) === 0);
        if (!seen) expect(recent.has(view(other))).toBe(false);
        expect(recent.size).toBeLessThanOrEqual(2 * keep);
      }),
    );
  });

  it('finds 20,000 ids again after growing', () => {
    const recent = new RecentIds(100_000);
    const id = new Uint8Array(16);
    for (let n = 1; n <= 20_000; n++) {
      view(id).setUint32(0, n * 2_654_435_761);
      view(id).setUint32(12, n);
      recent.add(view(id));
    }
    expect(recent.size).toBe(20_000);
    view(id).setUint32(0, 7 * 2_654_435_761);
    view(id).setUint32(12, 7);
    expect(recent.has(view(id))).toBe(true);
    view(id).setUint32(12, 8);
    expect(recent.has(view(id))).toBe(false);
  });
});
