import type { ApiDevice } from '../../model/api.ts';
import { age, ago, dateAndTime } from '../format/time.ts';
import type { WardState } from '../live/ward-state.ts';
import { ScrollArea } from '../parts/scroll-area.tsx';
import { bedPath } from '../route.ts';
import { live } from '../store.ts';
import { lastSeen, stateWords } from '../ward/bed.ts';

/** What needs work stands first. */
const order: Readonly<Record<ApiDevice['state'], number>> = {
  silent: 0,
  degraded: 1,
  'never-seen': 2,
  maintenance: 3,
  running: 4,
};

const linkWords = { up: 'up', down: 'down', connecting: 'connecting' } as const;

const offsetText = (seconds: number | null): string =>
  seconds === null ? '–' : `${seconds < 0 ? '−' : '+'}${Math.abs(seconds).toFixed(1)} s`;

const Counters = ({ counters }: { readonly counters: ApiDevice['counters'] }) => {
  const entries = Object.entries(counters).filter(([, count]) => count > 0);
  if (entries.length === 0) return <span class="dim">none</span>;
  return (
    <ul class="counters">
      {entries.map(([name, count]) => (
        <li key={name}>
          <span class="dim">{name}</span> <span class="number">{count.toLocaleString('en-GB')}</span>
        </li>
      ))}
    </ul>
  );
};

const Row = ({
  ward,
  device,
  current,
}: {
  readonly ward: WardState;
  readonly device: ApiDevice;
  readonly current: boolean;
}) => {
  const now = live.now.value;
  const last = lastSeen(ward, device);
  const place = device.place === null ? null : ward.places.get(device.place);
  const troubled = device.state !== 'running' || device.link.state !== 'up';
  return (
    <tr data-state={device.state} data-device={device.id} data-current={current || undefined}>
      <td data-label="State">
        <span class="state-word" data-state={device.state}>
          <span class="state-dot" data-state={device.state} aria-hidden="true" />
          {stateWords[device.state]}
        </span>
      </td>
      <th scope="row" data-label="Device">
        <span class="device-name">{device.name}</span>
        <span class="dim code">{device.driver}</span>
        {device.simulated && <span class="simulated-word">SIMULATED</span>}
      </th>
      <td data-label="Place">
        {place ? <a href={bedPath(place.id)}>{place.name}</a> : <span class="dim">nowhere</span>}
      </td>
      <td data-label="Last sample" class="number" title={last === null ? undefined : dateAndTime(last)}>
        {last === null ? 'never' : ago(now - last)}
      </td>
      <td data-label="Link">
        <span class="link-state" data-link={device.link.state}>
          {linkWords[device.link.state]}
        </span>{' '}
        <span class="dim number">{age(now - Date.parse(device.link.since))}</span>
        <span class="dim code">{device.link.id}</span>
      </td>
      <td data-label="Why, and what to do" class="why-cell">
        {troubled && device.why && <p class="why">{device.why}</p>}
        {device.link.reason && <p class="why">{device.link.reason}</p>}
        {device.link.hint && (
          <p class="hint">
            <strong>Do:</strong> {device.link.hint}
          </p>
        )}
        {device.progress && <p class="dim">{device.progress}</p>}
        {!device.why && !device.link.reason && !device.link.hint && !device.progress && <span class="dim">–</span>}
      </td>
      <td data-label="Counters">
        <Counters counters={device.counters} />
      </td>
      <td data-label="Clock" class="number">
        {offsetText(device.clockOffsetSeconds)}
      </td>
    </tr>
  );
};

/** The engineer's table: nobody should have to guess why nothing arrives. */
export const Devices = ({ id }: { readonly id: string | null }) => {
  const ward = live.ward.value;
  if (ward === null) return <main class="page" id="main" aria-busy="true" />;
  const devices = [...ward.devices.values()].sort(
    (a, b) => order[a.state] - order[b.state] || a.name.localeCompare(b.name, 'en', { numeric: true }),
  );
  const running = devices.filter((device) => device.state === 'running').length;
  return (
    <main class="devices-screen" id="main">
      <div class="page-head">
        <h1>Devices</h1>
        <p class="dim">
          <span class="number">{running}</span> of <span class="number">{devices.length}</span> running
        </p>
      </div>
      <ScrollArea label="Table of devices">
        <table class="table devices-table">
          <thead>
            <tr>
              <th scope="col">State</th>
              <th scope="col">Device</th>
              <th scope="col">Place</th>
              <th scope="col">Last sample</th>
              <th scope="col">Link</th>
              <th scope="col">Why, and what to do</th>
              <th scope="col">Counters</th>
              <th scope="col">Clock</th>
            </tr>
          </thead>
          <tbody>
            {devices.map((device) => (
              <Row key={device.id} ward={ward} device={device} current={device.id === id} />
            ))}
          </tbody>
        </table>
      </ScrollArea>
    </main>
  );
};
