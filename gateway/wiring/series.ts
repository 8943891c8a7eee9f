import type { ApiWaveform } from '../../model/api.ts';
import { isoTime } from '../../model/time.ts';
import type { WaveformQuery } from '../api/ports.ts';
import type { SeriesReader } from '../gateway-parts.ts';
import { uuidv5 } from '../ingest/identity.ts';
import type { AssociationTable } from '../records/associations.ts';
import type { SeriesSink } from '../sinks/series.ts';

const NAMESPACE = '2f0c1a58-5b0e-4f0b-a6a7-3c9b0a6f1f52';
const DEFAULT_SPAN_MS = 60_000;

/** The embedded series as the API asks for them. A stretch of wave belongs to who was on the device when it began. */
export const seriesReader = (
  sink: SeriesSink,
  table: AssociationTable,
  metricsOf: (device: string) => readonly string[],
  now: () => number,
): SeriesReader => {
  const stretches = (query: WaveformQuery): ApiWaveform[] => {
    const to = query.to ?? now();
    const from = query.from ?? to - DEFAULT_SPAN_MS;
    const devices = query.device === null ? table.list().map(({ device }) => device) : [query.device];
    return [...new Set(devices)].flatMap((device) =>
      metricsOf(device)
        .filter((metric) => query.metric === null || metric === query.metric)
        .flatMap((metric) => {
          const { unit, segments } = sink.waveform({ device, metric, from, to });
          return segments.map(({ from: at, rateHz, scale, offset, raw }): ApiWaveform => {
            const { patient, place } = table.subjectAt(device, at);
            return {
              id: uuidv5(NAMESPACE, JSON.stringify([device, metric, at])),
              device,
              metric,
              unit,
              rateHz,
              scale,
              offset,
              takenAt: isoTime(at),
              endsAt: isoTime(at + (raw.length * 1000) / rateHz),
              quality: 'good',
              patient,
              place,
              raw: [...raw],
            };
          });
        })
        .filter(
          (wave) =>
            (query.patient === null || wave.patient === query.patient) &&
            (query.place === null || wave.place === query.place),
        ),
    );
  };

  return {
    trend: ({ device, metric, from, to, points }) => sink.trend({ device, metric, from, to, buckets: points }),
    waveforms(query) {
      const all = stretches(query);
      const start = query.cursor === null ? 0 : all.findIndex(({ id }) => id === query.cursor) + 1;
      const items = all.slice(start, start + query.limit);
      return { items, next: start + query.limit < all.length ? (items.at(-1)?.id ?? null) : null };
    },
  };
};
