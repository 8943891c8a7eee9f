import type { ApiAlert } from '../../model/api.ts';
import { acknowledge, actions, pause } from '../api/alert-actions.ts';
import { session } from '../api/session.ts';
import { live } from '../store.ts';
import { needsSomebody } from '../ward/alert-view.ts';
import { pausedFor } from '../ward/pumps.ts';

const mayAct = (): boolean => {
  const now = session.value;
  return now.state === 'signed-in' && now.me.permissions.some((permission) => permission.includes('acknowledge'));
};

/** Pause sound and acknowledge: two verbs, two buttons (screens-and-alarms.md 0.2). */
export const AlertButtons = ({ alert, where }: { readonly alert: ApiAlert; readonly where: string }) => {
  if (!mayAct() || !needsSomebody(alert)) return null;
  const action = actions.value.get(alert.id);
  const sending = action?.state === 'sending';
  const left = pausedFor(alert.audioPausedUntil, live.now.value);
  const about = `${alert.message}, ${where}`;
  const sounds = alert.state !== 'returned-unacknowledged';
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
        aria-label={`Acknowledge: ${about}`}
        onClick={() => void acknowledge(alert.id)}
      >
        {sending ? 'Sending…' : 'Acknowledge'}
      </button>
    </span>
  );
};
