import type { Annotation } from './annotate-registers.ts';

/** Over bytes read as Latin-1: JSON's own characters are ASCII, and no byte of a longer UTF-8 character is. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^ \t\r\n{}[\],:"]+/gs;

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

/**
 * The fields of a JSON payload as byte ranges, each with its path and value. Works on broken JSON as far as it goes;
 * a payload that is no JSON object is one range with its text.
 */
export const annotateJson = (payload: Uint8Array): readonly Annotation[] => {
  const text = new TextDecoder().decode(payload);
  if (!text.trimStart().startsWith('{')) {
    return payload.length === 0 ? [] : [{ from: 0, to: payload.length, text: `text ${text.slice(0, 80)}` }];
  }
  // One character a byte, so that a place in it is a place in the payload, also where the payload is no UTF-8.
  const latin1 = new TextDecoder('latin1').decode(payload);
  const levels: Level[] = [];
  const found: Annotation[] = [];
  let from: number | null = null;
  let wantsKey = false;
  for (const { 0: raw, index: start } of latin1.matchAll(token)) {
    const to = start + raw.length;
    const word = new TextDecoder().decode(payload.subarray(start, to));
    const level = levels.at(-1);
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
    // A byte order mark decodes to nothing.
    else if (word === '') continue;
    else if (wantsKey && level) {
      level.key = word.replace(/^"|"$/g, '');
      from = start;
    } else {
      found.push({ from: from ?? start, to, text: `${pathOf(levels)} = ${word}` });
      from = null;
    }
  }
  return found;
};
