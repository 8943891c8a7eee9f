import { fhirId } from '../../ingest/identity.ts';
import { detectedIssueResource } from '../detected-issue.ts';
import { system } from '../systems.ts';
import { type Endpoint, intersection, referencedIds } from './endpoint.ts';
import { ourPatientIds } from './people.ts';

export const detectedIssueEndpoint: Endpoint = {
  type: 'DetectedIssue',
  search: {
    parameters: { _id: 'token', identifier: 'token', patient: 'reference', identified: 'date' },
  },
  find(search, context) {
    const patients = referencedIds(search, 'patient', 'Patient')?.flatMap((id) => ourPatientIds(context, id));
    const named = [
      ...(search.tokens._id ?? []).map((list) => list.flatMap((token) => token.code ?? [])),
      ...(search.tokens.identifier ?? []).map((list) =>
        list.flatMap((token) =>
          token.system === undefined || token.system === system(context.site, 'alert') ? (token.code ?? []) : [],
        ),
      ),
    ];
    const ids = named.length > 0 ? intersection(named) : undefined;
    const { identified } = search.dates;
    const page = context.store.alerts.list({
      limit: Math.max(1, search.count),
      ...(ids === undefined ? {} : { ids }),
      ...(patients === undefined ? {} : { patients }),
      ...(identified ? { from: identified.from, to: identified.to } : {}),
      ...(search.cursor === undefined ? {} : { cursor: search.cursor }),
    });
    return {
      resources: page.items.map((record) => detectedIssueResource(context.site, record)),
      next: page.next,
      total: null,
    };
  },
  read(id, { store, site }) {
    const record = store.alerts.get(id);
    return record && fhirId('DetectedIssue', record.alert.id) === id ? detectedIssueResource(site, record) : null;
  },
};
