import type { AlertState, Priority } from '../../model/alert.ts';
import type { ApiAlert } from '../../model/api.ts';
import type { WardState } from '../live/ward-state.ts';

const urgency: Readonly<Record<Priority, number>> = { high: 0, medium: 1, low: 2, information: 3 };

export const priorityWord: Readonly<Record<Priority, string>> = {
  high: 'HIGH',
  medium: 'MEDIUM',
  low: 'LOW',
  information: 'INFO',
};

/** Colour is never alone: asterisks go with word and shape (screens-and-alarms.md 1.4). */
export const asterisks: Readonly<Record<Priority, string>> = { high: '***', medium: '**', low: '*', information: '' };

const needing: ReadonlySet<AlertState> = new Set([
  'unacknowledged',
  'latched-unacknowledged',
  'returned-unacknowledged',
]);
const setAside: ReadonlySet<AlertState> = new Set(['shelved', 'suppressed', 'out-of-service']);

/** True where nobody has said "I have it". */
export const needsSomebody = (alert: ApiAlert): boolean => needing.has(alert.state);

/** True where the alert stands on a tile: not over, not put aside, not inhibited by another. */
export const isShown = (alert: ApiAlert): boolean =>
  alert.state !== 'normal' && !setAside.has(alert.state) && alert.inhibitedBy.length === 0;

export const isSetAside = (alert: ApiAlert): boolean =>
  alert.state !== 'normal' && (setAside.has(alert.state) || alert.inhibitedBy.length > 0);

/** Unacknowledged first, then priority, then age with the oldest first (screens-and-alarms.md 1.2). */
export const byUrgency = (a: ApiAlert, b: ApiAlert): number =>
  Number(needsSomebody(b)) - Number(needsSomebody(a)) ||
  urgency[a.priority] - urgency[b.priority] ||
  Date.parse(a.raisedAt) - Date.parse(b.raisedAt);

/** Recently ended alerts are listed for this long (screens-and-alarms.md 1.2). */
export const RECENT_MS = 12 * 3600_000;

export interface AlertGroups {
  readonly needing: readonly ApiAlert[];
  readonly taken: readonly ApiAlert[];
  readonly aside: readonly ApiAlert[];
  readonly ended: readonly ApiAlert[];
}

export const groupAlerts = (alerts: Iterable<ApiAlert>, now: number): AlertGroups => {
  const all = [...alerts];
  const shown = all.filter(isShown).sort(byUrgency);
  const endOf = (alert: ApiAlert) => Date.parse(alert.endedAt ?? alert.raisedAt);
  return {
    needing: shown.filter(needsSomebody),
    taken: shown.filter((alert) => !needsSomebody(alert)),
    aside: all.filter(isSetAside).sort(byUrgency),
    ended: all
      .filter((alert) => alert.state === 'normal' && now - endOf(alert) <= RECENT_MS)
      .sort((a, b) => endOf(b) - endOf(a)),
  };
};

/** The place an alert is about: told by the gateway, else found through its subject or device. */
export const placeOf = (ward: WardState, alert: ApiAlert): string | null => {
  if (alert.place !== null) return alert.place;
  if (alert.subject.kind === 'place') return alert.subject.id;
  if (alert.subject.kind === 'patient') return ward.patients.get(alert.subject.id)?.place ?? null;
  return ward.devices.get(alert.device ?? alert.subject.id)?.place ?? null;
};

export const alertsAt = (ward: WardState, place: string): readonly ApiAlert[] =>
  [...ward.alerts.values()].filter((alert) => isShown(alert) && placeOf(ward, alert) === place).sort(byUrgency);

/** `Bed 12`, or the device where it stands nowhere. */
export const whereOf = (ward: WardState, alert: ApiAlert): string => {
  const place = placeOf(ward, alert);
  if (place !== null) return ward.places.get(place)?.name ?? place;
  const device = alert.device ?? alert.subject.id;
  return ward.devices.get(device)?.name ?? device;
};

/** What has become of it, in a few words. */
export const standing = (alert: ApiAlert, clock: (ms: number) => string): string => {
  const ended = alert.endedAt === null ? '' : clock(Date.parse(alert.endedAt));
  switch (alert.state) {
    case 'unacknowledged':
      return 'not acknowledged';
    case 'returned-unacknowledged':
    case 'latched-unacknowledged':
      return ended ? `ended ${ended} — acknowledge to clear` : 'ended — acknowledge to clear';
    case 'acknowledged':
      return `✓ ${alert.acknowledgedBy ?? 'acknowledged'}`;
    case 'latched-acknowledged':
      return `latched · ✓ ${alert.acknowledgedBy ?? 'acknowledged'}`;
    case 'normal':
      return ended ? `ended ${ended}` : 'ended';
    case 'shelved':
      return 'shelved';
    case 'suppressed':
      return 'suppressed';
    case 'out-of-service':
      return 'out of service';
  }
};
