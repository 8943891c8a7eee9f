import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Access } from '../access/access.ts';
import { type Actor, may } from '../access/actor.ts';
import { type Permission, rolesWith } from '../access/permissions.ts';
import { isLoopback } from '../loopback.ts';
import { credentialOf } from './credentials.ts';
import { type HostPolicy, isOurHost, isOurOrigin } from './origin.ts';
import { HttpProblem } from './problem.ts';

/** `public`: anyone; `signed-in`: anyone who has proved who they are; `local`: from this machine anyone. */
export type RoutePermission = Permission | 'public' | 'signed-in' | { readonly local: Permission };

declare module 'fastify' {
  interface FastifyContextConfig {
    permission?: RoutePermission;
  }
  interface FastifyRequest {
    actor: Actor | null;
  }
}

export interface GuardOptions {
  readonly access: Access;
  readonly secureCookie: boolean;
  readonly hosts: () => HostPolicy;
}

type Asking = Pick<FastifyRequest, 'headers' | 'method' | 'ip'>;

const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD' || method === 'OPTIONS';

/** Who asks, from where, and whether they may: for requests and for sockets alike. */
export class Guard {
  private readonly options: GuardOptions;

  constructor(options: GuardOptions) {
    this.options = options;
  }

  /** Throws HttpProblem where a request is not meant for this gateway, or another site's page sends it. */
  admit(request: Asking, target: string, checkOrigin: boolean): void {
    const { headers, ip } = request;
    if (!isOurHost(headers.host, this.options.hosts())) {
      this.refuse(null, target, 'host', ip);
      throw new HttpProblem(421, 'host-refused', 'The gateway does not answer to that name.', {
        hint: 'Use 127.0.0.1 or localhost, or add the name to the allowed hosts.',
      });
    }
    if (checkOrigin && !isOurOrigin(headers)) {
      this.refuse(null, target, 'origin', ip);
      throw new HttpProblem(403, 'origin-refused', 'Another site’s page may not do that.', {
        hint: 'Open the gateway’s own page.',
      });
    }
  }

  identify(request: Asking): Actor | null {
    const credential = credentialOf(request.headers, this.options.secureCookie);
    return credential ? this.options.access.authenticate(credential) : null;
  }

  /** Throws HttpProblem 401 or 403; both are written down. */
  allow(actor: Actor | null, permission: RoutePermission, target: string, ip: string): void {
    if (permission === 'public') return;
    if (typeof permission === 'object' && isLoopback(ip)) return;
    const needed = typeof permission === 'object' ? permission.local : permission;
    if (!actor) {
      this.refuse(null, target, 'not signed in', ip);
      throw new HttpProblem(401, 'not-signed-in', 'The gateway must know who asks.', {
        hint: 'Sign in with POST /api/v1/session, or send the header Authorization: Bearer ww_… with an API token.',
        headers: { 'www-authenticate': 'Bearer realm="wardwire"' },
      });
    }
    if (needed === 'signed-in' || may(actor, needed)) return;
    this.refuse(actor, target, `needs ${needed}`, ip);
    const roles = rolesWith(needed, this.options.access.policy);
    throw new HttpProblem(403, 'not-permitted', `The role ${actor.role} may not do that.`, {
      hint: `It needs ${needed}${roles.length > 0 ? `, which these roles have: ${roles.join(', ')}` : ''}.`,
    });
  }

  protect(app: FastifyInstance): void {
    app.decorateRequest('actor', null);
    app.addHook('onRoute', (route) => {
      if (route.config?.permission === undefined)
        throw new Error(`${route.method} ${route.url} declares no permission`);
    });
    app.addHook('onRequest', async (request) => {
      const { method, ip } = request;
      const target = `${method} ${request.routeOptions.url ?? 'unknown'}`;
      this.admit(request, target, !isSafe(method));
      if (request.is404) return;
      request.actor = this.identify(request);
      const permission = request.routeOptions.config.permission;
      if (permission === undefined) throw new Error(`${target} declares no permission`);
      this.allow(request.actor, permission, target, ip);
    });
  }

  private refuse(actor: Actor | null, target: string, reason: string, address: string): void {
    const { name: who, role } = actor ?? { name: 'unknown', role: null };
    this.options.access.refusals.write({ who, role, target, reason, address });
  }
}
