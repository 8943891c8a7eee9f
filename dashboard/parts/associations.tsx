import type { AssociationList } from '../api/associations.ts';
import { dateAndTime } from '../format/time.ts';
import { live } from '../store.ts';

/** Which device was on whom, from when to when: a reading belongs to who was on it then. */
export const Associations = ({ list }: { readonly list: AssociationList }) => {
  const nameOf = (device: string): string => live.ward.value?.devices.get(device)?.name ?? device;
  return (
    <section aria-labelledby="bed-associations">
      <h2 class="panel-title" id="bed-associations">
        Associations
      </h2>
      {list.state === 'failed' && <p class="nothing">Not available: {list.message}</p>}
      {list.state === 'there' && list.items.length === 0 && <p class="nothing">No device is associated.</p>}
      {list.state === 'there' && (
        <ul class="associations">
          {list.items.map((item) => (
            <li key={item.id}>
              <span>{nameOf(item.device)}</span>
              <span class="dim number">
                {dateAndTime(Date.parse(item.from))} – {item.to === null ? 'now' : dateAndTime(Date.parse(item.to))}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
};
