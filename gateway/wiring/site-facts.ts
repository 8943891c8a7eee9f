import type { AlertEntry, JournalEntry } from '../../model/journal.ts';
import type { Patient, Place } from '../../model/person.ts';
import type { SiteConfig } from '../config/schema.ts';
import type { Journal } from '../journal/contract.ts';

export const patientsOf = (site: SiteConfig): Patient[] =>
  site.patients.map(({ id, mrn, family, given, birthDate, gender, place }) => ({
    id,
    mrn,
    family,
    given,
    birthDate: birthDate ?? null,
    gender,
    place: place ?? null,
  }));

export const placesOf = (site: SiteConfig): Place[] =>
  site.places.map(({ id, name, kind, profile }) => ({ id, name, kind, profile: profile ?? null }));

/** Every entry of the given types behind a position: what a projection has not yet taken when the gateway starts. */
export const entriesBehind = <Type extends JournalEntry['type']>(
  journal: Journal,
  position: number,
  type: Type,
): Extract<JournalEntry, { readonly type: Type }>[] => {
  const found: Extract<JournalEntry, { readonly type: Type }>[] = [];
  for (let after = position; ; ) {
    const batch = journal.read(after, 500, [type]);
    for (const { entry } of batch)
      if (entry.type === type) found.push(entry as Extract<JournalEntry, { readonly type: Type }>);
    const last = batch.at(-1);
    if (!last || batch.length < 500) return found;
    after = last.position;
  }
};

/** The parameters that rules take from the site's own facts. */
export const ruleFactsOf = (site: SiteConfig): Readonly<Record<string, unknown>> => {
  const profiles = site.places.flatMap(({ id, profile }) => (profile === undefined ? [] : [[id, profile] as const]));
  const volumes = site.devices.flatMap(({ id, options }) =>
    typeof options.volumeToBeInfused === 'number' ? [[id, options.volumeToBeInfused] as const] : [],
  );
  return {
    'storage-climate': { places: Object.fromEntries(profiles) },
    'pump-near-end': { volumes: Object.fromEntries(volumes) },
  };
};

/** Newest state of each alert. */
export const newestAlerts = (entries: readonly AlertEntry[]): AlertEntry['alert'][] => [
  ...new Map(entries.map(({ alert }) => [alert.id, alert])).values(),
];
