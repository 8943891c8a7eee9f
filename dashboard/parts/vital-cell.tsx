import type { Vital } from '../ward/vitals.ts';
import { ClockMark } from './clock-mark.tsx';

/** The limits in force, and how the value stands to them; the one that is broken is bright. */
const Limits = ({ vital }: { readonly vital: Vital }) => {
  const up = vital.arrow.startsWith('↑');
  const down = vital.arrow.startsWith('↓');
  return (
    <span class="limits">
      {vital.arrow && (
        <span class="arrow">
          <span aria-hidden="true">{vital.arrow}</span>
          <span class="sr">{up ? 'above the limit' : 'below the limit'}</span>
        </span>
      )}
      <span data-broken={up || undefined}>
        <span class="sr">upper limit </span>
        {vital.high || '–'}
      </span>
      <span data-broken={down || undefined}>
        <span class="sr">lower limit </span>
        {vital.low || '–'}
      </span>
    </span>
  );
};

/** One numeral with its limits. Never inside a live region: a screen reader would not stop. */
export const VitalCell = ({ vital }: { readonly vital: Vital }) => (
  <div
    class="vital"
    data-vital={vital.key}
    data-tone={vital.tone}
    data-alarm={vital.alarm ?? undefined}
    data-valid={vital.valid}
    data-stale={vital.stale || undefined}
    data-wide={vital.text.includes('/') || undefined}
  >
    <div class="vital-head">
      <span class="vital-label">{vital.label}</span>
      <span class="vital-unit">{vital.unit}</span>
      {vital.age && (
        <span class="vital-age">
          <ClockMark />
          <span class="sr">taken </span>
          {vital.age}
          <span class="sr"> ago</span>
        </span>
      )}
    </div>
    <div class="vital-body">
      <span class="value" title={vital.original ? `as sent: ${vital.original}` : undefined}>
        {vital.text}
        {vital.doubtful && <span class="doubt">?</span>}
      </span>
      {vital.mean !== null && <span class="mean">({vital.mean})</span>}
      {(vital.low || vital.high) && <Limits vital={vital} />}
    </div>
    {vital.note && <div class="vital-note">{vital.note}</div>}
  </div>
);
