import { useState } from 'preact/hooks';
import type { ApiChannel, ApiPlace } from '../../model/api.ts';
import { type AssociationList, associatedSince, useAssociations } from '../api/associations.ts';
import type { WardState } from '../live/ward-state.ts';
import { AlertList } from '../parts/alert-list.tsx';
import { Associations } from '../parts/associations.tsx';
import { waveAbsent, waveTwin } from '../parts/bed-tile.tsx';
import { DevicePanel } from '../parts/device-panel.tsx';
import { PumpStrip } from '../parts/pump-strip.tsx';
import { RoomCard } from '../parts/room-card.tsx';
import { TrendChart } from '../parts/trend-chart.tsx';
import { VitalCell } from '../parts/vital-cell.tsx';
import { WaveStrip } from '../parts/wave-strip.tsx';
import { live } from '../store.ts';
import { type BedView, bedView, channelsOf, sexAndAge, wallName } from '../ward/bed.ts';
import { trendsAt } from '../ward/trend-list.ts';
import { ekgLeads, waveTones } from '../ward/vital-list.ts';
import { limitFor } from '../ward/vitals.ts';
import { JITTER_BUFFER_MS } from '../waves/play-clock.ts';

const waveOrder = [...ekgLeads, 'pleth-wave', 'pressure-1-wave', 'pressure-2-wave', 'respiration-wave'];
/** Which numeral stands beside which wave. */
const besideWave: Readonly<Record<string, string>> = {
  'pleth-wave': 'spo2',
  'pressure-1-wave': 'p1',
  'pressure-2-wave': 'p2',
  'respiration-wave': 'rr',
};

const wavesOf = (ward: WardState, view: BedView): readonly { channel: ApiChannel; vital: string | null }[] => {
  const channels = channelsOf(ward, view.devices)
    .filter((channel) => channel.metric in waveTones)
    .sort((a, b) => waveOrder.indexOf(a.metric) - waveOrder.indexOf(b.metric));
  const firstEkg = channels.find((channel) => waveTones[channel.metric] === 'ekg');
  return channels.map((channel) => ({
    channel,
    vital: channel === firstEkg ? 'hr' : (besideWave[channel.metric] ?? null),
  }));
};

const Monitor = ({ ward, view }: { readonly ward: WardState; readonly view: BedView }) => {
  const waves = wavesOf(ward, view);
  const beside = new Set(waves.map((wave) => wave.vital));
  const others = view.vitals.filter((vital) => !beside.has(vital.key));
  return (
    <section class="monitor" aria-label="Monitor">
      {waves.map(({ channel, vital }) => {
        const number = view.vitals.find((one) => one.key === vital);
        return (
          <div key={channel.channel} class="monitor-row">
            <WaveStrip
              channel={channel}
              name={ward.metrics.get(channel.metric)?.name ?? channel.metric}
              absent={waveAbsent(view, channel.device)}
              twin={waveTones[channel.metric] === 'ekg' ? waveTwin(view) : 'Wave.'}
            />
            {number && <VitalCell vital={number} />}
          </div>
        );
      })}
      {others.length > 0 && (
        <div class="monitor-others">
          {others.map((vital) => (
            <VitalCell key={vital.key} vital={vital} />
          ))}
        </div>
      )}
      {view.pumps.length > 0 && <PumpStrip pumps={view.pumps} />}
      {waves.length > 0 && (
        <p class="monitor-note">
          Waves are shown about {(JITTER_BUFFER_MS / 1000 + 0.5).toFixed(1)} s after they were taken.
        </p>
      )}
    </section>
  );
};

/** From when on a device's trend is this place's own; null: it is not, or it is not known to be. */
const trendFloor = (view: BedView, device: string, list: AssociationList): number | null => {
  const { patient } = view.place;
  if (patient === null) return 0;
  return list.state === 'there' ? associatedSince(list.items, device, patient) : null;
};

interface TrendsProps {
  readonly ward: WardState;
  readonly view: BedView;
  readonly list: AssociationList;
}

const Trends = ({ ward, view, list }: TrendsProps) => {
  const [hours, setHours] = useState(2);
  const trends = trendsAt(ward, view.place, view.devices);
  const minute = Math.floor(live.now.value / 60_000);
  return (
    <section class="trends" aria-labelledby="trends-title">
      <div class="panel-head">
        <h2 class="panel-title" id="trends-title">
          Trends
        </h2>
        <fieldset class="switch">
          <legend class="sr">Length of the trends</legend>
          {[2, 12].map((choice) => (
            <button
              key={choice}
              type="button"
              class="button small"
              aria-pressed={hours === choice}
              onClick={() => setHours(choice)}
            >
              {choice} h
            </button>
          ))}
        </fieldset>
      </div>
      {trends.length === 0 && <p class="nothing">Nothing is measured here yet.</p>}
      <div class="trend-grid">
        {trends.map((trend) => {
          const [main = ''] = trend.metrics;
          const metric = ward.metrics.get(main);
          const limit = limitFor(ward, main, {
            patient: view.place.patient,
            place: view.place.id,
            device: trend.device,
          });
          return (
            <TrendChart
              key={trend.key}
              trend={trend}
              since={trendFloor(view, trend.device, list)}
              hours={hours}
              unit={metric?.unitDisplay ?? ''}
              precision={metric?.precision ?? 0}
              limits={[limit?.low ?? null, limit?.high ?? null]}
              minute={minute}
            />
          );
        })}
      </div>
    </section>
  );
};

const Title = ({ place, view }: { readonly place: ApiPlace; readonly view: BedView }) => (
  <div class="bed-title">
    <a class="back" href="/">
      <span aria-hidden="true">‹</span> Ward
    </a>
    <h1>{place.name}</h1>
    {place.kind === 'bed' && (
      <span class="bed-patient">
        {view.patient ? (
          <>
            {wallName(view.patient)} <span class="dim">{sexAndAge(view.patient, live.now.value)}</span>{' '}
            <span class="dim mrn">MRN {view.patient.mrn}</span>
          </>
        ) : (
          <span class="dim">no patient assigned</span>
        )}
      </span>
    )}
    {view.simulated && <span class="simulated-word">SIMULATED</span>}
  </div>
);

/** One bed or room in full. */
export const Bed = ({ id }: { readonly id: string }) => {
  const ward = live.ward.value;
  const list = useAssociations({ id, patient: ward?.places.get(id)?.patient ?? null });
  if (ward === null) return <main class="bed-screen" id="main" aria-busy="true" />;
  const place = ward.places.get(id);
  if (!place) {
    return (
      <main class="page" id="main">
        <h1>No such place</h1>
        <p>
          This ward has no place called “{id}”. <a href="/">Go to the ward wall</a>
        </p>
      </main>
    );
  }
  const view = bedView(ward, place, live.now.value);
  return (
    <main class="bed-screen" id="main">
      <Title place={place} view={view} />
      <div class="bed-main">
        {place.kind === 'bed' ? <Monitor ward={ward} view={view} /> : <RoomCard ward={ward} place={place} />}
        <Trends ward={ward} view={view} list={list} />
      </div>
      <aside class="bed-side" aria-label="Alerts and devices">
        <section aria-labelledby="bed-alerts">
          <h2 class="panel-title" id="bed-alerts">
            Alerts
          </h2>
          {view.alerts.length === 0 ? (
            <p class="nothing">No alert now.</p>
          ) : (
            <AlertList ward={ward} alerts={view.alerts} current={null} showPlace={false} />
          )}
        </section>
        <DevicePanel ward={ward} devices={view.devices} />
        <Associations list={list} />
      </aside>
    </main>
  );
};
