import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { LiveCounts } from './live/screens.ts';
import type { GatewayCounter, GatewayView } from './ports.ts';

export interface MetricsOptions {
  readonly view: GatewayView;
  readonly live: () => LiveCounts;
  /** Memory, processor time and event-loop lag of this process. */
  readonly process: boolean;
}

/** Seconds; the goal for an answer of the API is far below the first second. */
const BUCKETS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10];

/** The gateway's numbers as one text; a counter that comes and goes with its labels needs no bookkeeping. */
class ViewMetrics {
  private readonly registry: Registry;
  private readonly names = new Set<string>();

  constructor(registry: Registry) {
    this.registry = registry;
  }

  collect(counters: readonly GatewayCounter[]): void {
    for (const name of this.names) this.registry.removeSingleMetric(name);
    this.names.clear();
    const groups = new Map<string, GatewayCounter[]>();
    for (const counter of counters) {
      const group = groups.get(counter.name);
      if (group) group.push(counter);
      else groups.set(counter.name, [counter]);
    }
    for (const [name, group] of groups) {
      const labelNames = [...new Set(group.flatMap(({ labels }) => Object.keys(labels)))];
      const settings = { name, help: group[0]?.help || name, labelNames, registers: [this.registry] };
      this.names.add(name);
      if (group[0]?.kind === 'gauge') {
        const gauge = new Gauge(settings);
        for (const { labels, value } of group) gauge.set(labels, value);
      } else {
        const total = new Counter(settings);
        for (const { labels, value } of group) if (value >= 0) total.inc(labels, value);
      }
    }
  }
}

/** `/metrics` for Prometheus: counts and times, never a patient. */
export const serveMetrics = (app: FastifyInstance, { view, live, process: ofProcess }: MetricsOptions): void => {
  const registry = new Registry();
  if (ofProcess) collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'wardwire_http_request_seconds',
    help: 'Time to answer a request of the API, by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  });
  const gauge = (name: string, help: string, value: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value());
      },
    });
  };
  gauge('wardwire_live_screens', 'Screens on the live socket', () => live().screens);
  gauge('wardwire_live_screens_watched', 'Of these, visible', () => live().watched);
  gauge('wardwire_live_screens_with_sound', 'Of these, visible and with sound', () => live().withSound);
  gauge('wardwire_live_event_streams', 'Readers of server-sent events', () => live().streams);
  gauge('wardwire_live_wave_frames_dropped', 'Wave frames that slow screens did not get', () => live().wavesDropped);
  gauge('wardwire_live_closed_slow', 'Screens and streams closed because they were too slow', () => live().closedSlow);
  const ofView = new ViewMetrics(registry);

  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    requests.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
  });

  app.get('/metrics', {
    config: { permission: { local: 'operations:read' } },
    schema: { tags: ['operations'], summary: 'Prometheus metrics; from this machine without signing in' },
    handler: async (_request, reply) => {
      ofView.collect(view.counters());
      reply.type(registry.contentType);
      return registry.metrics();
    },
  });

  app.addHook('onClose', async () => registry.clear());
};
