import { useEffect, useState } from 'preact/hooks';
import type { ApiAssociation, ApiPlace } from '../../model/api.ts';
import { get, messageOf, type Page, query } from '../api/http.ts';
import { dateAndTime } from '../format/time.ts';
import { live } from '../store.ts';

/** Which device was on whom, from when to when: a reading belongs to who was on it then. */
export const Associations = ({ place }: { readonly place: ApiPlace }) => {
  const [items, setItems] = useState<readonly ApiAssociation[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const { id, patient } = place;
  useEffect(() => {
    let wanted = true;
    const filter = patient === null ? { place: id } : { patient };
    get<Page<ApiAssociation>>(`/associations${query({ ...filter, limit: 20 })}`)
      .then((page) => wanted && setItems(page.items))
      .catch((cause: unknown) => wanted && setError(messageOf(cause)));
    return () => {
      wanted = false;
    };
  }, [id, patient]);
  const nameOf = (device: string): string => live.ward.value?.devices.get(device)?.name ?? device;
  return (
    <section aria-labelledby="bed-associations">
      <h2 class="panel-title" id="bed-associations">
        Associations
      </h2>
      {error !== null && <p class="nothing">Not available: {error}</p>}
      {items?.length === 0 && <p class="nothing">No device is associated.</p>}
      <ul class="associations">
        {items?.map((item) => (
          <li key={item.id}>
            <span>{nameOf(item.device)}</span>
            <span class="dim number">
              {dateAndTime(Date.parse(item.from))} – {item.to === null ? 'now' : dateAndTime(Date.parse(item.to))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
};
