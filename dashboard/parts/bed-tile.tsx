import type { ApiPlace } from '../../model/api.ts';
import type { WardState } from '../live/ward-state.ts';
import { bedPath } from '../route.ts';
import { live } from '../store.ts';
import { type BedView, bedView, sexAndAge, wallName } from '../ward/bed.ts';
import { AlertBanner } from './alert-banner.tsx';
import { PumpStrip } from './pump-strip.tsx';
import { SourceLine } from './source-line.tsx';
import { VitalCell } from './vital-cell.tsx';
import { WaveStrip } from './wave-strip.tsx';

/** One sentence for those who do not see the canvas. */
export const waveTwin = (view: BedView): string => {
  const rate = view.vitals.find((vital) => vital.key === 'hr');
  if (!rate) return 'EKG, no heart rate.';
  return rate.valid
    ? `EKG sweep. Heart rate ${rate.text} per minute${rate.doubtful ? ', questionable' : ''}.`
    : `EKG sweep. No heart rate: ${rate.note}.`;
};

/** Said in the strip where a device is silent: an empty strip must not look like a quiet one. */
export const waveAbsent = (view: BedView, device: string): string | null => {
  const source = view.sources.find((one) => one.id === device);
  return source === undefined || source.state === 'running' || source.state === 'degraded'
    ? null
    : `No signal · ${source.freshness}`;
};

const Identity = ({ view, now }: { readonly view: BedView; readonly now: number }) => (
  <div class="identity">
    <h2 class="bed-name" id={`bed-${view.place.id}`}>
      <a href={bedPath(view.place.id)}>{view.place.name}</a>
    </h2>
    {view.patient ? (
      <span class="patient">
        {wallName(view.patient)} <span class="dim">{sexAndAge(view.patient, now)}</span>
      </span>
    ) : (
      <span class="patient dim">{view.devices.length === 0 ? 'empty' : 'no patient assigned'}</span>
    )}
    {view.simulated && <span class="simulated-word">SIMULATED</span>}
  </div>
);

/** A bed on the wall (screens-and-alarms.md 1.3). It keeps its place; alarms never move it. */
export const BedTile = ({ ward, place }: { readonly ward: WardState; readonly place: ApiPlace }) => {
  const now = live.now.value;
  const view = bedView(ward, place, now);
  const [worst] = view.alerts;
  return (
    <section
      class="tile"
      data-place={place.id}
      data-alarm={worst?.priority}
      data-calls={(worst && worst.state !== 'acknowledged' && worst.condition !== 'off') || undefined}
      aria-labelledby={`bed-${place.id}`}
    >
      <div class="tile-body">
        {worst && (
          <AlertBanner alert={worst} where={place.name} more={view.alerts.length - 1} moreHref={bedPath(place.id)} />
        )}
        <Identity view={view} now={now} />
        {view.ekg && (
          <WaveStrip
            channel={view.ekg}
            name={ward.metrics.get(view.ekg.metric)?.name ?? 'EKG'}
            twin={waveTwin(view)}
            absent={waveAbsent(view, view.ekg.device)}
          />
        )}
        {view.vitals.length > 0 ? (
          <div class="vitals" data-count={view.vitals.length}>
            {view.vitals.map((vital) => (
              <VitalCell key={vital.key} vital={vital} />
            ))}
          </div>
        ) : (
          <p class="nothing">{view.devices.length === 0 ? 'No device at this bed' : 'No values yet'}</p>
        )}
        {view.pumps.length > 0 && <PumpStrip pumps={view.pumps} />}
        <SourceLine sources={view.sources} />
      </div>
    </section>
  );
};
