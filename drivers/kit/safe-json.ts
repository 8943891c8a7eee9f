import type { Decoded, DecodeFault } from './contract.ts';

export interface JsonLimits {
  readonly maxBytes: number;
  readonly maxDepth: number;
}

/** A sensor's message is some hundred bytes and two levels deep; what is far beyond that is no reading. */
export const sensorLimits: JsonLimits = { maxBytes: 16_384, maxDepth: 8 };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

export const faulty = (
  code: DecodeFault['code'],
  detail: string,
): { readonly ok: false; readonly fault: DecodeFault } => ({
  ok: false,
  fault: { code, detail },
});

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** How deep the brackets go, without parsing: JSON.parse itself recurses and would meet the depth first. */
const depthOf = (payload: Uint8Array): number => {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let index = 0; index < payload.length; index++) {
    const byte = payload[index];
    if (quoted) {
      if (byte === BACKSLASH) index++;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return deepest;
};

/** The text of a payload, or why it has none. */
export const readText = (payload: Uint8Array, limits: JsonLimits = sensorLimits): Decoded<string> => {
  if (payload.length > limits.maxBytes) {
    return faulty('length', `payload of ${payload.length} bytes, more than ${limits.maxBytes}`);
  }
  try {
    return { ok: true, message: utf8.decode(payload) };
  } catch {
    return faulty('syntax', 'payload is not UTF-8');
  }
};

/** JSON within limits, or why not. What it yields is still unknown: its shape is the driver's to check. */
export const readJson = (payload: Uint8Array, limits: JsonLimits = sensorLimits): Decoded<unknown> => {
  const text = readText(payload, limits);
  if (!text.ok) return text;
  if (payload.length === 0) return faulty('syntax', 'payload is empty');
  if (depthOf(payload) > limits.maxDepth) return faulty('syntax', `nested deeper than ${limits.maxDepth} levels`);
  try {
    return { ok: true, message: JSON.parse(text.message) };
  } catch {
    return faulty('syntax', 'payload is not JSON');
  }
};

/** A key of somebody's message, fit to be shown. */
export const shownKey = (key: string): string => {
  const printable = key.replace(/[^\x20-\x7e]/g, '?');
  return printable.length > 40 ? `"${printable.slice(0, 40)}…"` : `"${printable}"`;
};
