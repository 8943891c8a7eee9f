import { concat } from './bytes.ts';
import type { Framer, FramingEvent } from './contract.ts';

/** What stands at the front of the bytes held. */
export type ScanResult =
  | { readonly kind: 'frame'; readonly length: number }
  | { readonly kind: 'junk'; readonly length: number; readonly reason: string }
  | { readonly kind: 'more' };

/**
 * Looks at the front of `bytes` (never empty). The answer for a prefix must hold for every continuation, or be `more`:
 * then any chunking gives the same frames.
 */
export type Scan = (bytes: Uint8Array) => ScanResult;

export const more: ScanResult = Object.freeze({ kind: 'more' });
export const junk = (length: number, reason: string): ScanResult => ({ kind: 'junk', length, reason });
export const frame = (length: number): ScanResult => ({ kind: 'frame', length });

const nothing: Uint8Array = new Uint8Array(0);

/** A framer from a scan. It never holds more than `maxLength` bytes: what is longer is no frame. */
export const createFramer = (scan: Scan, maxLength: number): Framer => {
  let held = nothing;

  /** `atEnd`: nothing will follow, so what is still incomplete is junk, and a whole frame behind it is still found. */
  const take = (bytes: Uint8Array, atEnd: boolean): readonly FramingEvent[] => {
    const events: FramingEvent[] = [];
    let at = 0;
    let junkFrom = 0;
    let junkReason: string | null = null;
    const endJunk = () => {
      if (junkReason !== null) events.push({ kind: 'junk', bytes: bytes.slice(junkFrom, at), reason: junkReason });
      junkReason = null;
    };
    while (at < bytes.length) {
      let result = scan(bytes.subarray(at));
      if (result.kind === 'more') {
        if (atEnd) result = { kind: 'junk', length: 1, reason: 'incomplete' };
        else if (bytes.length - at >= maxLength) result = { kind: 'junk', length: 1, reason: 'too long' };
        else break;
      }
      if (result.kind === 'frame') {
        endJunk();
        events.push({ kind: 'frame', bytes: bytes.slice(at, at + result.length) });
      } else if (junkReason !== result.reason) {
        endJunk();
        junkFrom = at;
        junkReason = result.reason;
      }
      at += result.length;
    }
    endJunk();
    held = bytes.slice(at);
    return events;
  };

  return {
    // Always a copy: a port may use its buffer again.
    push: (chunk) => take(concat(held, chunk), false),
    flush: () => take(held, true),
  };
};

/**
 * A framer whose line may carry single control bytes anywhere, even inside a frame: they come out as frames of their
 * own, at once, and the frame around them stays whole.
 */
export const withControlBytes = (inner: Framer, isControl: (byte: number) => boolean): Framer => ({
  push(chunk) {
    const events: FramingEvent[] = [];
    let from = 0;
    for (const [at, byte] of chunk.entries()) {
      if (!isControl(byte)) continue;
      if (at > from) events.push(...inner.push(chunk.subarray(from, at)));
      events.push({ kind: 'frame', bytes: Uint8Array.of(byte) });
      from = at + 1;
    }
    if (from < chunk.length) events.push(...inner.push(chunk.subarray(from)));
    return events;
  },
  flush: () => inner.flush(),
});
