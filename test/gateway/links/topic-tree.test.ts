import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTopicTree, filterFault, filterMatches } from '../../../gateway/links/topic-tree.ts';

/** MQTT 3.1.1, 4.7, written as a recursion over levels. */
const matches = (filter: readonly string[], topic: readonly string[], first = true): boolean => {
  const [wanted, ...restWanted] = filter;
  const [level, ...restLevels] = topic;
  const hidden = first && level?.startsWith('$');
  if (wanted === '#') return !hidden;
  if (wanted === undefined || level === undefined) return wanted === undefined && level === undefined;
  if (wanted !== level && (wanted !== '+' || hidden)) return false;
  return matches(restWanted, restLevels, false);
};

const level = fc.constantFrom('a', 'b', '', '$s', 'ward');
const topic = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
const filter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([levels, rest]) => [...levels, ...(rest ? ['#'] : [])].join('/'));

describe('the topic tree', () => {
  it('finds every matching filter once and no other, also after removals', () => {
    fc.assert(
      fc.property(
        fc.array(filter, { maxLength: 30 }),
        fc.array(fc.nat(29), { maxLength: 10 }),
        topic,
        (all, gone, at) => {
          const tree = createTopicTree<number>();
          const removes = all.map((text, n) => tree.add(text, n));
          for (const n of gone) removes[n]?.();
          const removed = new Set(gone);
          const expected = all.flatMap((text, n) =>
            !removed.has(n) && matches(text.split('/'), at.split('/')) ? [n] : [],
          );
          expect([...tree.match(at)].toSorted((a, b) => a - b)).toEqual(expected);
          expect(tree.size).toBe(all.filter((_, n) => !removed.has(n)).length);
        },
      ),
    );
  });

  it('matches as the standard says', () => {
    expect(filterMatches('sport/#', 'sport')).toBe(true);
    expect(filterMatches('+/+', '/finance')).toBe(true);
    expect(filterMatches('+', '/finance')).toBe(false);
    expect(filterMatches('#', '$SYS/load')).toBe(false);
    expect(filterMatches('$SYS/#', '$SYS/load')).toBe(true);
  });

  it.each([
    ['', true],
    ['a#', true],
    ['#/a', true],
    ['a/+b', true],
    ['a/+/b/#', false],
    ['/', false],
  ])('says whether %s is a filter', (text, faulty) => {
    expect(filterFault(text) !== null).toBe(faulty);
  });
});
