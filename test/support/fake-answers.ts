import type { ApiAlert, ApiAssociation, ApiEvidence, ApiReading, ApiTrend } from '../../model/api.ts';
import { findMetric } from '../../model/metrics.ts';
import type { FakeWard } from './fake-ward.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

/** A made-up frame of a made-up monitor, with what each byte means. */
const frameHex = 'FA1C0102005E0094005F000F0171D20700620034004301000A3C5B7DE2';
const annotations = [
  { from: 0, to: 1, text: 'start of frame' },
  { from: 1, to: 2, text: 'length 28' },
  { from: 2, to: 4, text: 'message 0x0201: vital signs' },
  { from: 4, to: 6, text: 'sequence 94' },
  { from: 6, to: 8, text: 'heart rate = 148 /min' },
  { from: 8, to: 10, text: 'SpO₂ = 95 %' },
  { from: 10, to: 12, text: 'respiration = 15 /min' },
  { from: 12, to: 14, text: 'temperature = 36.9 °C' },
  { from: 27, to: 29, text: 'CRC-16 E27D ✓' },
];

export const evidenceFor = (alert: ApiAlert, samples: readonly ApiReading[], now: number): ApiEvidence => ({
  alert,
  rule: {
    id: alert.rule,
    version: alert.ruleVersion,
    title: 'Limit with hysteresis and delay',
    parameters: { high: 120, hysteresis: 3, delaySeconds: 10, extremeHigh: 140 },
    sources: [{ fact: 'A limit needs hysteresis and an on-delay', source: 'standards.md 1.7' }],
  },
  samples: [...samples],
  frames: [
    {
      device: alert.device ?? 'mon-3',
      driver: 'ekg-example',
      receivedAt: iso(now - 42_000),
      digest: '9c41d0e7a55b23f18e6604c2b7f91d3a',
      address: null,
      hex: frameHex,
      annotations,
      decoded: ['heart-rate 148 /min', 'spo2 95 %', 'respiration-rate 15 /min', 'body-temperature 36.9 Cel'],
    },
  ],
  history: [
    { at: alert.raisedAt, verb: 'raised', by: null, reason: `${alert.message} for 10 s` },
    ...(alert.acknowledgedAt
      ? [{ at: alert.acknowledgedAt, verb: 'acknowledged', by: alert.acknowledgedBy, reason: alert.note ?? '' }]
      : []),
  ],
});

const POINTS = 120;

/** A wandering trend with a gap, around what the ward shows now. */
export const trendFor = (ward: FakeWard, device: string, metric: string, from: number, to: number): ApiTrend => {
  const found = ward.devices.find((one) => one.device.id === device);
  const vital = found?.vitals.find((one) => one.metric === metric);
  const base = vital?.base ?? 50;
  const swing = Math.max(base * 0.02, vital?.swing ?? 0.5) * 1.5;
  const episodic = findMetric(metric)?.episodic ?? false;
  const count = episodic ? 9 : POINTS;
  const step = (to - from) / count;
  const points = Array.from({ length: count }, (_, index) => {
    const mean = base + swing * (Math.sin(index / 9) + 0.5 * Math.sin(index / 2.3));
    const gap = !episodic && index > 50 && index < 58;
    const at = iso(from + index * step);
    return gap
      ? { at, min: null, max: null, mean: null, count: 0 }
      : { at, min: mean - swing * 0.4, max: mean + swing * 0.4, mean, count: 60 };
  });
  return { device, metric, unit: findMetric(metric)?.unit ?? '1', bucketSeconds: step / 1000, points };
};

export const associationsFor = (ward: FakeWard, filter: URLSearchParams, now: number): readonly ApiAssociation[] =>
  ward.devices
    .filter(({ device }) =>
      filter.has('patient') ? device.patient === filter.get('patient') : device.place === filter.get('place'),
    )
    .map(({ device }) => ({
      id: `as-${device.id}`,
      device: device.id,
      patient: device.patient,
      place: device.patient === null ? device.place : null,
      from: iso(now - 20 * 3600_000),
      to: null,
    }));
