import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback } from '../loopback.ts';

const hostOf = (authority: string): URL | null => {
  // `new URL` would take a path or user name for part of it.
  if (!/^[\w.\-:[\]]+$/.test(authority)) return null;
  try {
    return new URL(`http://${authority}`);
  } catch {
    return null;
  }
};

export interface HostPolicy {
  /** True while only this machine can reach the API: then a foreign name in `Host` is DNS rebinding. */
  readonly onLoopback: boolean;
  /** Names besides those of loopback, e.g. of a proxy. */
  readonly allowedHosts: readonly string[];
}

/** True where the request was meant for this gateway. */
export const isOurHost = (host: string | undefined, { onLoopback, allowedHosts }: HostPolicy): boolean => {
  const url = hostOf(host ?? '');
  if (!url) return false;
  if (allowedHosts.includes(url.hostname) || allowedHosts.includes(url.host)) return true;
  return onLoopback ? isLoopback(url.hostname) : allowedHosts.length === 0;
};

/**
 * True where a page of ours asks, or something that is no browser: browsers send `Origin` with everything that changes
 * something and with every WebSocket, and a page cannot forge it.
 */
export const isOurOrigin = (headers: IncomingHttpHeaders): boolean => {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  if (origin === undefined) return site === undefined || site === 'same-origin' || site === 'none';
  try {
    const { host: asking, protocol } = new URL(origin);
    if ((protocol !== 'http:' && protocol !== 'https:') || !hostOf(host ?? '')) return false;
    // With the same scheme, so that a default port counts as none.
    return asking === new URL(`${protocol}//${host}`).host;
  } catch {
    return false;
  }
};
