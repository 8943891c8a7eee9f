import { describe, expect, it } from 'vitest';
import { hashPassword } from '../../../gateway/access/password.ts';
import { hasCode } from '../../../model/errors.ts';
import { accessBench, quickCost } from '../../support/api-bench.ts';

const password = 'seven quiet herons';
const address = '10.0.0.7';

const withNora = async (options: Parameters<typeof accessBench>[0] = {}) => {
  const bench = accessBench(options);
  await bench.access.users.create({ name: 'nora', role: 'nurse', password }, 'setup');
  const signIn = (secret = password, name = 'nora') => bench.access.signIn(name, secret, address);
  const find = (secret: string) => bench.access.authenticate({ kind: 'session', secret });
  return { ...bench, signIn, find };
};

describe('signing in', () => {
  it('gives a session whose secret is stored only as a hash', async () => {
    const { signIn, find, store, entries } = await withNora();
    const { secret, actor } = await signIn();
    expect(actor).toMatchObject({ name: 'nora', role: 'nurse', via: 'session' });
    expect(find(secret)).toEqual(actor);
    expect(store.session(secret)).toBeNull();
    expect(entries).toMatchObject([{ action: 'sign-in', who: 'nora', outcome: 'ok', address }]);
  });

  it('says the same of a wrong password, an unknown name and a disabled user, and writes down no unknown name', async () => {
    const { signIn, access, entries } = await withNora();
    const messages: string[] = [];
    const attempt = async (secret: string, name: string) => {
      try {
        await signIn(secret, name);
        messages.push('came in');
      } catch (error) {
        messages.push(hasCode(error, 'credentials-wrong') ? error.message : String(error));
      }
    };
    await attempt('wrong password', 'nora');
    await attempt(password, 'my-secret-typed-as-name');
    await access.users.change('nora', { disabled: true });
    await attempt(password, 'nora');
    expect(new Set(messages)).toEqual(new Set(['Name or password is wrong.']));
    expect(entries.map(({ who }) => who)).toEqual(['nora', 'unknown', 'nora']);
    expect(JSON.stringify(entries)).not.toContain('my-secret');
  });

  it('is slowed down per name and address, by the clock', async () => {
    const { signIn, access, clock } = await withNora();
    for (let attempt = 0; attempt < 4; attempt++) await expect(signIn('wrong one')).rejects.toThrow('wrong');
    await expect(signIn()).resolves.toBeDefined();
    for (let attempt = 0; attempt < 5; attempt++) await expect(signIn('wrong one')).rejects.toThrow('wrong');
    await expect(signIn()).rejects.toMatchObject({ code: 'sign-in-throttled', retryAfterMs: 1000 });
    await expect(access.signIn('nora', password, '10.0.0.8')).resolves.toBeDefined();
    clock.advanceBy(1000);
    await expect(signIn()).resolves.toBeDefined();
  });

  it('refuses more at once than the machine can hash', async () => {
    const { signIn } = await withNora();
    const results = await Promise.allSettled(Array.from({ length: 12 }, () => signIn()));
    const refused = results.filter((each) => each.status === 'rejected').map((each) => each.reason.code);
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused)).toEqual(new Set(['sign-in-busy']));
  });

  it('ends the session that the browser had before', async () => {
    const { signIn, find, access } = await withNora();
    const { secret: before } = await signIn();
    const { secret: after } = await access.signIn('nora', password, address, before);
    expect(find(before)).toBeNull();
    expect(find(after)).not.toBeNull();
  });

  it('renews a hash that is cheaper than what is asked for now', async () => {
    const bench = await withNora();
    const cheap = await hashPassword(password, { log2N: 2, r: 8, p: 1 });
    bench.store.replacePassword('nora', bench.store.user('nora')?.password ?? '', cheap);
    await bench.signIn();
    expect(bench.store.user('nora')?.password).toMatch(new RegExp(`^scrypt\\$${quickCost.log2N}\\$`));
    await expect(bench.signIn()).resolves.toBeDefined();
  });
});

