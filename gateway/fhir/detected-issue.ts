import type { Alert, Priority } from '../../model/alert.ts';
import { fhirId } from '../ingest/identity.ts';
import type { AlertRecord } from '../records/alert-records.ts';
import type { DetectedIssue } from './r4.ts';
import { coding, type FhirSite, GATEWAY_DEVICE, identifier, instant, reference, system } from './systems.ts';

/** standards.md 2.3, notes; an information signal has no severity. */
const severity: Readonly<Partial<Record<Priority, 'high' | 'moderate' | 'low'>>> = {
  high: 'high',
  medium: 'moderate',
  low: 'low',
};

const mitigationOf = (site: FhirSite, alert: Alert): NonNullable<DetectedIssue['mitigation']> =>
  alert.acknowledgedBy === null
    ? []
    : [
        {
          action: {
            coding: [coding(system(site, 'alert-action'), 'acknowledged')],
            text: alert.note === null ? 'Acknowledged' : `Acknowledged: ${alert.note}`,
          },
          ...(alert.acknowledgedAt === null ? {} : { date: instant(alert.acknowledgedAt) }),
          author: {
            identifier: { system: system(site, 'user'), value: alert.acknowledgedBy },
            display: alert.acknowledgedBy,
          },
        },
      ];

/** An alert: preliminary while it goes on, final when it is over (standards.md 2.3, notes). */
export const detectedIssueResource = (site: FhirSite, record: AlertRecord): DetectedIssue => {
  const { alert } = record;
  const mitigation = mitigationOf(site, alert);
  return {
    resourceType: 'DetectedIssue',
    id: fhirId('DetectedIssue', alert.id),
    meta: { versionId: String(record.version), lastUpdated: instant(record.at) },
    identifier: [identifier(site, 'alert', alert.id)],
    status: alert.state === 'normal' ? 'final' : 'preliminary',
    code: { coding: [coding(system(site, 'alert-code'), alert.code)], text: alert.message },
    ...(severity[alert.priority] ? { severity: severity[alert.priority] } : {}),
    ...(record.patient === null ? {} : { patient: reference('Patient', record.patient) }),
    identifiedPeriod: {
      start: instant(alert.raisedAt),
      ...(alert.endedAt === null ? {} : { end: instant(alert.endedAt) }),
    },
    author: reference('Device', GATEWAY_DEVICE),
    evidence: [
      {
        code: [{ text: `rule ${alert.rule} v${alert.ruleVersion}: ${alert.message}` }],
        ...(record.observations.length > 0
          ? { detail: record.observations.map((id) => ({ reference: `Observation/${id}` })) }
          : {}),
      },
    ],
    ...(mitigation.length > 0 ? { mitigation } : {}),
  };
};
