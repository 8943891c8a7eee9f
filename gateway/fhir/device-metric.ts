import { findMetric } from '../../model/metrics.ts';
import { units } from '../../model/unit.ts';
import { deviceMetricId } from '../ingest/identity.ts';
import { observationCode } from './observation-code.ts';
import type { DeviceMetric } from './r4.ts';
import { concept, type FhirSite, identifier, MDC, reference } from './systems.ts';

/** What an observation's `device` points to (standards.md 2.2): one per device and kind of observation. */
export const deviceMetricResource = (site: FhirSite, device: string, group: string): DeviceMetric => {
  const metric = findMetric(group);
  const unit = metric ? units[metric.unit] : null;
  return {
    resourceType: 'DeviceMetric',
    id: deviceMetricId(device, group),
    identifier: [identifier(site, 'device-metric', `${device}:${group}`)],
    type: observationCode(site, group),
    ...(unit?.refId ? { unit: concept(MDC, String(unit.mdc), unit.refId) } : {}),
    source: reference('Device', device),
    category: 'measurement',
  };
};
