import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import { type ClientOptions, WebSocket } from 'ws';
import type { LiveFrame } from '../../model/api.ts';

const WITHIN_MS = 5000;

/** Resolves when the condition holds; the real network is between the two ends, so it is asked again and again. */
export const until = async (condition: () => boolean, what: string): Promise<void> => {
  const end = Date.now() + WITHIN_MS;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};

/** A screen over a real socket. */
export class LiveClient {
  readonly frames: LiveFrame[] = [];
  readonly waves: Uint8Array[] = [];
  readonly socket: WebSocket;
  closed: { readonly code: number; readonly reason: string } | null = null;
  pings = 0;

  constructor(url: string, options: ClientOptions) {
    this.socket = new WebSocket(url, options);
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.waves.push(data);
      else this.frames.push(JSON.parse(String(data)));
    });
    this.socket.on('ping', () => {
      this.pings++;
    });
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
    });
    this.socket.on('error', () => {});
  }

  async frame<T extends LiveFrame['t']>(
    t: T,
    where: (frame: Extract<LiveFrame, { t: T }>) => boolean = () => true,
  ): Promise<Extract<LiveFrame, { t: T }>> {
    const find = () =>
      this.frames.find((frame): frame is Extract<LiveFrame, { t: T }> => frame.t === t && where(frame as never));
    await until(() => find() !== undefined, `a frame ${t}`);
    const found = find();
    if (!found) throw new Error(`no frame ${t}`);
    return found;
  }

  say(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Stops reading, as a frozen browser or a dead network does. */
  freeze(): void {
    this.socket.pause();
  }

  thaw(): void {
    this.socket.resume();
  }
}

/** What the server answers where it does not take the socket. */
export const refusedUpgrade = (
  url: string,
  options: ClientOptions,
): Promise<{ status: number; body: string; type: string }> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, options);
    socket.on('open', () => reject(new Error('it was taken')));
    socket.on('error', reject);
    socket.on('unexpected-response', (_request: ClientRequest, response: IncomingMessage) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body, type: String(response.headers['content-type']) }),
      );
    });
  });

export interface ServerEvent {
  readonly event: string;
  readonly id: string | null;
  readonly data: string;
}

/** A reader of server-sent events over a real socket. */
export class EventClient {
  readonly events: ServerEvent[] = [];
  readonly comments: string[] = [];
  retry: string | null = null;
  status: number | null = null;
  headers: IncomingMessage['headers'] = {};
  ended = false;
  response: IncomingMessage | null = null;
  private readonly request: ClientRequest;
  private rest = '';

  constructor(url: string, headers: Record<string, string>) {
    this.request = get(url, { headers, agent: false }, (response) => {
      this.response = response;
      this.status = response.statusCode ?? 0;
      this.headers = response.headers;
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => this.take(chunk));
      response.on('close', () => {
        this.ended = true;
      });
      response.on('error', () => {});
    });
    this.request.on('error', () => {
      this.ended = true;
    });
  }

  close(): void {
    this.request.destroy();
  }

  private take(chunk: string): void {
    const blocks = (this.rest + chunk).split('\n\n');
    this.rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map<string, string>();
      for (const line of block.split('\n')) {
        const [, name = '', value = ''] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
        if (name === '') this.comments.push(value);
        else fields.set(name, value);
      }
      this.retry = fields.get('retry') ?? this.retry;
      const data = fields.get('data');
      if (data !== undefined) {
        this.events.push({ event: fields.get('event') ?? 'message', id: fields.get('id') ?? null, data });
      }
    }
  }
}
