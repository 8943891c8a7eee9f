import type { AuditEntry } from '../../model/journal.ts';
import type { AuditEvent } from './r4.ts';
import { coding, type FhirSite, GATEWAY_DEVICE, instant, reference, system } from './systems.ts';

const AUDIT_TYPE = 'http://terminology.hl7.org/CodeSystem/audit-event-type';
const ENTITY_TYPE = 'http://terminology.hl7.org/CodeSystem/audit-entity-type';
const OBJECT_ROLE = 'http://terminology.hl7.org/CodeSystem/object-role';
const RESTFUL = 'http://hl7.org/fhir/restful-interaction';
const DCM = 'http://dicom.nema.org/resources/ontology/DCM';

/** Login and security codes: standards.md 2.3, notes; everything else is an application activity by its own name. */
const eventOf = (site: FhirSite, action: string): Pick<AuditEvent, 'type' | 'subtype' | 'action'> => {
  switch (action) {
    case 'read':
    case 'vread':
      return { type: coding(AUDIT_TYPE, 'rest'), subtype: [coding(RESTFUL, action)], action: 'R' };
    case 'search':
      return { type: coding(AUDIT_TYPE, 'rest'), subtype: [coding(RESTFUL, 'search-type')], action: 'E' };
    case 'sign-in':
      return {
        type: coding(DCM, '110114', 'User Authentication'),
        subtype: [coding(DCM, '110122', 'Login')],
        action: 'E',
      };
    case 'sign-out':
      return {
        type: coding(DCM, '110114', 'User Authentication'),
        subtype: [coding(DCM, '110123', 'Logout')],
        action: 'E',
      };
    case 'refused':
      return {
        type: coding(DCM, '110113', 'Security Alert'),
        subtype: [coding(system(site, 'audit-action'), action)],
        action: 'E',
      };
    default:
      return {
        type: coding(DCM, '110100', 'Application Activity'),
        subtype: [coding(system(site, 'audit-action'), action)],
        action: 'E',
      };
  }
};

const outcome = { ok: '0', refused: '4', failed: '8' } as const;

const resourceTypes: Readonly<Record<string, string>> = {
  patient: 'Patient',
  device: 'Device',
  place: 'Location',
  observation: 'Observation',
  alert: 'DetectedIssue',
  association: 'DeviceUseStatement',
};

const entityOf = (target: string): NonNullable<AuditEvent['entity']>[number] => {
  const [, kind = '', id = ''] = /^([a-z]+):(.+)$/.exec(target) ?? [];
  const type = resourceTypes[kind];
  if (type === undefined) return { name: target, type: coding(ENTITY_TYPE, '2', 'System Object') };
  return kind === 'patient'
    ? {
        what: reference(type, id),
        type: coding(ENTITY_TYPE, '1', 'Person'),
        role: coding(OBJECT_ROLE, '1', 'Patient'),
      }
    : {
        what: reference(type, id),
        type: coding(ENTITY_TYPE, '2', 'System Object'),
        role: coding(OBJECT_ROLE, '4', 'Domain Resource'),
      };
};

/** `id` is the entry's position in the journal. */
export const auditEventResource = (site: FhirSite, id: number, entry: AuditEntry): AuditEvent => ({
  resourceType: 'AuditEvent',
  id: String(id),
  ...eventOf(site, entry.action),
  recorded: instant(entry.at),
  outcome: outcome[entry.outcome],
  ...(entry.reason === null ? {} : { outcomeDesc: entry.reason }),
  agent: [
    {
      who: { identifier: { system: system(site, 'user'), value: entry.who }, display: entry.who },
      ...(entry.role === null ? {} : { role: [{ coding: [coding(system(site, 'role'), entry.role)] }] }),
      requestor: true,
      ...(entry.address === null ? {} : { network: { address: entry.address, type: '2' as const } }),
    },
  ],
  source: { observer: reference('Device', GATEWAY_DEVICE) },
  ...(entry.target === null ? {} : { entity: [entityOf(entry.target)] }),
});
