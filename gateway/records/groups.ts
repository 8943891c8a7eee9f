import type { MetricCategory } from '../../model/metric.ts';
import { findMetric, metrics } from '../../model/metrics.ts';
import type { ObservationFacts } from './observation.ts';

/*
 * Which metrics of one measurement make one observation. Blood pressure: one panel, the pulse apart (standards.md 2.3);
 * pump and room: compound observations (2.2, 2.3). Everything else: one observation per metric.
 */

export interface Group {
  readonly id: string;
  readonly name: string;
  readonly category: MetricCategory;
  readonly metrics: readonly string[];
  readonly panel: boolean;
}

const metricIds = (prefix: string): string[] =>
  metrics.filter((metric) => metric.id.startsWith(prefix) && metric.kind === 'numeric').map((metric) => metric.id);

const panels: readonly Group[] = [
  {
    id: 'blood-pressure',
    name: 'Blood pressure',
    category: 'vital-signs',
    metrics: ['nibp-systolic', 'nibp-diastolic', 'nibp-mean'],
    panel: true,
  },
  {
    id: 'pressure-1',
    name: 'Pressure line 1',
    category: 'vital-signs',
    metrics: metricIds('pressure-1-'),
    panel: true,
  },
  {
    id: 'pressure-2',
    name: 'Pressure line 2',
    category: 'vital-signs',
    metrics: metricIds('pressure-2-'),
    panel: true,
  },
  {
    id: 'pump-status',
    name: 'Infusion pump status',
    category: 'procedure',
    metrics: ['infusion-rate', 'infused-volume', 'volume-to-be-infused', 'volume-remaining', 'infusion-time-remaining'],
    panel: true,
  },
  {
    id: 'room-climate',
    name: 'Room climate',
    category: 'environment',
    metrics: metrics.filter((metric) => metric.category === 'environment').map((metric) => metric.id),
    panel: true,
  },
];

/** Strips of EKG leads: filed when an alert is raised or on request, never continuously (standards.md 2.3, notes). */
export const STRIP = 'ekg-strip';

const strip: Group = {
  id: STRIP,
  name: 'EKG strip',
  category: 'procedure',
  metrics: metrics.filter((metric) => metric.id.startsWith('ecg-lead-')).map((metric) => metric.id),
  panel: true,
};

const inPanel = new Map([...panels, strip].flatMap((group) => group.metrics.map((metric) => [metric, group] as const)));

const singles: readonly Group[] = metrics
  .filter((metric) => metric.kind === 'numeric' && !inPanel.has(metric.id))
  .map((metric) => ({
    id: metric.id,
    name: metric.name,
    category: metric.category,
    metrics: [metric.id],
    panel: false,
  }));

export const groups: readonly Group[] = [...panels, strip, ...singles];

const byId = new Map(groups.map((group) => [group.id, group]));
const byMetric = new Map(groups.flatMap((group) => group.metrics.map((metric) => [metric, group] as const)));

export const findGroup = (id: string): Group | null => byId.get(id) ?? null;

/** The group a metric is filed under; null where the catalogue does not know the metric. */
export const groupOfMetric = (metric: string): Group | null => byMetric.get(metric) ?? null;

export const isStrippable = (metric: string): boolean => inPanel.get(metric) === strip;

/** True where the observation may be about a person: not the air of a room, not the state of a device. */
export const isClinical = (group: Group): boolean => group.category !== 'environment' && group.category !== 'device';

/** What the code of an observation depends on besides its group: the unit, where LOINC has one code for each. */
export const variantOf = (facts: Pick<ObservationFacts, 'group' | 'values'>): string => {
  const first = facts.values[0];
  return first && Object.keys(findMetric(facts.group)?.loincByUnit ?? {}).length > 0 ? first.unit : '';
};
