import type { ApiAlert } from '../../model/api.ts';
import { acknowledge, actions, pause, reset } from '../api/alert-actions.ts';
import { session } from '../api/session.ts';
import { live } from '../store.ts';
import { needsSomebody } from '../ward/alert-view.ts';
import { pausedFor } from '../ward/pumps.ts';

const mayAct = (): boolean => {
  const now = session.value;
  return now.state === 'signed-in' && now.me.permissions.some((permission) => permission === 'alerts:handle');
};

/** Pause sound and acknowledge: two verbs, two buttons (screens-and-alarms.md 0.2). */
export const AlertButtons = ({ alert, where }: { readonly alert: ApiAlert; readonly where: string }) => {
  const isLatched = alert.state === 'latched-acknowledged';
  if (!mayAct() || !(needsSomebody(alert) || isLatched)) return null;
  const action = actions.value.get(alert.id);
  const sending = action?.state === 'sending';
  const left = pausedFor(alert.audioPausedUntil, live.now.value);
  const about = `${alert.message}, ${where}`;
  const sounds = needsSomebody(alert) && alert.state !== 'returned-unacknowledged';
  const verb = isLatched ? 'Clear' : 'Acknowledge';
  return (
    <span class="alert-buttons">
      {action?.state === 'failed' && (
        <span class="action-failed" role="alert">
          Not done: {action.message}
        </span>
      )}
      {sounds && (
        <button
          type="button"
          class="alarm-button quiet"
          disabled={sending || left !== null}
          aria-label={left === null ? `Pause sound: ${about}` : `Sound paused, ${left} left: ${about}`}
          onClick={() => void pause(alert.id)}
        >
          {left === null ? 'Pause' : <span class="number">Paused {left}</span>}
        </button>
      )}
      <button
        type="button"
        class="alarm-button"
        disabled={sending}
        aria-label={`${verb}: ${about}`}
        onClick={() => void (isLatched ? reset(alert.id) : acknowledge(alert.id))}
      >
        {sending ? 'Sending…' : verb}
      </button>
    </span>
  );
};
