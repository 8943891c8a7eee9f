import { useEffect, useRef, useState } from 'preact/hooks';
import type { ApiTrend } from '../../model/api.ts';
import { get, messageOf, query } from '../api/http.ts';
import { alignTrends, trendInWords } from '../ward/trend-data.ts';
import type { PlannedTrend } from '../ward/trend-list.ts';

interface Props {
  readonly trend: PlannedTrend;
  /** ms; what was measured before belongs to somebody else. null: nothing of it is known to belong here. */
  readonly since: number | null;
  readonly hours: number;
  readonly unit: string;
  readonly precision: number;
  readonly limits: readonly (number | null)[];
  /** Changes once a minute: then the chart is asked for again. */
  readonly minute: number;
}

type Loaded =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly message: string }
  | { readonly state: 'there'; readonly trends: readonly ApiTrend[]; readonly from: number; readonly to: number };

/** A trend from the gateway's buckets. The chart library is loaded only here, never on the way of an alarm. */
export const TrendChart = ({ trend, since, hours, unit, precision, limits, minute }: Props) => {
  const host = useRef<HTMLDivElement>(null);
  const [loaded, setLoaded] = useState<Loaded>({ state: 'loading' });
  const { device } = trend;
  const metrics = trend.metrics.join(' ');
  const limitText = JSON.stringify(limits);

  useEffect(() => {
    let wanted = true;
    if (since === null) {
      setLoaded({ state: 'failed', message: 'the device is not associated with this patient' });
      return undefined;
    }
    const to = minute * 60_000;
    const from = to - hours * 3600_000;
    const range = { from: new Date(Math.max(from, since)).toISOString(), to: new Date(to).toISOString() };
    Promise.all(metrics.split(' ').map((metric) => get<ApiTrend>(`/trends${query({ device, metric, ...range })}`)))
      .then((trends) => wanted && setLoaded({ state: 'there', trends, from: from / 1000, to: to / 1000 }))
      .catch((error: unknown) => wanted && setLoaded({ state: 'failed', message: messageOf(error) }));
    return () => {
      wanted = false;
    };
  }, [device, metrics, since, hours, minute]);

  useEffect(() => {
    const element = host.current;
    if (!element || loaded.state !== 'there') return undefined;
    let close = () => {};
    let wanted = true;
    import('./chart.ts')
      .then(({ drawChart }) => {
        if (!wanted) return;
        const [first] = loaded.trends;
        const shape = loaded.trends.length === 1 && (first?.points.length ?? 0) > 24 ? 'band' : 'lines';
        const fields = shape === 'band' ? (['min', 'max', 'mean'] as const) : (['mean'] as const);
        close = drawChart(element, {
          data: alignTrends(loaded.trends.map((one) => ({ trend: one, fields }))),
          colour: toHex(getComputedStyle(element).color),
          shape,
          limits: JSON.parse(limitText),
          from: loaded.from,
          to: loaded.to,
          label: trend.label,
        });
      })
      .catch((error: unknown) => setLoaded({ state: 'failed', message: messageOf(error) }));
    return () => {
      wanted = false;
      close();
    };
  }, [loaded, limitText, trend.label]);

  const words =
    loaded.state === 'there' && loaded.trends[0]
      ? trendInWords(loaded.trends[0], precision)
      : loaded.state === 'failed'
        ? `not available: ${loaded.message}`
        : 'loading…';
  return (
    <figure class="trend" data-tone={trend.tone}>
      <figcaption>
        <span class="trend-label">{trend.label}</span> <span class="dim">{unit}</span>
        <span class="trend-words number">{words}</span>
      </figcaption>
      <div class="trend-plot" ref={host} aria-hidden="true" />
    </figure>
  );
};

/** `rgb(43, 227, 107)` as `#2be36b`, to which an opacity can be added. */
const toHex = (colour: string): string => {
  const parts = colour.match(/\d+/g)?.slice(0, 3) ?? [];
  return `#${parts.map((part) => Number(part).toString(16).padStart(2, '0')).join('')}`;
};
