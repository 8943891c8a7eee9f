/** `0A 1f` or `0a1f` to bytes as two-digit upper-case texts. */
export const hexBytes = (hex: string): readonly string[] =>
  (hex.replaceAll(/\s/g, '').match(/../g) ?? []).map((byte) => byte.toUpperCase());

/** The printable character of a byte, or a dot. */
export const printable = (byte: string): string => {
  const code = Number.parseInt(byte, 16);
  return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '·';
};

/** Index of the annotation that covers each byte, or -1. Where two overlap, the narrower one is the more telling. */
export const coverage = (
  length: number,
  annotations: readonly { readonly from: number; readonly to: number }[],
): readonly number[] => {
  const owner = new Array<number>(length).fill(-1);
  const widths = new Array<number>(length).fill(Number.POSITIVE_INFINITY);
  annotations.forEach(({ from, to }, index) => {
    for (let at = Math.max(0, from); at < Math.min(to, length); at++) {
      if (to - from < (widths[at] ?? 0)) {
        owner[at] = index;
        widths[at] = to - from;
      }
    }
  });
  return owner;
};
