import { useEffect, useRef, useState } from 'preact/hooks';
import { live } from '../store.ts';
import { isShown, whereOf } from '../ward/alert-view.ts';

/** Speaks the onset of HIGH alarms and nothing else: numbers in a live region never stop (screens-and-alarms.md 1.8). */
export const Announcer = () => {
  const spoken = useRef<Set<string>>(new Set());
  const [text, setText] = useState('');
  const ward = live.ward.value;
  useEffect(() => {
    if (ward === null) return;
    const fresh = [...ward.alerts.values()].filter(
      (alert) =>
        alert.priority === 'high' &&
        alert.state === 'unacknowledged' &&
        isShown(alert) &&
        !spoken.current.has(alert.id),
    );
    if (fresh.length === 0) return;
    for (const alert of fresh) spoken.current.add(alert.id);
    setText(fresh.map((alert) => `High alarm, ${whereOf(ward, alert)}: ${alert.message}`).join('. '));
  }, [ward]);
  return (
    <div class="sr" role="log" aria-live="assertive" aria-label="High alarms">
      {text}
    </div>
  );
};
