import { useEffect, useState } from 'preact/hooks';
import type { ApiAlert } from '../../model/api.ts';
import { get, messageOf, type Page, query } from '../api/http.ts';
import { AlertList } from '../parts/alert-list.tsx';
import { Evidence } from '../parts/evidence.tsx';
import { live } from '../store.ts';
import { groupAlerts } from '../ward/alert-view.ts';

const PAST_LIMIT = 200;

/** One list of everything: who needs somebody, what is taken, what is put aside, what has ended. */
export const Alerts = ({ id }: { readonly id: string | null }) => {
  const ward = live.ward.value;
  const [past, setPast] = useState<readonly ApiAlert[]>([]);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    let wanted = true;
    get<Page<ApiAlert>>(`/alerts${query({ limit: PAST_LIMIT })}`)
      .then((page) => wanted && setPast(page.items))
      .catch((cause: unknown) => wanted && setError(messageOf(cause)));
    return () => {
      wanted = false;
    };
  }, []);
  if (ward === null) return <main class="page" id="main" aria-busy="true" />;
  // What the live socket says is newer than any list.
  const all = new Map([...past.map((alert) => [alert.id, alert] as const), ...ward.alerts]);
  const groups = groupAlerts(all.values(), live.now.value);
  const section = (title: string, key: string, alerts: readonly ApiAlert[], empty: string | null) =>
    alerts.length === 0 && empty === null ? null : (
      <section class="alert-group" data-group={key} aria-labelledby={`group-${key}`}>
        <h2 class="panel-title" id={`group-${key}`}>
          {title} {alerts.length > 0 && <span class="number">{alerts.length}</span>}
        </h2>
        {alerts.length === 0 ? (
          <p class="nothing">{empty}</p>
        ) : (
          <AlertList ward={ward} alerts={alerts} current={id} showPlace />
        )}
      </section>
    );
  return (
    <main class="alerts-screen" id="main" data-open={id !== null}>
      <div class="alerts-lists">
        <h1>Alerts</h1>
        {section('Not acknowledged', 'needing', groups.needing, 'Nobody is waiting.')}
        {section('Acknowledged', 'taken', groups.taken, null)}
        {section('Put aside or inhibited', 'aside', groups.aside, null)}
        {section('Ended in the last 12 hours', 'ended', groups.ended, 'None.')}
        {error !== null && <p class="form-error">Earlier alerts are not available: {error}</p>}
      </div>
      {id !== null && <Evidence key={id} id={id} state={all.get(id)?.state ?? null} />}
    </main>
  );
};
