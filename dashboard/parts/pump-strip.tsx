import { NO_VALUE } from '../format/value.ts';
import type { PumpLine } from '../ward/pumps.ts';
import { PriorityShape } from './priority-shape.tsx';

const runWord = (pump: PumpLine): string =>
  pump.note || (pump.running === null ? '' : pump.running ? 'infusing' : 'not infusing');

/** Row 5 of a tile: drug, rate with its unit, what is left, when it ends. */
export const PumpStrip = ({ pumps }: { readonly pumps: readonly PumpLine[] }) => (
  <ul class="pumps" aria-label="Infusion pumps">
    {pumps.map((pump) => (
      <li key={pump.device} class="pump" data-alarm={pump.alarm?.priority}>
        <span class="pump-run" data-running={pump.running ?? 'unknown'} aria-hidden="true" />
        <span class="pump-name">{pump.drug ?? pump.name}</span>
        <span class="value pump-rate" data-valid={pump.rate !== NO_VALUE}>
          {pump.rate}
        </span>
        {pump.left !== null && (
          <span class="pump-fact">
            <span class="value">{pump.left}</span> left
          </span>
        )}
        {pump.ends !== null && (
          <span class="pump-fact">
            ends in <span class="value">{pump.ends}</span>
          </span>
        )}
        {pump.alarm ? (
          <span class="pump-alarm" data-priority={pump.alarm.priority}>
            <PriorityShape priority={pump.alarm.priority} /> {pump.alarm.message}
          </span>
        ) : (
          <span class="pump-fact">{runWord(pump)}</span>
        )}
      </li>
    ))}
  </ul>
);
