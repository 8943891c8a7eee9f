import type { ApiAlert } from '../../model/api.ts';
import { elapsed, timeOfDay } from '../format/time.ts';
import { alertPath } from '../route.ts';
import { live } from '../store.ts';
import { asterisks, needsSomebody, priorityWord, standing } from '../ward/alert-view.ts';
import { AlertButtons } from './alert-buttons.tsx';
import { KindMark, PriorityShape } from './priority-shape.tsx';

interface Props {
  readonly alert: ApiAlert;
  readonly where: string;
  /** How many more alerts stand behind this one. */
  readonly more: number;
  readonly moreHref: string;
}

/** The alarm of a tile: shape, asterisks, word and colour say the same thing four times. */
export const AlertBanner = ({ alert, where, more, moreHref }: Props) => (
  <div
    class="banner"
    data-priority={alert.priority}
    data-kind={alert.kind}
    data-calls={needsSomebody(alert) && alert.condition !== 'off'}
    data-taken={!needsSomebody(alert)}
  >
    <span class="banner-mark">
      <PriorityShape priority={alert.priority} />
      <span class="asterisks" aria-hidden="true">
        {asterisks[alert.priority]}
      </span>
      <span class="word">{priorityWord[alert.priority]}</span>
      <KindMark kind={alert.kind} />
    </span>
    <a class="banner-message" href={alertPath(alert.id)}>
      {alert.message}
      {alert.occurrences > 1 && <span class="times"> ×{alert.occurrences}</span>}
    </a>
    <span class="banner-facts">
      <span class="number" title="Time since it was raised">
        {elapsed(live.now.value - Date.parse(alert.raisedAt))}
      </span>
      <span class="standing">{standing(alert, timeOfDay)}</span>
      {more > 0 && (
        <a class="more" href={moreHref} aria-label={`${more} more alerts, ${where}`}>
          +{more}
        </a>
      )}
    </span>
    <AlertButtons alert={alert} where={where} />
  </div>
);
