import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { LIVE_CLOSE } from '../../../model/api.ts';
import type { Clock } from '../../../model/clock.ts';
import type { Actor } from '../../access/actor.ts';
import type { Guard } from '../guard.ts';
import { type Lenses, viewerOf } from '../lens.ts';
import type { Looks } from '../looks.ts';
import { HttpProblem, PROBLEM_TYPE, problemOf } from '../problem.ts';
import type { FollowLimits } from './follower.ts';
import type { LiveHub } from './hub.ts';
import { Screen } from './screen.ts';

export const LIVE_PATH = '/api/v1/live';

export interface LiveCounts {
  readonly screens: number;
  /** Screens that say that they are visible; with sound. */
  readonly watched: number;
  readonly withSound: number;
  readonly streams: number;
  readonly wavesDropped: number;
  readonly closedSlow: number;
}

export interface ScreensOptions {
  readonly hub: LiveHub;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly lenses: Lenses;
  readonly looks: Looks;
  readonly most: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly limits?: FollowLimits;
}

/** A screen says little: a list of devices at most. */
const MOST_MESSAGE_BYTES = 64 * 1024;

const sinceOf = (url: URL): number | null => {
  const text = url.searchParams.get('since');
  return text !== null && /^\d{1,16}$/.test(text) ? Number(text) : null;
};

/** The live socket's front door, and the screens behind it. */
export class Screens {
  private readonly options: ScreensOptions;
  private readonly server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MOST_MESSAGE_BYTES,
    // Compressing costs memory per socket and time per frame; a ward's network has the room.
    perMessageDeflate: false,
  });
  private readonly screens = new Set<Screen>();
  private wavesDropped = 0;
  private closedSlow = 0;

  constructor(options: ScreensOptions) {
    this.options = options;
  }

  counts(): Omit<LiveCounts, 'streams'> {
    const screens = [...this.screens];
    const watched = screens.filter(({ watching }) => watching?.visible);
    return {
      screens: screens.length,
      watched: watched.length,
      withSound: watched.filter(({ watching }) => watching?.sound).length,
      wavesDropped: this.wavesDropped + screens.reduce((sum, screen) => sum + screen.wavesDropped, 0),
      closedSlow: this.closedSlow,
    };
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // A caller that goes away while it is refused must not end the process.
    socket.on('error', () => socket.destroy());
    try {
      this.admit(request, socket, head);
    } catch (error) {
      const { problem } = problemOf(error);
      this.refuse(socket, problem);
    }
  }

  async close(): Promise<void> {
    for (const screen of this.screens) screen.close(LIVE_CLOSE.goingAway, 'the gateway stops');
    // The goodbye is handed to the system in this turn; whoever is frozen is not waited for.
    await setImmediate();
    for (const screen of this.screens) screen.terminate();
  }

  private admit(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { guard, most } = this.options;
    const asking = { headers: request.headers, method: 'GET', ip: request.socket.remoteAddress ?? '' };
    const target = `GET ${LIVE_PATH}`;
    guard.admit(asking, target, true);
    const url = new URL(request.url ?? '/', 'http://gateway');
    if (url.pathname !== LIVE_PATH) {
      throw new HttpProblem(404, 'not-found', 'There is no socket here.', { hint: `The live socket is ${LIVE_PATH}.` });
    }
    const actor = guard.identify(asking);
    guard.allow(actor, 'ward:read', target, asking.ip);
    if (!actor) return;
    if (this.screens.size >= most) {
      throw new HttpProblem(503, 'too-many-screens', `${most} screens are connected already.`, {
        hint: 'Close one, or raise the limit.',
        headers: { 'retry-after': '10' },
      });
    }
    this.server.handleUpgrade(request, socket, head, (accepted) => {
      this.open(accepted, actor, asking, sinceOf(url));
    });
  }

  private open(
    socket: ConstructorParameters<typeof Screen>[0]['socket'],
    actor: Actor,
    asking: { headers: IncomingMessage['headers']; method: string; ip: string },
    since: number | null,
  ): void {
    const { hub, guard, clock, lenses, looks, limits } = this.options;
    looks.write(actor, 'watch', 'ward', asking.ip, viewerOf(actor) === 'pseudonymous' ? 'pseudonymised' : null);
    const screen = new Screen({
      socket,
      hub,
      clock,
      lenses,
      viewer: viewerOf(actor),
      since,
      isSignedIn: () => guard.identify(asking)?.role === actor.role,
      onClose: (closed, tooSlow) => {
        this.screens.delete(closed);
        this.wavesDropped += closed.wavesDropped;
        if (tooSlow) this.closedSlow++;
        looks.write(actor, 'watch-ended', 'ward', asking.ip);
      },
      ...(limits ? { limits } : {}),
    });
    this.screens.add(screen);
  }

  private refuse(socket: Duplex, problem: HttpProblem): void {
    const body = JSON.stringify(problem);
    const headers = {
      ...this.options.headers,
      ...problem.headers,
      'content-type': PROBLEM_TYPE,
      'content-length': String(Buffer.byteLength(body)),
      connection: 'close',
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    socket.end(`HTTP/1.1 ${problem.status} ${problem.toJSON().title}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
  }
}
