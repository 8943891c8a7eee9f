import { useEffect, useState } from 'preact/hooks';
import type { ApiAssociation, ApiPlace } from '../../model/api.ts';
import { get, messageOf, type Page, query } from './http.ts';

export type AssociationList =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly message: string }
  | { readonly state: 'there'; readonly items: readonly ApiAssociation[] };

const LIMIT = 50;

/** Which device was on the patient of a place (or at the place), and when. */
export const useAssociations = (place: Pick<ApiPlace, 'id' | 'patient'>): AssociationList => {
  const [list, setList] = useState<AssociationList>({ state: 'loading' });
  const { id, patient } = place;
  useEffect(() => {
    let wanted = true;
    setList({ state: 'loading' });
    const filter = patient === null ? { place: id } : { patient };
    get<Page<ApiAssociation>>(`/associations${query({ ...filter, limit: LIMIT })}`)
      .then((page) => wanted && setList({ state: 'there', items: page.items }))
      .catch((cause: unknown) => wanted && setList({ state: 'failed', message: messageOf(cause) }));
    return () => {
      wanted = false;
    };
  }, [id, patient]);
  return list;
};

/**
 * Since when a device measures for a patient without a break: trends go by device, and what it measured before belongs
 * to somebody else. null: it is not on this patient now.
 */
export const associatedSince = (items: readonly ApiAssociation[], device: string, patient: string): number | null => {
  const open = items.filter((item) => item.device === device && item.patient === patient && item.to === null);
  return open.length === 0 ? null : Math.min(...open.map((item) => Date.parse(item.from)));
};
