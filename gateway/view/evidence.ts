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
  readonly frames: readonly FrameEntry[];
  readonly history: readonly AlertEntry[];
  driverOf(device: string): Driver | null;
  annotate(driver: Driver, entry: FrameEntry): readonly ByteNote[];
  rule(id: string): Omit<ApiEvidence['rule'], 'id' | 'version'> | null;
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
export const buildEvidence = (alert: ApiAlert, sampleIds: readonly string[], ports: EvidencePorts): ApiEvidence => ({
  alert,
  rule: {
    id: alert.rule,
    version: alert.ruleVersion,
    ...(ports.rule(alert.rule) ?? { title: alert.rule, parameters: {}, sources: [] }),
  },
  samples: ports.frames.flatMap(({ samples }) =>
    samples.flatMap((sample) =>
      sample.kind === 'numeric' && sampleIds.includes(sample.id) ? [apiReading(sample)] : [],
    ),
  ),
  frames: ports.frames.map((entry) => {
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
  history: ports.history.map(({ at, verb, by, reason }) => ({ at: isoTime(at), verb, by, reason })),
});
