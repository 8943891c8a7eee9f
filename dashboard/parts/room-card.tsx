import type { ApiPlace } from '../../model/api.ts';
import { dayRange } from '../api/day-range.ts';
import type { WardState } from '../live/ward-state.ts';
import { bedPath } from '../route.ts';
import { live } from '../store.ts';
import { type RoomValue, roomView } from '../ward/rooms.ts';
import { AlertBanner } from './alert-banner.tsx';

const kindWords: Readonly<Record<ApiPlace['kind'], string>> = {
  bed: 'bed',
  room: 'room',
  refrigerator: 'refrigerator',
  freezer: 'freezer',
  'records-room': 'records room',
};

/** The band in the middle half of the bar; the mark shows where the value stands. */
const Band = ({ value }: { readonly value: RoomValue }) => (
  <svg class="band" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
    <rect class="band-all" x="0" y="3" width="100" height="2" />
    <rect class="band-good" x="25" y="2" width="50" height="4" />
    {value.position !== null && (
      <rect
        class="band-mark"
        data-outside={value.outside}
        x={Math.min(97.5, value.position * 97.5)}
        y="0"
        width="2.5"
        height="8"
      />
    )}
  </svg>
);

const bandInWords = ({ low, high, unit }: RoomValue): string => {
  if (low && high) return `band ${low}–${high} ${unit}`;
  if (high) return `at most ${high} ${unit}`;
  return low ? `at least ${low} ${unit}` : '';
};

const Value = ({
  ward,
  value,
  main,
}: {
  readonly ward: WardState;
  readonly value: RoomValue;
  readonly main: boolean;
}) => {
  const precision = ward.metrics.get(value.metric)?.precision ?? 0;
  const range = dayRange(value.device, value.metric, live.now.value).value;
  const band = bandInWords(value);
  return (
    <div class="room-value" data-main={main} data-valid={value.valid} data-alarm={value.alarm ?? undefined}>
      <span class="room-label">{value.label}</span>
      <span class="room-number">
        <span class="value">{value.text}</span>
        <span class="unit">{value.valid ? value.unit : value.note}</span>
      </span>
      {value.low && value.high && <Band value={value} />}
      <span class="room-range number">
        {band && <span>{band}</span>}
        {range && (
          <span>
            since 00:00 {range.min.toFixed(precision)}–{range.max.toFixed(precision)}
          </span>
        )}
      </span>
    </div>
  );
};

/** A storage room or refrigerator: what is measured, and plainly what is not. */
export const RoomCard = ({ ward, place }: { readonly ward: WardState; readonly place: ApiPlace }) => {
  const view = roomView(ward, place, live.now.value);
  const [worst] = view.alerts;
  return (
    <section
      class="room"
      data-place={place.id}
      data-alarm={worst?.priority}
      data-calls={(worst && worst.state !== 'acknowledged' && worst.condition !== 'off') || undefined}
      aria-labelledby={`room-${place.id}`}
    >
      {worst && <AlertBanner alert={worst} where={place.name} more={view.alerts.length - 1} moreHref="/alerts" />}
      <div class="room-head">
        <h3 id={`room-${place.id}`}>
          <a href={bedPath(place.id)}>{place.name}</a>
        </h3>
        <span class="dim">{kindWords[place.kind]}</span>
        {view.simulated && <span class="simulated-word">SIMULATED</span>}
      </div>
      {view.values.length === 0 && <p class="nothing">No values yet</p>}
      <div class="room-values">
        {view.values.map((value, index) => (
          <Value key={value.metric} ward={ward} value={value} main={index === 0} />
        ))}
      </div>
      <dl class="facts">
        {view.facts.map((fact) => (
          <div key={fact.label} class="fact" data-state={fact.state}>
            <dt>{fact.label}</dt>
            <dd>{fact.text}</dd>
          </div>
        ))}
        <div class="fact" data-state="plain">
          <dt>Last reading</dt>
          <dd class="number">{view.freshness}</dd>
        </div>
      </dl>
    </section>
  );
};
