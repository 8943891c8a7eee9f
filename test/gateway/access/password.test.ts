import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultCost, hashPassword, isOutdated, verifyPassword } from '../../../gateway/access/password.ts';
import { quickCost } from '../../support/api-bench.ts';

describe('a password', () => {
  it('matches itself and no other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 40 }), fc.string({ maxLength: 40 }), async (one, other) => {
        const stored = await hashPassword(one, quickCost);
        expect(await verifyPassword(one, stored)).toBe(true);
        expect(await verifyPassword(other, stored)).toBe(one.normalize('NFKC') === other.normalize('NFKC'));
      }),
      { numRuns: 50 },
    );
  });

  it('is stored with its cost and a salt of its own, never in the clear', async () => {
    const [first, second] = await Promise.all([
      hashPassword('one two three', quickCost),
      hashPassword('one two three', quickCost),
    ]);
    expect(first).toMatch(/^scrypt\$4\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(first).not.toBe(second);
    expect(first).not.toContain('one');
  });

  it('typed on another keyboard, in composed or decomposed letters, is the same', async () => {
    expect(await verifyPassword('cafe\u0301 cafe\u0301', await hashPassword('caf\u00e9 caf\u00e9', quickCost))).toBe(
      true,
    );
  });

  it.each([
    '',
    'plain',
    'scrypt$4$8$1$salt$',
    'scrypt$40$8$1$c2FsdA$AAAA',
    'scrypt$x$8$1$c2FsdA$AAAA',
    'bcrypt$4$8$1$a$b',
  ])('never matches the unreadable hash %j', async (stored) => {
    expect(await verifyPassword('', stored)).toBe(false);
    expect(isOutdated(stored)).toBe(true);
  });

  it('of a cheaper cost is seen to be outdated', async () => {
    expect(isOutdated(await hashPassword('x', quickCost), quickCost)).toBe(false);
    expect(isOutdated(await hashPassword('x', quickCost), defaultCost)).toBe(true);
  });

  it('costs an attacker 32 MiB a guess by default', () => {
    expect(128 * 2 ** defaultCost.log2N * defaultCost.r).toBe(32 * 2 ** 20);
  });
});
