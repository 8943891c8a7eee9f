import { Subject } from 'rxjs';
import type { DeviceMemory, DriverClock, DriverSample } from '../../drivers/kit/contract.ts';
import type { Sample } from '../../model/sample.ts';
import type { Journal } from '../journal/contract.ts';
import { type ClockEstimate, estimateClock } from './device-clock.ts';
import { frameDigest } from './frame-digest.ts';
import { normalise } from './normalise.ts';
import { createStatusFilter } from './status-filter.ts';
import { createWaveContinuity } from './wave-continuity.ts';

/** What a device runtime hands over: bytes as they came and what its driver read from them. */
export interface Arrival {
  readonly device: string;
  readonly simulated: boolean;
  readonly link: string;
  readonly address: string | null;
  readonly frame: Uint8Array;
  readonly receivedAt: number;
  readonly samples: readonly DriverSample[];
  /** New facts for the device's memory; stored in the same transaction. */
  readonly memory?: DeviceMemory;
}

/** Input that could not be read. */
export interface Unreadable {
  readonly device: string | null;
  readonly link: string;
  readonly address: string | null;
  readonly frame: Uint8Array;
  readonly receivedAt: number;
  readonly code: string;
  readonly detail: string;
}

export interface IngestPorts {
  readonly journal: Journal;
  readonly timeZone: string;
  subjectAt(device: string, takenAt: number): { readonly patient: string | null; readonly place: string | null };
}

export interface Outcome {
  readonly samples: number;
  readonly duplicates: number;
}

/** Frames kept per quarantine entry are cut to this; the digest of the whole stays in the detail. */
const QUARANTINE_BYTES = 4096;

/**
 * The one way in: normalise, drop what is known, hand to rules and screens, journal. The promise resolves when it is
 * on disk, and only then may the sender be told so; rules and screens do not wait for it.
 */
export const createIngest = (ports: IngestPorts) => {
  const samples$ = new Subject<Sample>();
  const clocks = new Map<string, ClockEstimate>();
  const unchanged = createStatusFilter();
  const continued = createWaveContinuity();
  let arrivals = 0;

  const deliver = async (arrival: Arrival): Promise<Outcome> => {
    const { device, receivedAt } = arrival;
    const clockReading = arrival.samples.find((sample): sample is DriverClock => sample.kind === 'clock');
    if (clockReading) clocks.set(device, estimateClock(clockReading, receivedAt, ports.timeZone));
    const digest = frameDigest(arrival.frame);
    const all = normalise(arrival.samples, {
      device,
      receivedAt,
      arrival: arrivals++,
      digest,
      simulated: arrival.simulated,
      timeZone: ports.timeZone,
      clock: clocks.get(device) ?? null,
      subjectAt: (takenAt) => ports.subjectAt(device, takenAt),
    });
    const seen = new Set<string>();
    const fresh = all.filter((sample) => {
      const isFirst = !seen.has(sample.id);
      seen.add(sample.id);
      return isFirst && !ports.journal.isKnown(sample);
    });
    const kept = fresh
      .filter((sample) => sample.kind !== 'status' || unchanged(sample))
      .map((sample) => (sample.kind === 'waveform' ? continued(sample) : sample));
    const duplicates = all.length - fresh.length;
    if (kept.length === 0 && duplicates === 0 && !arrival.memory) return { samples: 0, duplicates };
    // Where all of it is known, the journal answers once the first copy is on disk.
    const stored = ports.journal.append(
      {
        type: 'frame',
        device,
        link: arrival.link,
        receivedAt,
        frame: arrival.frame,
        address: arrival.address,
        digest,
        samples: kept.length === 0 && !arrival.memory ? all : kept,
      },
      arrival.memory ? { memory: { device, facts: arrival.memory } } : {},
    );
    for (const sample of kept) samples$.next(sample);
    await stored;
    return { samples: kept.length, duplicates };
  };

  /** Keeps unreadable input for evidence; resolves when it is on disk, so that it can be acknowledged and blocks nothing. */
  const quarantine = async (input: Unreadable): Promise<void> => {
    const cut = input.frame.length > QUARANTINE_BYTES;
    const detail = cut
      ? `${input.detail} (first ${QUARANTINE_BYTES} of ${input.frame.length} bytes kept)`
      : input.detail;
    await ports.journal.append({
      type: 'quarantine',
      ...input,
      detail,
      frame: cut ? input.frame.subarray(0, QUARANTINE_BYTES) : input.frame,
    });
  };

  return {
    deliver,
    quarantine,
    /** Every new sample, in order of arrival, before it is on disk. */
    samples$: samples$.asObservable(),
    clockOf: (device: string): ClockEstimate | null => clocks.get(device) ?? null,
  };
};

export type Ingest = ReturnType<typeof createIngest>;
