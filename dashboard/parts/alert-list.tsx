import type { ApiAlert } from '../../model/api.ts';
import { dateAndTime, elapsed, timeOfDay } from '../format/time.ts';
import type { WardState } from '../live/ward-state.ts';
import { alertPath, bedPath } from '../route.ts';
import { live } from '../store.ts';
import { asterisks, needsSomebody, placeOf, priorityWord, standing, whereOf } from '../ward/alert-view.ts';
import { AlertButtons } from './alert-buttons.tsx';
import { KindMark, PriorityShape } from './priority-shape.tsx';

interface Props {
  readonly ward: WardState;
  readonly alerts: readonly ApiAlert[];
  /** The alert whose evidence is open. */
  readonly current: string | null;
  readonly showPlace: boolean;
}

const AlertRow = ({ ward, alert, current, showPlace }: Omit<Props, 'alerts'> & { readonly alert: ApiAlert }) => {
  const where = whereOf(ward, alert);
  const place = placeOf(ward, alert);
  const raised = Date.parse(alert.raisedAt);
  const end = alert.endedAt === null ? live.now.value : Date.parse(alert.endedAt);
  return (
    <li
      class="alert-row"
      data-alert={alert.id}
      data-priority={alert.priority}
      data-taken={!needsSomebody(alert)}
      data-over={alert.state === 'normal'}
    >
      <span class="alert-mark">
        <PriorityShape priority={alert.priority} />
        <span class="asterisks" aria-hidden="true">
          {asterisks[alert.priority]}
        </span>
        <span class="word">{priorityWord[alert.priority]}</span>
      </span>
      <span class="alert-what">
        {showPlace && <span class="alert-where">{place === null ? where : <a href={bedPath(place)}>{where}</a>}</span>}
        <span class="alert-message">
          {alert.message}
          {alert.occurrences > 1 && <span class="times"> ×{alert.occurrences}</span>} <KindMark kind={alert.kind} />
        </span>
        <span class="alert-facts">
          <span class="number" title={dateAndTime(raised)}>
            {timeOfDay(raised)} · {elapsed(end - raised)}
          </span>
          <span>{standing(alert, timeOfDay)}</span>
          {alert.inhibitedBy.length > 0 && <span>inhibited by {alert.inhibitedBy.join(', ')}</span>}
          {alert.note && <span>“{alert.note}”</span>}
          {alert.simulated && <span class="simulated-word">SIMULATED</span>}
        </span>
      </span>
      <span class="alert-do">
        <a
          class="button"
          href={alertPath(alert.id)}
          aria-current={current === alert.id ? 'true' : undefined}
          aria-label={`Why: ${alert.message}, ${where}`}
        >
          Why?
        </a>
        <AlertButtons alert={alert} where={where} />
      </span>
    </li>
  );
};

export const AlertList = ({ alerts, ...rest }: Props) => (
  <ul class="alert-list">
    {alerts.map((alert) => (
      <AlertRow key={alert.id} alert={alert} {...rest} />
    ))}
  </ul>
);
