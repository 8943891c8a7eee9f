import { auditEventResource } from '../audit-event.ts';
import { type Endpoint, referencedIds } from './endpoint.ts';
import { ourPatientIds } from './people.ts';

/** Who looked at what. `patient` answers "who looked at my record". */
export const auditEventEndpoint: Endpoint = {
  type: 'AuditEvent',
  search: { parameters: { patient: 'reference', date: 'date' } },
  find(search, context) {
    const patients = referencedIds(search, 'patient', 'Patient');
    const [patient] = patients?.flatMap((id) => ourPatientIds(context, id).slice(-1)) ?? [];
    const { date } = search.dates;
    const page =
      context.audit === null || (patients !== undefined && patient === undefined)
        ? { items: [], next: null }
        : context.audit.list({
            limit: Math.max(1, search.count),
            ...(patient === undefined ? {} : { target: `patient:${patient}` }),
            ...(date ? { from: date.from, to: date.to } : {}),
            ...(search.cursor === undefined ? {} : { cursor: search.cursor }),
          });
    return {
      resources: page.items.map(({ id, entry }) => auditEventResource(context.site, id, entry)),
      next: page.next,
      total: null,
    };
  },
  read(id, { audit, site }) {
    const position = /^[1-9]\d{0,15}$/.test(id) ? Number(id) : null;
    const entry = position === null ? null : (audit?.get(position) ?? null);
    return position !== null && entry !== null ? auditEventResource(site, position, entry) : null;
  },
};
