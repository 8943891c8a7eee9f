import type { Annotation } from './annotate-registers.ts';

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

interface Level {
  readonly array: boolean;
  key: string;
  index: number;
}

const pathOf = (levels: readonly Level[]): string =>
  levels
    .map((level) => (level.array ? `[${level.index}]` : level.key))
    .join('.')
    .replaceAll('.[', '[');

/** Keeps byte offsets while walking over text: UTF-8 has more bytes than the text has characters. */
const byteOffsets = (text: string): ((index: number) => number) => {
  let [at, bytes] = [0, 0];
  const encoder = new TextEncoder();
  return (index) => {
    bytes += encoder.encode(text.slice(at, index)).length;
    at = index;
    return bytes;
  };
};

/**
 * The fields of a JSON payload as byte ranges, each with its path and value. Works on broken JSON as far as it goes;
 * a payload that is no JSON object is one range with its text.
 */
export const annotateJson = (payload: Uint8Array): readonly Annotation[] => {
  const text = new TextDecoder().decode(payload);
  if (!text.trimStart().startsWith('{')) {
    return payload.length === 0 ? [] : [{ from: 0, to: payload.length, text: `text ${text.slice(0, 80)}` }];
  }
  const offset = byteOffsets(text);
  const levels: Level[] = [];
  const found: Annotation[] = [];
  let from: number | null = null;
  let wantsKey = false;
  for (const match of text.matchAll(token)) {
    const [word] = match;
    const level = levels.at(-1);
    const start = offset(match.index);
    if (word === '{' || word === '[') {
      levels.push({ array: word === '[', key: '', index: 0 });
      wantsKey = word === '{';
      from = null;
    } else if (word === '}' || word === ']') {
      levels.pop();
      from = null;
    } else if (word === ',') {
      if (level?.array) level.index++;
      wantsKey = level !== undefined && !level.array;
    } else if (word === ':') wantsKey = false;
    else if (wantsKey && level) {
      level.key = word.replace(/^"|"$/g, '');
      from = start;
    } else {
      const to = offset(match.index + word.length);
      found.push({ from: from ?? start, to, text: `${pathOf(levels)} = ${word}` });
      from = null;
    }
  }
  return found;
};
