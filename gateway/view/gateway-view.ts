import { annotate } from '../../drivers/kit/annotate.ts';
import { annotateJson } from '../../drivers/kit/annotate-json.ts';
import { annotateReplies } from '../../drivers/kit/annotate-registers.ts';
import type { Driver } from '../../drivers/kit/contract.ts';
import { type Alert, comparePriority, isActive } from '../../model/alert.ts';
import type { ApiAlert, ApiDevice, ApiLimit, ApiPatient, ApiPlace } from '../../model/api.ts';
import { CodedError } from '../../model/errors.ts';
import type { FrameEntry } from '../../model/journal.ts';
import { findMetric, metrics } from '../../model/metrics.ts';
import type { Patient, Place } from '../../model/person.ts';
import { isoTime } from '../../model/time.ts';
import { units } from '../../model/unit.ts';
import type { AlertQuery, GatewayView } from '../api/ports.ts';
import type { DeviceRuntime } from '../devices/device-runtime.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import { toApiReading } from '../records/reading.ts';
import { apiAlert, apiAssociation, apiDevice } from './api-shapes.ts';
import { type ByteNote, buildEvidence } from './evidence.ts';
import { gatewayCounters } from './gateway-counters.ts';
import { pageOfList } from './pages.ts';
import { relevantParameters } from './relevant-parameters.ts';
import { asView } from './view-errors.ts';

const isProfileDriver = (
  driver: Driver,
): driver is Driver & { readonly wire: 'modbus' } & Parameters<typeof annotateReplies>[0] =>
  driver.wire === 'modbus' && 'profile' in driver;

const notesOf = (driver: Driver, { frame }: FrameEntry): readonly ByteNote[] => {
  if (driver.wire === 'stream') return annotate(driver, frame);
  if (isProfileDriver(driver)) return annotateReplies(driver, frame);
  return driver.wire === 'mqtt' ? annotateJson(frame) : [];
};

const apiMetrics = metrics.map(({ id, kind, name, label, unit, precision, episodic, category }) => ({
  id,
  kind,
  name,
  label,
  unit,
  unitDisplay: units[unit].display,
  precision,
  episodic,
  category,
}));

const missing = (what: string): CodedError<'not-found'> =>
  new CodedError('not-found', `There is no such ${what}.`, { hint: `Ask for the list of ${what}s.` });

