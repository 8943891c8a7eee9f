import type { IncomingHttpHeaders } from 'node:http';
import type { Credential } from '../access/actor.ts';

/** `__Host-` ties the cookie to this host and to TLS; browsers refuse it over plain HTTP. */
export const cookieName = (secure: boolean): string => (secure ? '__Host-wardwire' : 'wardwire');

export const sessionCookie = (secret: string, maxAgeMs: number, secure: boolean): string =>
  [
    `${cookieName(secure)}=${secret}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Strict',
    `Max-Age=${Math.floor(maxAgeMs / 1000)}`,
    ...(secure ? ['Secure'] : []),
  ].join('; ');

const cookieOf = (header: string | undefined, name: string): string | null => {
  for (const part of (header ?? '').split(';')) {
    const split = part.indexOf('=');
    if (split > 0 && part.slice(0, split).trim() === name) return part.slice(split + 1).trim();
  }
  return null;
};

/** A token goes before a cookie: a program says on purpose who it is. */
export const credentialOf = (headers: IncomingHttpHeaders, secure: boolean): Credential | null => {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return { kind: 'token', secret: bearer };
  const cookie = cookieOf(headers.cookie, cookieName(secure));
  return cookie === null || cookie === '' ? null : { kind: 'session', secret: cookie };
};
