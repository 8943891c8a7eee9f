import type { ApiReading, ApiStatus } from '../../model/api.ts';
import type { NumericSample, Sample } from '../../model/sample.ts';
import { isoTime } from '../../model/time.ts';
import type { LiveEvent } from '../api/ports.ts';
import { apiReading } from '../view/api-shapes.ts';

/** What is so now, for screens that come in, and each change for those that are there. */
export const createWardState = () => {
  /** As they came: what no screen asks for is never put into words. */
  const readings = new Map<string, NumericSample>();
  const statuses = new Map<string, ApiStatus>();
  const listeners = new Set<(event: LiveEvent) => void>();

  const tell = (event: LiveEvent): void => {
    for (const listener of listeners) listener(event);
  };

  return {
    tell,
    take(sample: Sample): void {
      if (sample.kind === 'numeric') {
        const key = `${sample.device}\n${sample.metric}`;
        const before = readings.get(key);
        // A meter is read newest first: what is older than what stands on the screen changes nothing there.
        if (before && before.takenAt > sample.takenAt) return;
        readings.set(key, sample);
        if (listeners.size > 0) tell({ t: 'reading', reading: apiReading(sample) });
      } else if (sample.kind === 'waveform') {
        const { device, metric, unit, rateHz, scale, offset, takenAt, raw } = sample;
        tell({ t: 'wave', wave: { device, metric, unit, rateHz, scale, offset, takenAt, raw } });
      } else {
        const { device, code, active, role, text } = sample;
        const status: ApiStatus = { device, code, active, role, text, takenAt: isoTime(sample.takenAt) };
        statuses.set(`${device}\n${code}`, status);
        tell({ t: 'status', status });
      }
    },
    readings: (): readonly ApiReading[] => [...readings.values()].map(apiReading),
    statuses: (): readonly ApiStatus[] => [...statuses.values()],
    subscribe(listener: (event: LiveEvent) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

export type WardState = ReturnType<typeof createWardState>;
