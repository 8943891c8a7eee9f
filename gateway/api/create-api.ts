import type { Clock } from '../../model/clock.ts';
import { CodedError } from '../../model/errors.ts';
import type { AuditEntry } from '../../model/journal.ts';
import type { Access } from '../access/access.ts';
import { checkBind } from '../access/bind-policy.ts';
import { isLoopback } from '../loopback.ts';
import { Guard } from './guard.ts';
import { createLenses } from './lens.ts';
import type { FollowLimits } from './live/follower.ts';
import { LiveHub } from './live/hub.ts';
import { type LiveCounts, Screens } from './live/screens.ts';
import { Looks } from './looks.ts';
import { serveMetrics } from './metrics.ts';
import { describeApi } from './openapi.ts';
import type { GatewayView } from './ports.ts';
import { alertRoutes } from './routes/alerts.ts';
import { dashboardRoutes } from './routes/dashboard.ts';
import { fhirRoutes } from './routes/fhir.ts';
import { healthRoutes } from './routes/health.ts';
import type { App, RouteContext } from './routes/kit.ts';
import { liveRoutes } from './routes/live.ts';
import { operationRoutes } from './routes/operations.ts';
import { peopleRoutes } from './routes/people.ts';
import { readingRoutes } from './routes/readings.ts';
import { sessionRoutes } from './routes/session.ts';
import { wardRoutes } from './routes/ward.ts';
import { securityHeaders } from './security-headers.ts';
import { type ApiFault, createServer, type TlsOptions } from './server.ts';

export interface ApiOptions {
  readonly view: GatewayView;
  readonly access: Access;
  readonly audit: (entry: AuditEntry) => void;
  readonly clock: Clock;
  /** The built dashboard; null: none. */
  readonly staticDir: string | null;
  readonly version: string;
  readonly tls?: TlsOptions;
  /** TLS ends in front of the gateway: cookies are marked as if it ended here. */
  readonly behindTls?: boolean;
  /** The site accepts patient data in the clear on its network. */
  readonly insecure?: boolean;
  /** Names under which the gateway is reached besides those of loopback. */
  readonly allowedHosts?: readonly string[];
  readonly trustedTypes?: boolean;
  /** Numbers of this process in `/metrics`; default: true. */
  readonly processMetrics?: boolean;
  readonly mostScreens?: number;
  readonly mostStreams?: number;
  readonly follow?: FollowLimits;
  /** Faults behind answers 500. */
  readonly report?: (fault: ApiFault) => void;
}

export interface ApiAddress {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** What the bind policy warns of; null: nothing. */
  readonly warning: string | null;
}

export interface Api {
  /** Rejects with CodedError<'bind-refused' | 'address-in-use' | 'address-failed'>. */
  listen(host: string, port: number): Promise<ApiAddress>;
  close(): Promise<void>;
  /** Who watches: no screen that is visible and sounds is itself worth an alert. */
  live(): LiveCounts;
  /** Asks without a socket. */
  readonly inject: App['inject'];
}

export type ListenErrorCode = 'bind-refused' | 'address-in-use' | 'address-failed';

const MOST_SCREENS = 256;
const MOST_STREAMS = 64;

const listenError = (error: unknown, host: string, port: number): CodedError<ListenErrorCode> => {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new CodedError('address-in-use', `${host}:${port} is in use.`, {
      hint: 'Another Wardwire or program listens there: stop it, or give another port.',
      cause: error,
    });
  }
  return new CodedError('address-failed', `The API cannot listen on ${host}:${port} (${code ?? 'unknown'}).`, {
    hint: 'Give an address of this machine, and a port above 1023 where it does not run as root.',
    cause: error,
  });
};

/** The gateway's HTTP side: routes, live feeds, dashboard. It knows the gateway only as `GatewayView`. */
export const createApi = async (options: ApiOptions): Promise<Api> => {
  const { view, access, audit, clock, version, allowedHosts = [], follow } = options;
  const tls = options.tls ?? null;
  const secureCookie = tls !== null || options.behindTls === true;
  const headers = securityHeaders({ tls: secureCookie, trustedTypes: options.trustedTypes ?? false });
  let onLoopback = true;

  const app = createServer({ tls, headers, report: options.report ?? (() => {}) });
  const guard = new Guard({ access, secureCookie, hosts: () => ({ onLoopback, allowedHosts }) });
  const lenses = createLenses(access.pseudonymKey());
  const looks = new Looks(clock, audit);
  const hub = new LiveHub(view, clock, lenses);
  const limits = follow ? { limits: follow } : {};
  const mostScreens = options.mostScreens ?? MOST_SCREENS;
  const screens = new Screens({ hub, guard, clock, lenses, looks, headers, most: mostScreens, ...limits });
  const context: RouteContext = { view, access, clock, lenses, looks, secureCookie, version };

  guard.protect(app);
  await describeApi(app, version);
  const streams = liveRoutes(app, context, {
    hub,
    guard,
    headers,
    mostStreams: options.mostStreams ?? MOST_STREAMS,
    ...limits,
  });
  const live = (): LiveCounts => {
    const [ofScreens, ofStreams] = [screens.counts(), streams.counts()];
    return { ...ofScreens, streams: ofStreams.streams, closedSlow: ofScreens.closedSlow + ofStreams.closedSlow };
  };
  serveMetrics(app, { view, live, process: options.processMetrics ?? true });
  const all = [
    sessionRoutes,
    wardRoutes,
    readingRoutes,
    alertRoutes,
    operationRoutes,
    peopleRoutes,
    healthRoutes,
    fhirRoutes,
  ];
  for (const routes of all) routes(app, context);
  await dashboardRoutes(app, options.staticDir);
  await app.ready();
  app.server.on('upgrade', (request, socket, head) => screens.upgrade(request, socket, head));

  return {
    async listen(host, port) {
      const verdict = checkBind({ host, tls: tls !== null, insecure: options.insecure ?? false });
      if (!verdict.ok) throw new CodedError<ListenErrorCode>(verdict.code, verdict.message, { hint: verdict.hint });
      onLoopback = isLoopback(host);
      try {
        await app.listen({ host, port });
      } catch (error) {
        throw listenError(error, host, port);
      }
      const bound = app.server.address();
      if (bound === null || typeof bound === 'string') throw listenError(new Error('no address'), host, port);
      const name = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
      const url = `${tls ? 'https' : 'http'}://${name}:${bound.port}`;
      return { host: bound.address, port: bound.port, url, warning: verdict.warning };
    },
    async close() {
      streams.close();
      await screens.close();
      hub.close();
      await app.close();
    },
    live,
    inject: app.inject.bind(app) as App['inject'],
  };
};
