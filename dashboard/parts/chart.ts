import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { TrendColumns } from '../ward/trend-data.ts';

export interface ChartOptions {
  readonly data: TrendColumns;
  readonly colour: string;
  /** `band`: min, max and mean of one metric; `lines`: the means of several. */
  readonly shape: 'band' | 'lines';
  readonly limits: readonly (number | null)[];
  /** Seconds. */
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

const HEIGHT = 112;
const AXIS = '#8b98a5';
const GRID = '#1f2933';
const FONT = '11px system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

/** Limits in force, dashed across the chart. */
const limitLines = (limits: ChartOptions['limits']): uPlot.Plugin => ({
  hooks: {
    draw: (plot) => {
      const { ctx, bbox } = plot;
      ctx.save();
      ctx.strokeStyle = AXIS;
      ctx.setLineDash([4, 5]);
      for (const limit of limits) {
        if (limit === null) continue;
        const y = plot.valToPos(limit, 'y', true);
        if (y < bbox.top || y > bbox.top + bbox.height) continue;
        ctx.beginPath();
        ctx.moveTo(bbox.left, y);
        ctx.lineTo(bbox.left + bbox.width, y);
        ctx.stroke();
      }
      ctx.restore();
    },
  },
});

const seriesFor = ({ shape, colour, data, label }: ChartOptions): uPlot.Series[] => {
  const points = { show: shape === 'lines', size: 5, fill: colour, stroke: colour };
  if (shape === 'lines') {
    return data.columns.map(() => ({ label, stroke: colour, width: 1.25, points }));
  }
  const edge: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false } };
  return [edge, edge, { label, stroke: colour, width: 1.75, points: { show: false } }];
};

/** Draws a trend into `host`. Returns what takes it away. */
export const drawChart = (host: HTMLElement, options: ChartOptions): (() => void) => {
  const { data, colour, shape, limits, from, to } = options;
  const known = limits.filter((limit) => limit !== null);
  const plot = new uPlot(
    {
      width: host.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
      padding: [8, 18, 0, 0],
      scales: {
        x: { time: true, range: [from, to] },
        y: {
          range: (_plot, low, high) => {
            const least = Math.min(low ?? Number.POSITIVE_INFINITY, ...known);
            const most = Math.max(high ?? Number.NEGATIVE_INFINITY, ...known);
            if (!Number.isFinite(least) || !Number.isFinite(most)) return [0, 1];
            const pad = (most - least || 2) * 0.08;
            return [least - pad, most + pad];
          },
        },
      },
      axes: [
        {
          stroke: AXIS,
          font: FONT,
          size: 24,
          grid: { stroke: GRID, width: 1 },
          ticks: { show: false },
          values: (_plot, splits) =>
            splits.map((at) => new Date(at * 1000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })),
        },
        { stroke: AXIS, font: FONT, size: 38, grid: { stroke: GRID, width: 1 }, ticks: { show: false }, space: 26 },
      ],
      series: [{}, ...seriesFor(options)],
      ...(shape === 'band' ? { bands: [{ series: [2, 1] as [number, number], fill: `${colour}2e` }] } : {}),
      plugins: [limitLines(limits)],
    },
    [[...data.times], ...data.columns.map((column) => [...column])],
    host,
  );
  const observer = new ResizeObserver(() => plot.setSize({ width: host.clientWidth, height: HEIGHT }));
  observer.observe(host);
  return () => {
    observer.disconnect();
    plot.destroy();
  };
};