/** What the API sees of the gateway: reads the rooms, translates their words and refusals. */
export const createGatewayView = (parts: GatewayParts): GatewayView => {
  const { site, clock, devices, table, records, alerts, evidence, host, series } = parts;

  const deviceById = new Map(devices.map((device) => [device.id, device]));

  const deviceView = (device: DeviceRuntime): ApiDevice => {
    const clockOffsetMs = parts.ingest.clockOf(device.id)?.offsetMs ?? null;
    return apiDevice(device, { now: clock.now(), ...parts.whereIs(device.id), clockOffsetMs });
  };

  const patientView = ({ id, mrn, family, given: first, birthDate, gender, place }: Patient): ApiPatient => ({
    id,
    mrn,
    family,
    given: first,
    birthDate,
    gender,
    place,
  });

  const placeView = ({ id, name, kind, profile }: Place): ApiPlace => ({
    id,
    name,
    kind,
    profile,
    patient: parts.patients().find((patient) => patient.place === id)?.id ?? null,
    devices: devices.filter((device) => parts.whereIs(device.id).place === id).map((device) => device.id),
  });

  const alertView = (alert: Alert): ApiAlert => apiAlert(alert, parts.placeOfAlert);

  const limitViews = (): ApiLimit[] =>
    host.limits().map(({ subject, limit }) => ({ subject, metric: limit.metric, low: limit.low, high: limit.high }));

  /** Active ones and those that ended, newest first; active ones by urgency. */
  const alertList = (query: AlertQuery): ApiAlert[] => {
    const activeIds = new Set(alerts.active().map((alert) => alert.id));
    const all = [...alerts.active(), ...parts.endedAlerts().filter((alert) => !activeIds.has(alert.id))];
    return all
      .filter(
        (alert) =>
          (query.state === null || (query.state === 'active' ? isActive(alert.state) : alert.state === query.state)) &&
          (query.kind === null || alert.kind === query.kind) &&
          (query.priority === null || alert.priority === query.priority) &&
          (query.device === null ||
            alert.device === query.device ||
            (alert.subject.kind === 'device' && alert.subject.id === query.device)) &&
          (query.patient === null || (alert.subject.kind === 'patient' && alert.subject.id === query.patient)) &&
          (query.place === null || parts.placeOfAlert(alert) === query.place) &&
          (query.from === null || alert.raisedAt >= query.from) &&
          (query.to === null || alert.raisedAt < query.to),
      )
      .sort(
        (a, b) =>
          Number(isActive(b.state)) - Number(isActive(a.state)) ||
          (isActive(a.state) ? comparePriority(a.priority, b.priority) : 0) ||
          b.raisedAt - a.raisedAt,
      )
      .map(alertView);
  };

  const findAlert = (id: string): Alert | null =>
    alerts.get(id) ?? parts.endedAlerts().find((alert) => alert.id === id) ?? null;

  const view: GatewayView = {
    devices: () => devices.map(deviceView),
    device: (id) => {
      const device = deviceById.get(id);
      return device ? deviceView(device) : null;
    },
    places: () => parts.places().map(placeView),
    patients: () => parts.patients().map(patientView),
    limits: limitViews,
    metrics: () => apiMetrics,

    associations: (query) =>
      asView(() => {
        const list = table.list({
          ...(query.device === null ? {} : { device: query.device }),
          ...(query.patient === null ? {} : { patient: query.patient }),
          ...(query.place === null ? {} : { place: query.place }),
        });
        const inSpan = list.filter(
          ({ from, to }) =>
            (query.to === null || from < query.to) && (query.from === null || to === null || to > query.from),
        );
        return pageOfList(inSpan.reverse().map(apiAssociation), query.limit, query.cursor);
      }),
    association: (id) => {
      const association = table.get(id);
      return association ? apiAssociation(association) : null;
    },
    associate: (request, by) =>
      asView(async () => {
        if (!deviceById.has(request.device)) throw missing('device');
        const { kind, id } = request.subject;
        const known = kind === 'patient' ? parts.patients() : parts.places();
        if (!known.some((subject) => subject.id === id)) throw missing(kind);
        return apiAssociation(await parts.whereabouts.associate(request, by));
      }),
    endAssociation: (id, at, reason, by) =>
      asView(async () => apiAssociation(await parts.whereabouts.end(id, at, by, reason))),

    readings: ({ device, patient, place, metric, from, to, limit, cursor }) =>
      asView(() => {
        const filter = { device, patient, place, metric, from, to, cursor };
        const set = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== null));
        const page = records.readings.list({ ...set, limit });
        return { items: page.items.map(toApiReading), next: page.next };
      }),
    waveforms: (query) => asView(() => series.waveforms(query)),
    trend: (query) =>
      asView(() => {
        const metric = findMetric(query.metric);
        if (!metric) throw missing('metric');
        const { bucketMs, points } = series.trend(query);
        return {
          device: query.device,
          metric: query.metric,
          unit: metric.unit,
          bucketSeconds: bucketMs / 1000,
          points: points.map(({ at, min, max, mean, count }) => ({ at: isoTime(at), min, max, mean, count })),
        };
      }),

    alerts: (query) => asView(() => pageOfList(alertList(query), query.limit, query.cursor)),
    alert: (id) => {
      const alert = findAlert(id);
      return alert ? alertView(alert) : null;
    },
    evidence: (id) => {
      const alert = findAlert(id);
      if (!alert) return null;
      const { frames, history } = evidence.of(id);
      return buildEvidence(alertView(alert), alert.samples, {
        frames,
        history: history.length > 0 ? history : alerts.history(id),
        driverOf: (device) => deviceById.get(device)?.driver ?? null,
        annotate: notesOf,
        rule: (name) => {
          const rule = parts.rules.rules.find((known) => known.id === name);
          if (!rule) return null;
          const parameters = parts.rules.parameters(rule, alert.subject, parts.placeOfAlert(alert));
          return {
            title: rule.title,
            parameters: relevantParameters(parameters, alert.metric),
            sources: [...rule.sources],
          };
        },
      });
    },
    alertHistory: (id) => {
      if (!findAlert(id)) return null;
      const { history } = evidence.of(id);
      const entries = history.length > 0 ? history : alerts.history(id);
      return entries.map(({ at, verb, by, reason }) => ({ at: isoTime(at), verb, by, reason }));
    },
    acknowledge: (id, by, note) => asView(() => alertView(alerts.acknowledge(id, { by, note }))),
    pause: (id, by, seconds) => asView(() => alertView(alerts.pauseAudio(id, { by, seconds }))),
    reset: (id, by) => asView(() => alertView(alerts.reset(id, { by }))),

    audit: (query) =>
      asView(() => {
        const page = parts.audit.list(query);
        return {
          items: page.items.map(({ id, entry }) => {
            const { at, who, role, action, target, outcome, reason, address } = entry;
            return { id, at: isoTime(at), who, role, action, target, outcome, reason, address };
          }),
          next: page.next,
        };
      }),
    sinks: () => parts.followers.map((follower) => follower.report()),
    deadLetters: (sink, query) =>
      asView(() => {
        if (!parts.followers.some((follower) => follower.report().id === sink)) return null;
        const list = parts.deadLetters.list(sink, { limit: 1000 }).map(({ id, position, at, code, detail }) => ({
          id: String(id),
          sink,
          position,
          at: isoTime(at),
          code,
          detail,
        }));
        return pageOfList(list, query.limit, query.cursor);
      }),

    snapshot: () => ({
      ward: { name: site.site.name, simulated: site.site.simulated },
      places: view.places(),
      patients: view.patients(),
      devices: view.devices(),
      readings: parts.ward.readings(),
      statuses: parts.ward.statuses(),
      alerts: alerts.active().map(alertView),
      limits: limitViews(),
    }),
    subscribe: (listener) => parts.ward.subscribe(listener),

    readiness: () => [
      { name: 'journal', ok: parts.journalFault() === null, reason: parts.journalFault() },
      ...parts.followers
        .map((follower) => follower.report())
        .filter(({ id }) => id === 'records')
        .map(({ id, state, reason }) => ({ name: `store ${id}`, ok: state !== 'failing', reason })),
      ...parts.links
        .filter((link) => link.id === 'mqtt')
        .map((link) => link.report())
        .map(({ state, reason }) => ({ name: 'broker', ok: state === 'up', reason })),
    ],
    counters: () => {
      const active = alerts.active();
      const byPriority: Record<string, number> = { high: 0, medium: 0, low: 0, information: 0 };
      for (const { priority } of active) byPriority[priority] = (byPriority[priority] ?? 0) + 1;
      return gatewayCounters({
        devices,
        links: parts.links,
        sinks: view.sinks(),
        journal: { head: parts.journal.head, pending: parts.journal.pending },
        rules: host.counters,
        alerts: byPriority,
        quarantined: parts.quarantined(),
      });
    },
    fhir: (request) => parts.fhir(request),
  };
  return view;
};
