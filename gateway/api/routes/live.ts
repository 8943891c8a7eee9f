import { z } from 'zod';
import type { Guard } from '../guard.ts';
import { viewerOf } from '../lens.ts';
import { EventStream } from '../live/event-stream.ts';
import type { FollowLimits } from '../live/follower.ts';
import type { LiveHub } from '../live/hub.ts';
import { LIVE_PATH } from '../live/screens.ts';
import { HttpProblem } from '../problem.ts';
import { type App, actorOf, problemAnswer, type RouteContext } from './kit.ts';

export interface LiveRoutesOptions {
  readonly hub: LiveHub;
  readonly guard: Guard;
  readonly mostStreams: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly limits?: FollowLimits;
}

export interface EventStreams {
  counts(): { readonly streams: number; readonly closedSlow: number };
  close(): void;
}

/** `Last-Event-ID` is what EventSource sends by itself; `since` is for programs that cannot set a header. */
const sinceOf = (header: string | string[] | undefined, since: string | undefined): number | null => {
  const text = typeof header === 'string' && header !== '' ? header : (since ?? '');
  return /^\d{1,16}$/.test(text) ? Number(text) : text === '' ? null : -1;
};

export const liveRoutes = (app: App, context: RouteContext, options: LiveRoutesOptions): EventStreams => {
  const { clock, lenses, looks } = context;
  const { hub, guard, mostStreams, headers, limits } = options;
  const streams = new Set<EventStream>();
  let closedSlow = 0;

  app.get('/api/v1/events', {
    config: { permission: 'ward:read' },
    schema: {
      tags: ['live'],
      summary: 'Alerts and readings as server-sent events (alert, reading, gap); resumes after Last-Event-ID',
      querystring: z.strictObject({ since: z.string().max(16).optional().describe('As Last-Event-ID') }),
      response: {
        200: { description: 'A stream', content: { 'text/event-stream': { schema: z.string() } } },
        default: problemAnswer,
      },
    },
    handler: (request, reply) => {
      const actor = actorOf(request);
      if (streams.size >= mostStreams) {
        throw new HttpProblem(503, 'too-many-streams', `${mostStreams} event streams are open already.`, {
          hint: 'Close one, or raise the limit.',
          headers: { 'retry-after': '10' },
        });
      }
      const asking = { headers: request.headers, method: 'GET', ip: request.ip };
      reply.hijack();
      reply.raw.writeHead(200, {
        ...headers,
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      if (request.method === 'HEAD') {
        reply.raw.end();
        return;
      }
      const viewer = viewerOf(actor);
      looks.write(actor, 'watch', 'ward', request.ip, viewer === 'pseudonymous' ? 'pseudonymised' : null);
      const stream = new EventStream({
        response: reply.raw,
        hub,
        clock,
        lenses,
        viewer,
        since: sinceOf(request.headers['last-event-id'], request.query.since),
        isSignedIn: () => guard.identify(asking)?.role === actor.role,
        onClose: (tooSlow) => {
          streams.delete(stream);
          if (tooSlow) closedSlow++;
          looks.write(actor, 'watch-ended', 'ward', asking.ip);
        },
        ...(limits ? { limits } : {}),
      });
      streams.add(stream);
    },
  });

  app.get(LIVE_PATH, {
    config: { permission: 'ward:read' },
    schema: {
      tags: ['live'],
      summary: 'The live socket of the screens (WebSocket): see LiveFrame and ScreenFrame',
      querystring: z.looseObject({ since: z.string().optional().describe('`s` of the last frame a screen has') }),
      response: { default: problemAnswer },
    },
    handler: async () => {
      throw new HttpProblem(426, 'upgrade-required', 'This address speaks WebSocket.', {
        hint: 'Connect with a WebSocket client, or read /api/v1/events.',
        headers: { upgrade: 'websocket', connection: 'Upgrade' },
      });
    },
  });

  return {
    counts: () => ({ streams: streams.size, closedSlow }),
    close: () => {
      for (const stream of streams) stream.close();
    },
  };
};