describe('a session', () => {
  it('ends when nothing uses it, and lives while something does', async () => {
    const { signIn, find, clock } = await withNora();
    const { secret } = await signIn();
    for (let minute = 0; minute < 60; minute++) {
      clock.advanceBy(60_000);
      expect(find(secret)).not.toBeNull();
    }
    clock.advanceBy(15 * 60_000);
    expect(find(secret)).toBeNull();
  });

  it('ends after a shift, however it is used', async () => {
    const { signIn, find, clock } = await withNora();
    const { secret } = await signIn();
    let minutes = 0;
    while (find(secret)) {
      clock.advanceBy(60_000);
      minutes++;
    }
    expect(minutes).toBe(12 * 60);
  });

  it('ends with sign-out, a new role, a new password, or a locked account', async () => {
    const { signIn, find, access } = await withNora();
    const changes = [{ role: 'records' as const }, { password: 'nine loud magpies' }, { password }, { disabled: true }];
    const first = await signIn();
    access.signOut(first.secret, first.actor, address);
    expect(find(first.secret)).toBeNull();
    let secret = password;
    for (const change of changes) {
      const session = await signIn(secret);
      await access.users.change('nora', change);
      secret = change.password ?? secret;
      expect(find(session.secret)).toBeNull();
    }
  });
});

describe('a token', () => {
  it('is shown once, stored as a hash, known when it was used last, and dead when revoked', async () => {
    const { access, store, clock } = accessBench();
    const { token, secret } = access.tokens.create('node-red', 'engineer', 'ada');
    expect(secret).toMatch(/^ww_[\w-]{43}$/);
    expect(JSON.stringify(store.tokens())).not.toContain(secret);
    clock.advanceBy(5000);
    const credential = { kind: 'token', secret } as const;
    expect(access.authenticate(credential)).toMatchObject({ name: 'token:node-red', role: 'engineer', via: 'token' });
    expect(access.tokens.list()[0]?.usedAt).toBe(clock.now());
    access.tokens.revoke(token.id);
    expect(access.authenticate(credential)).toBeNull();
    expect(() => access.tokens.revoke(token.id)).toThrow('no such token');
  });

  it('made elsewhere is adopted once, and only if it can be one', () => {
    const { access } = accessBench();
    const secret = 'ww_demo-token-0123456789';
    const first = access.tokens.adopt(secret, 'demo', 'admin', 'demo');
    expect(access.tokens.adopt(secret, 'demo', 'admin', 'demo').id).toBe(first.id);
    expect(access.authenticate({ kind: 'token', secret })?.role).toBe('admin');
    for (const weak of ['', 'with blank', 'línea']) {
      expect(() => access.tokens.adopt(weak, 'demo', 'admin', 'demo')).toThrow('cannot be an API token');
    }
  });

  it.each(['', 'ww_', 'ww_unknown-unknown-unknown', "ww_' OR 1=1 --"])('%j opens nothing', (secret) => {
    expect(accessBench().access.authenticate({ kind: 'token', secret })).toBeNull();
  });
});

describe('users', () => {
  const admin = { name: 'ada', role: 'admin' as const, password };

  it('have names and passwords that are worth it', async () => {
    const { users } = accessBench().access;
    await users.create(admin, 'setup');
    const codes = await Promise.all(
      [
        { ...admin },
        { ...admin, name: 'a:b' },
        { ...admin, name: '' },
        { ...admin, name: 'bob', password: 'short' },
        { ...admin, name: 'robert', password: 'i am Robert, really' },
      ].map((user) =>
        users.create(user, 'setup').then(
          () => 'made',
          (error) => error.code,
        ),
      ),
    );
    expect(codes).toEqual(['user-exists', 'name-invalid', 'name-invalid', 'password-weak', 'password-weak']);
    expect(users.list().map(({ name }) => name)).toEqual(['ada']);
    expect(JSON.stringify(users.list())).not.toContain('scrypt');
  });

  it('always include an administrator', async () => {
    const { users } = accessBench().access;
    await users.create(admin, 'setup');
    await expect(users.change('ada', { role: 'nurse' })).rejects.toMatchObject({ code: 'last-admin' });
    await expect(users.change('ada', { disabled: true })).rejects.toMatchObject({ code: 'last-admin' });
    await users.create({ ...admin, name: 'bea' }, 'ada');
    await expect(users.change('ada', { role: 'nurse' })).resolves.toMatchObject({ role: 'nurse' });
    await expect(users.change('nobody', { role: 'nurse' })).rejects.toMatchObject({ code: 'user-unknown' });
  });
});

describe('the key for pseudonyms', () => {
  it('is made once and differs between gateways', () => {
    const { access } = accessBench();
    expect(access.pseudonymKey()).toEqual(access.pseudonymKey());
    expect(access.pseudonymKey()).not.toEqual(accessBench().access.pseudonymKey());
  });
});
