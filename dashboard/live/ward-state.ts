import type {
  ApiAlert,
  ApiChannel,
  ApiDevice,
  ApiLimit,
  ApiMetric,
  ApiPatient,
  ApiPlace,
  ApiReading,
  ApiStatus,
  LiveFrame,
} from '../../model/api.ts';

/** The newest reading of one metric of one device. */
export interface Latest {
  readonly reading: ApiReading;
  readonly takenAt: number;
  /** Time between the last two, as seen; null until there were two. */
  readonly periodMs: number | null;
}

/** Everything the screens show, as the gateway last told it. Maps keep the gateway's order. */
export interface WardState {
  readonly name: string;
  readonly simulated: boolean;
  readonly places: ReadonlyMap<string, ApiPlace>;
  readonly patients: ReadonlyMap<string, ApiPatient>;
  readonly devices: ReadonlyMap<string, ApiDevice>;
  readonly readings: ReadonlyMap<string, Latest>;
  readonly statuses: ReadonlyMap<string, ApiStatus>;
  readonly alerts: ReadonlyMap<string, ApiAlert>;
  readonly limits: readonly ApiLimit[];
  readonly metrics: ReadonlyMap<string, ApiMetric>;
  readonly channels: ReadonlyMap<number, ApiChannel>;
}

export const latestKey = (device: string, metric: string): string => `${device}\n${metric}`;

/** Ended alerts are kept for the list of recent ones; the oldest go first. */
const KEPT_ALERTS = 500;

const byId = <T extends { readonly id: string }>(items: readonly T[]): ReadonlyMap<string, T> =>
  new Map(items.map((item) => [item.id, item]));

const replaced = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> => new Map(map).set(key, value);

/** Takes readings in; one that is older than what is shown (a meter's memory, a late delivery) changes nothing. */
const withReadings = (
  known: ReadonlyMap<string, Latest>,
  readings: readonly ApiReading[],
): ReadonlyMap<string, Latest> => {
  const next = new Map(known);
  for (const reading of readings) {
    const key = latestKey(reading.device, reading.metric);
    const takenAt = Date.parse(reading.takenAt);
    const before = next.get(key);
    if (before && before.takenAt > takenAt) continue;
    const periodMs = before && before.takenAt < takenAt ? takenAt - before.takenAt : (before?.periodMs ?? null);
    next.set(key, { reading, takenAt, periodMs });
  }
  return next;
};

const withStatuses = (
  known: ReadonlyMap<string, ApiStatus>,
  statuses: readonly ApiStatus[],
): ReadonlyMap<string, ApiStatus> => {
  const next = new Map(known);
  for (const status of statuses) next.set(latestKey(status.device, status.code), status);
  return next;
};

const withAlert = (known: ReadonlyMap<string, ApiAlert>, alert: ApiAlert): ReadonlyMap<string, ApiAlert> => {
  const next = new Map(known).set(alert.id, alert);
  if (next.size > KEPT_ALERTS) {
    const oldest = [...next.values()].find((candidate) => candidate.state === 'normal');
    if (oldest) next.delete(oldest.id);
  }
  return next;
};

/** A wave whose rate or scale changes gets a new number; the old one is of no more use. */
const withChannel = (known: ReadonlyMap<number, ApiChannel>, channel: ApiChannel): ReadonlyMap<number, ApiChannel> => {
  const others = [...known].filter(([, one]) => one.device !== channel.device || one.metric !== channel.metric);
  return new Map([...others, [channel.channel, channel] as const]);
};

/** The next state. Pure; null until the first snapshot. */
export const applyFrame = (state: WardState | null, frame: LiveFrame): WardState | null => {
  if (frame.t === 'snapshot') {
    return {
      name: frame.ward.name,
      simulated: frame.ward.simulated,
      places: byId(frame.places),
      patients: byId(frame.patients),
      devices: byId(frame.devices),
      readings: withReadings(new Map(), frame.readings),
      statuses: withStatuses(new Map(), frame.statuses ?? []),
      alerts: byId([...(frame.missed ?? []), ...frame.alerts]),
      limits: frame.limits,
      metrics: byId(frame.metrics),
      channels: new Map(frame.channels.map((channel) => [channel.channel, channel])),
    };
  }
  if (state === null) return null;
  switch (frame.t) {
    case 'tick':
      return state;
    case 'readings':
      return { ...state, readings: withReadings(state.readings, frame.readings) };
    case 'status':
      return { ...state, statuses: withStatuses(state.statuses, frame.statuses) };
    case 'alert':
      return { ...state, alerts: withAlert(state.alerts, frame.alert) };
    case 'device':
      return { ...state, devices: replaced(state.devices, frame.device.id, frame.device) };
    case 'place':
      return { ...state, places: replaced(state.places, frame.place.id, frame.place) };
    case 'patient':
      return { ...state, patients: replaced(state.patients, frame.patient.id, frame.patient) };
    case 'limits':
      return { ...state, limits: frame.limits };
    case 'channel':
      return { ...state, channels: withChannel(state.channels, frame.channel) };
    default:
      // A newer gateway may say things this screen does not know.
      return state;
  }
};
