import type { Driver } from '../../drivers/kit/contract.ts';
import type { ApiAlert, ApiEvidence } from '../../model/api.ts';
import type { AlertEntry, FrameEntry } from '../../model/journal.ts';
import { findMetric } from '../../model/metrics.ts';
import type { Sample } from '../../model/sample.ts';
import { isoTime } from '../../model/time.ts';
import { units } from '../../model/unit.ts';
import { apiReading } from './api-shapes.ts';

export interface ByteNote {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

export interface EvidencePorts {
  /** The journal entry that holds a sample, or null where retention has removed it. */
  frameOf(sampleId: string): FrameEntry | null;
  driverOf(device: string): Driver | null;
  annotate(driver: Driver, entry: FrameEntry): readonly ByteNote[];
  rule(id: string): Omit<ApiEvidence['rule'], 'id' | 'version'> | null;
  history(alertId: string): readonly AlertEntry[];
}

/** One line a person can check against the bytes. */
const sampleText = (sample: Sample): string => {
  if (sample.kind === 'status')
    return `${sample.code}: ${sample.active === null ? 'unknown' : sample.active ? 'yes' : 'no'} (${sample.text})`;
  const label = findMetric(sample.metric)?.label ?? sample.metric;
  if (sample.kind === 'waveform') return `${label}: ${sample.raw.length} samples at ${sample.rateHz} Hz`;
  const value =
    sample.value === null
      ? `no value (${sample.reasons.join(', ')})`
      : `${sample.comparator ?? ''}${sample.value} ${units[sample.unit].display}`;
  return `${label} ${value}`;
};

/** From an alert down to the bytes (promise 6): rule and its version, samples, raw frames with what each byte means. */
export const buildEvidence = (alert: ApiAlert, sampleIds: readonly string[], ports: EvidencePorts): ApiEvidence => {
  const frames = new Map<string, FrameEntry>();
  const samples: ApiEvidence['samples'] = [];
  for (const id of sampleIds) {
    const entry = ports.frameOf(id);
    if (!entry) continue;
    frames.set(entry.digest + entry.receivedAt, entry);
    const sample = entry.samples.find((candidate) => candidate.id === id);
    if (sample?.kind === 'numeric') samples.push(apiReading(sample));
  }
  return {
    alert,
    rule: {
      id: alert.rule,
      version: alert.ruleVersion,
      ...(ports.rule(alert.rule) ?? { title: alert.rule, parameters: {}, sources: [] }),
    },
    samples,
    frames: [...frames.values()].map((entry) => {
      const driver = ports.driverOf(entry.device);
      return {
        device: entry.device,
        driver: driver?.id ?? 'unknown',
        receivedAt: isoTime(entry.receivedAt),
        digest: entry.digest,
        address: entry.address,
        hex: Buffer.from(entry.frame).toString('hex'),
        annotations: driver ? [...ports.annotate(driver, entry)] : [],
        decoded: entry.samples.map(sampleText),
      };
    }),
    history: ports.history(alert.id).map(({ at, verb, by, reason }) => ({ at: isoTime(at), verb, by, reason })),
  };
};
