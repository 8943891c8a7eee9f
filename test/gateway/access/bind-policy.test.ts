import { describe, expect, it } from 'vitest';
import { checkBind } from '../../../gateway/access/bind-policy.ts';
import { isLoopback } from '../../../gateway/loopback.ts';

describe('where the API may listen', () => {
  it.each(['127.0.0.1', '127.9.9.9', '::1', '[::1]', 'localhost', 'LOCALHOST', '::ffff:127.0.0.1'])(
    '%s is loopback',
    (host) => {
      expect(isLoopback(host)).toBe(true);
      expect(checkBind({ host, tls: false, insecure: false })).toEqual({ ok: true, warning: null });
    },
  );

  it.each([
    '0.0.0.0',
    '::',
    '',
    '192.168.1.4',
    '127.0.0.1.example.org',
    '127.0.0.999',
    '1270.0.0.1',
    'ward.local',
    '::ffff:10.0.0.1',
  ])('%j is not, and needs TLS or a word in the configuration', (host) => {
    expect(isLoopback(host)).toBe(false);
    expect(checkBind({ host, tls: false, insecure: false })).toMatchObject({ ok: false, code: 'bind-refused' });
    expect(checkBind({ host, tls: true, insecure: false })).toEqual({ ok: true, warning: null });
    expect(checkBind({ host, tls: false, insecure: true })).toMatchObject({
      ok: true,
      warning: expect.stringContaining('in the clear'),
    });
  });
});
