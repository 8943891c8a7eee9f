import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ApiAlert, LiveFrame, ScreenFrame } from '../../model/api.ts';
import { associationsFor, evidenceFor, trendFor } from './fake-answers.ts';
import { type FakeWard, fakeWard, readingOf } from './fake-ward.ts';
import { ekgAt, plethAt, respirationAt, waveFrame } from './fake-waves.ts';

/** The policy the gateway serves the dashboard under (screens-and-alarms.md 6.6). */
export const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

export interface FakeGatewayOptions {
  readonly port?: number;
  readonly beds?: number;
  readonly calm?: boolean;
  readonly simulated?: boolean;
  /** Folder of the built dashboard. */
  readonly root?: string;
}

export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

const WAVE_MS = 250;

/** A gateway that is only a script: the built dashboard, the API's shapes, and a ward that lives. */
export class FakeGateway {
  readonly ward: FakeWard;
  readonly requests: FakeRequest[] = [];
  /** What screens said on the live socket. */
  readonly said: ScreenFrame[] = [];
  private readonly options: FakeGatewayOptions;
  private readonly server = createServer((request, response) => {
    this.answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  private readonly sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  private readonly sequences = new Map<WebSocket, number>();
  private readonly waveSequences = new Map<number, number>();
  private readonly timers: NodeJS.Timeout[] = [];
  private frozen = false;
  private waveTime = Date.now();

  constructor(options: FakeGatewayOptions = {}) {
    this.options = options;
    this.ward = fakeWard(Date.now(), options.beds ?? 6, options.calm ?? false);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async start(): Promise<void> {
    this.server.on('upgrade', (request, socket, head) => {
      this.sockets.handleUpgrade(request, socket, head, (client) => this.welcome(client));
    });
    await new Promise<void>((resolve) => this.server.listen(this.options.port ?? 0, '127.0.0.1', resolve));
    this.timers.push(
      setInterval(() => this.broadcast({ t: 'tick', serverTime: new Date().toISOString() }), 1000),
      setInterval(() => this.sendReadings(), 1000),
      setInterval(() => this.sendWaves(), WAVE_MS),
    );
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    for (const client of this.sockets.clients) client.terminate();
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  /** Sockets stay open and new ones are taken, but nothing is said any more. */
  freeze(): void {
    this.frozen = true;
  }

  thaw(): void {
    this.frozen = false;
    for (const client of this.sockets.clients) client.terminate();
  }

  setAlert(alert: ApiAlert): void {
    this.ward.alerts.set(alert.id, alert);
    this.broadcast({ t: 'alert', alert });
  }

  private welcome(client: WebSocket): void {
    client.on('message', (data) => this.said.push(JSON.parse(String(data)) as ScreenFrame));
    if (this.frozen) return;
    this.sequences.set(client, 0);
    const { ward, options } = this;
    this.tell(client, {
      t: 'snapshot',
      serverTime: new Date().toISOString(),
      ward: { name: 'Ward 4 East', simulated: options.simulated ?? true },
      places: [...ward.places],
      patients: [...ward.patients],
      devices: ward.devices.map(({ device }) => device),
      readings: this.readings(true),
      alerts: [...ward.alerts.values()],
      limits: [...ward.limits],
      metrics: [...ward.metrics],
      channels: [...ward.channels],
      statuses: [...ward.statuses],
    });
  }

  private tell(client: WebSocket, frame: Unnumbered): void {
    const s = (this.sequences.get(client) ?? 0) + 1;
    this.sequences.set(client, s);
    client.send(JSON.stringify({ s, ...frame }));
  }

  private broadcast(frame: Unnumbered): void {
    if (this.frozen) return;
    for (const client of this.sockets.clients) if (this.sequences.has(client)) this.tell(client, frame);
  }

  private readings(all: boolean) {
    const now = Date.now();
    return this.ward.devices.flatMap((fake) =>
      fake.vitals
        .filter((vital) => all || vital.ageMs === undefined)
        .map((vital, index) => {
          const value = vital.base + (vital.swing ?? 0) * Math.sin(now / 4000 + index * 2);
          return readingOf(fake, vital, now - (vital.ageMs ?? 0), value);
        }),
    );
  }

  private sendReadings(): void {
    this.broadcast({ t: 'readings', readings: this.readings(false) });
  }

  private sendWaves(): void {
    const start = this.waveTime;
    this.waveTime = Date.now();
    if (this.frozen) return;
    for (const { channel, device, metric, rateHz, scale } of this.ward.channels) {
      const fake = this.ward.devices.find((one) => one.device.id === device);
      if (!fake || fake.device.state === 'silent') continue;
      const rate = (id: string, otherwise: number) =>
        fake.vitals.find((vital) => vital.metric === id)?.base ?? otherwise;
      const first = Math.ceil((start * rateHz) / 1000);
      const raw: number[] = [];
      for (let index = first; index < (this.waveTime * rateHz) / 1000; index++) {
        const seconds = (index / rateHz) % 86_400;
        const value =
          metric === 'pleth-wave'
            ? plethAt(seconds, rate('heart-rate', 70))
            : metric === 'respiration-wave'
              ? respirationAt(seconds, rate('respiration-rate', 15))
              : ekgAt(seconds, rate('heart-rate', 70));
        raw.push(Math.round(value / scale));
      }
      const sequence = (this.waveSequences.get(channel) ?? 0) + 1;
      this.waveSequences.set(channel, sequence);
      const frame = waveFrame(channel, sequence, (first * 1000) / rateHz, raw);
      for (const client of this.sockets.clients) client.send(frame);
    }
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (!url.pathname.startsWith('/api/')) {
      await this.file(url.pathname, response);
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body: unknown = text === '' ? null : JSON.parse(text);
    const method = request.method ?? 'GET';
    this.requests.push({ method, path: url.pathname, body });
    this.api(method, url, body, request.headers.cookie ?? '', response);
  }

  private api(method: string, url: URL, body: unknown, cookie: string, response: ServerResponse): void {
    const json = (status: number, value: unknown, headers: Record<string, string> = {}) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
    const path = url.pathname.replace('/api/v1', '');
    const signedIn = cookie.includes('sid=fake');
    if (path === '/session') {
      const given = (body ?? {}) as { name?: string; password?: string };
      if (method === 'DELETE') json(200, {}, { 'set-cookie': 'sid=; Max-Age=0; Path=/' });
      else if (given.name === 'nurse' && given.password === 'ward') {
        json(200, {}, { 'set-cookie': 'sid=fake; HttpOnly; SameSite=Strict; Path=/' });
      } else json(401, { title: 'Unauthorized', status: 401, detail: 'Name or password is wrong.' });
      return;
    }
    if (!signedIn) {
      json(401, {
        title: 'Unauthorized',
        status: 401,
        detail: 'Sign in first.',
        demo: 'Sign in as nurse with the password ward.',
      });
      return;
    }
    const now = Date.now();
    const [, id = '', verb = ''] = path.match(/^\/alerts\/([^/]+)\/(\w+)$/) ?? [];
    const alert = this.ward.alerts.get(id);
    if (path === '/me') {
      json(200, { name: 'A. Bianchi', role: 'nurse', permissions: ['alerts:read', 'alerts:handle'] });
    } else if (path === '/alerts') {
      json(200, { items: [...this.ward.alerts.values()], next: null });
    } else if (path === '/associations') {
      json(200, { items: associationsFor(this.ward, url.searchParams, now), next: null });
    } else if (path === '/trends') {
      const ask = (name: string) => url.searchParams.get(name) ?? '';
      json(200, trendFor(this.ward, ask('device'), ask('metric'), Date.parse(ask('from')), Date.parse(ask('to'))));
    } else if (alert && verb === 'evidence') {
      const samples = this.readings(true).filter(
        (reading) => reading.device === alert.device && (alert.metric === null || reading.metric === alert.metric),
      );
      json(200, evidenceFor(alert, samples.slice(0, 3), now));
    } else if (alert && method === 'POST') {
      this.act(alert, verb, now);
      json(200, {});
    } else {
      json(404, { title: 'Not Found', status: 404, detail: `Nothing at ${path}.` });
    }
  }

  private act(alert: ApiAlert, verb: string, now: number): void {
    if (verb === 'acknowledge') {
      const done = { acknowledgedBy: 'A. Bianchi', acknowledgedAt: new Date(now).toISOString() };
      this.setAlert({ ...alert, ...done, state: 'acknowledged', audioPausedUntil: null });
    } else {
      this.setAlert({ ...alert, audioPausedUntil: new Date(now + 120_000).toISOString() });
    }
  }

  private async file(path: string, response: ServerResponse): Promise<void> {
    const root = this.options.root ?? 'dist/dashboard';
    const name = extname(path) === '' ? 'index.html' : normalize(path);
    const bytes = await readFile(join(root, name)).catch(() => null);
    const headers = { 'content-security-policy': CSP, 'x-content-type-options': 'nosniff' };
    if (bytes === null) response.writeHead(404, headers).end();
    else response.writeHead(200, { ...headers, 'content-type': types[extname(name)] ?? 'text/plain' }).end(bytes);
  }
}

type Unnumbered = LiveFrame extends infer Frame ? (Frame extends LiveFrame ? Omit<Frame, 's'> : never) : never;
