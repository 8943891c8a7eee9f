import { tenths } from '../format/time.ts';
import { live } from '../store.ts';

const words = { live: 'LIVE', slow: 'SLOW', 'not-live': 'NOT LIVE' } as const;
const marks = { live: '✓', slow: '◆', 'not-live': '✕' } as const;

/** How old the screen is. It ages by itself, so that a frozen socket shows too (screens-and-alarms.md 1.6). */
export const FreshnessChip = () => {
  const { level, ageMs } = live.freshness.value;
  const text = ageMs === null ? '' : ageMs < 10_000 ? `${tenths(ageMs)} s` : `${Math.round(ageMs / 1000)} s`;
  return (
    <span class="chip freshness" data-level={level} title="Time since the gateway last spoke to this screen">
      <span aria-hidden="true">{marks[level]}</span>
      <strong>{words[level]}</strong>
      <span class="number age">{text}</span>
    </span>
  );
};

/** Lies over everything while the values are not current. */
export const NotLiveCover = () => {
  const { level, ageMs } = live.freshness.value;
  if (level !== 'not-live') return null;
  const connection = live.connection.value;
  const trying = connection.state === 'open' ? 'The gateway is silent.' : 'Connecting again…';
  return (
    <div class="cover" data-first={live.ward.value === null || undefined}>
      <div class="cover-sign" role="alert">
        <strong>NOT LIVE</strong>
        <span>
          {live.ward.value === null ? 'Nothing has been received yet.' : 'These values are not current.'} Look at the
          bedside devices.
        </span>
        <span class="cover-age number" aria-live="off">
          {ageMs === null ? trying : `Last word from the gateway ${Math.round(ageMs / 1000)} s ago. ${trying}`}
        </span>
      </div>
    </div>
  );
};
