import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annotateJson } from '../../../drivers/kit/annotate-json.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** The marked ranges as text, each with its note. */
const marked = (payload: Uint8Array) =>
  annotateJson(payload).map(({ from, to, text }) => [new TextDecoder().decode(payload.subarray(from, to)), text]);

describe('the fields of a JSON payload', () => {
  it('are marked from key to value with their paths', () => {
    expect(marked(bytes('{"t": 4.5, "in": {"a": [1, "x"]}}'))).toEqual([
      ['"t": 4.5', 't = 4.5'],
      ['1', 'in.a[0] = 1'],
      ['"x"', 'in.a[1] = "x"'],
    ]);
  });

  it.each([
    ['of more bytes than characters', bytes('{"größe": "20 µm", "t": 1}')],
    ['behind a byte order mark', bytes('\ufeff{"größe": "20 µm", "t": 1}')],
  ])('are at the right bytes in text %s', (_what, payload) => {
    expect(marked(payload)).toEqual([
      ['"größe": "20 µm"', 'größe = "20 µm"'],
      ['"t": 1', 't = 1'],
    ]);
  });

  it('are at the right bytes behind bytes that are no UTF-8', () => {
    const payload = Uint8Array.from([...bytes('{"a": "'), 0x80, 0xff, 0xa0, ...bytes('", "t": 1}')]);
    expect(marked(payload).at(-1)).toEqual(['"t": 1', 't = 1']);
    // Found by the property below.
    expect(annotateJson(Uint8Array.of(0x7b, 0x5b, 0x80))).toEqual([{ from: 2, to: 3, text: '[0] = \ufffd' }]);
  });

  it('are ranges within the payload, in order, whatever the bytes', () => {
    const jsonLike = fc
      .array(fc.oneof(fc.constantFrom(...bytes('{}[]:,"\\ 1a')), fc.integer({ min: 0, max: 255 })), { maxLength: 40 })
      .map((rest) => Uint8Array.from([0x7b, ...rest]));
    fc.assert(
      fc.property(jsonLike, (payload) => {
        let last = 0;
        for (const { from, to } of annotateJson(payload)) {
          expect(last <= from && from < to && to <= payload.length).toBe(true);
          last = to;
        }
      }),
      { numRuns: 2000 },
    );
  });
});
