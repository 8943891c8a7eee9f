import type { ApiDevice } from '../../model/api.ts';
import type { WardState } from '../live/ward-state.ts';
import { live } from '../store.ts';
import { lastSeen, sourceOf, stateWords } from '../ward/bed.ts';

/** The devices of a place, each with its state and, where it does not run, why and what to do. */
export const DevicePanel = ({
  ward,
  devices,
}: {
  readonly ward: WardState;
  readonly devices: readonly ApiDevice[];
}) => (
  <section aria-labelledby="bed-devices">
    <h2 class="panel-title" id="bed-devices">
      Devices
    </h2>
    {devices.length === 0 && <p class="nothing">No device here.</p>}
    <ul class="device-list">
      {devices.map((device) => {
        const source = sourceOf(device, lastSeen(ward, device), live.now.value);
        const why = device.why ?? device.link.reason;
        return (
          <li key={device.id} class="device-card" data-state={device.state}>
            <span class="state-word" data-state={device.state}>
              <span class="state-dot" data-state={device.state} aria-hidden="true" />
              {stateWords[device.state]}
            </span>
            <a href={`/devices/${encodeURIComponent(device.id)}`}>{device.name}</a>
            <span class="dim number">{source.freshness}</span>
            {device.state !== 'running' && why && <span class="why">{why}</span>}
            {device.state !== 'running' && device.link.hint && <span class="hint">{device.link.hint}</span>}
          </li>
        );
      })}
    </ul>
  </section>
);
