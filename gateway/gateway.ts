import { join } from 'node:path';
import type { Alert } from '../model/alert.ts';
import { type Clock, every } from '../model/clock.ts';
import { CodedError, messageOf } from '../model/errors.ts';
import type { AuditEntry, JournalEntry } from '../model/journal.ts';
import type { Random } from '../model/random.ts';
import { Access } from './access/access.ts';
import { AccessStore } from './access/access-store.ts';
import type { PasswordCost } from './access/password.ts';
import { createAlertEngine } from './alerts/alert-engine.ts';
import { type ApiAddress, createApi } from './api/create-api.ts';
import { readTls } from './api/tls.ts';
import { createAuditLog } from './audit/audit-log.ts';
import type { DriverCatalogue } from './config/driver-catalogue.ts';
import type { SiteConfig } from './config/schema.ts';
import { EMBEDDED_BROKER } from './config/sense.ts';
import type { DeviceHost } from './devices/deliver.ts';
import type { DeviceRuntime } from './devices/device-runtime.ts';
import { createEvidenceStore } from './evidence/evidence-store.ts';
import { fhirHandlers } from './fhir/routes.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { createIngest } from './ingest/ingest.ts';
import { openJournal } from './journal/journal.ts';
import { JournalRetention } from './journal/retention.ts';
import type { Link, MqttLink } from './links/contract.ts';
import { createDeviceWatch } from './live/device-watch.ts';
import { createWardState } from './live/ward-state.ts';
import type { Log } from './log.ts';
import { AssociationTable } from './records/associations.ts';
import { recordSink } from './records/record-sink.ts';
import { RecordStore } from './records/record-store.ts';
import { createRuleHost } from './rules/rule-host.ts';
import type { RuleSettings } from './rules/rule-settings.ts';
import { SinkCursors } from './sinks/cursors.ts';
import { DeadLetters } from './sinks/dead-letters.ts';
import { Follower } from './sinks/follower.ts';
import { seriesSink } from './sinks/series.ts';
import { openDatabase } from './store/database.ts';
import { apiAlert } from './view/api-shapes.ts';
import { createGatewayView } from './view/gateway-view.ts';
import { createSelfWatch, defaultSelfWatch } from './watch/self-watch.ts';
import { Declarations } from './whereabouts/declarations.ts';
import { createSiteFile } from './whereabouts/site-file.ts';
import { createWhereabouts } from './whereabouts/whereabouts.ts';
import { buildBroker } from './wiring/broker.ts';
import { brokerPolicyOf } from './wiring/broker-users.ts';
import { driverOf, runtimeOf, serialOf, startDevices } from './wiring/devices.ts';
import { buildLink } from './wiring/links.ts';
import { allMigrations } from './wiring/migrations.ts';
import { outsideSinks } from './wiring/outside-sinks.ts';
import { directoryOf } from './wiring/record-devices.ts';
import { createSecrets } from './wiring/secrets.ts';
import { seriesReader } from './wiring/series.ts';
import { entriesBehind, newestAlerts, patientsOf, placesOf } from './wiring/site-facts.ts';
import { watchStrangers } from './wiring/unknown-topics.ts';

export interface GatewayOptions {
  readonly site: SiteConfig;
  readonly drivers: DriverCatalogue;
  readonly rules: RuleSettings;
  /** Encrypts the database; undefined: it is not encrypted. */
  readonly key: string | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** The built dashboard; null: none. */
  readonly staticDir: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly passwordCost?: PasswordCost;
}

export interface Gateway {
  readonly access: Access;
  readonly parts: GatewayParts;
  /** Opens links and listens. Resolves with the address of the API. */
  start(): Promise<ApiAddress>;
  /** Port of the embedded broker; null while it does not listen. */
  brokerPort(): number | null;
  stop(): Promise<void>;
}

const momentOf = (text: string | undefined): number | null => (text === undefined ? null : Date.parse(text));

/** How often time is told to the rules, ms: the most by which a timer of theirs can be late. */
const TICK_MS = 200;
const WATCH_MS = 1000;
const RESTORE_ENDED_MS = 3_600_000;
const ENDED_LISTED = 500;

/** The composition root: makes every room, connects them and starts what runs. Nothing happens before `start`. */
export const createGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const { site, drivers, clock, random, log } = options;
  const since = clock.now();
  const secrets = createSecrets(options.environment);
  const database = openDatabase({
    file: join(site.data, 'wardwire.db'),
    key: options.key,
    migrations: allMigrations,
    now: since,
  });
  const journal = openJournal({
    database,
    clock,
    onFault: (error) => log.error(`a follower of the journal failed: ${messageOf(error)}`),
  });

  let journalFault: string | null = null;
  let quarantined = 0;
  /** Appends what nobody waits for; a failure is shown at /readyz and as an alert of the store. */
  const append = (entry: JournalEntry): void => {
    journal.append(entry).then(
      () => {
        journalFault = null;
      },
      (error: unknown) => {
        if (journalFault === null) log.error(messageOf(error));
        journalFault = messageOf(error);
      },
    );
  };
  const audit = (entry: AuditEntry): void => append(entry);
  const access = new Access({
    store: new AccessStore(database),
    clock,
    audit,
    ...(options.passwordCost ? { passwordCost: options.passwordCost } : {}),
  });

  // What is known of people, places and devices.
  const patients = patientsOf(site);
  const places = placesOf(site);
  const records = new RecordStore(database);
  const links = new Map<string, Link>();
  const broker = buildBroker(site, { clock, random, secrets }, brokerPolicyOf(site, secrets));
  if (broker) links.set(EMBEDDED_BROKER, broker);
  for (const [id, config] of Object.entries(site.links)) {
    links.set(id, buildLink(id, config, serialOf(id, site, drivers), { clock, random, secrets, site: site.site.name }));
  }
  const devices: DeviceRuntime[] = site.devices.map((config) => {
    const link = links.get(config.link);
    if (!link) throw new CodedError('config-device', `device "${config.id}": there is no link "${config.link}"`);
    return runtimeOf(config, driverOf(config, drivers), link, site.site.simulated);
  });
  const directory = directoryOf(devices);

  // Followers of the journal.
  const recordsSink = recordSink({ database, store: records, devices: directory });
  const auditLog = createAuditLog(database);
  const evidence = createEvidenceStore(database, journal);
  const series = seriesSink({
    database,
    clock,
    onFault: (error) => log.error(`the embedded series could not be stored: ${messageOf(error)}`),
  });
  const sinks = [recordsSink, evidence.sink, auditLog.sink, series, ...outsideSinks(site, secrets)];
  const followers = sinks.map((sink) => new Follower({ sink, journal, database, clock, random }));
  const retention = new JournalRetention({
    database,
    journal,
    clock,
    limits: {
      keepMs: site.retention.journalDays * 86_400_000,
      keepWavesMs: site.retention.waveformHours * 3_600_000,
      maxBytes: site.retention.maxGigabytes * 1024 ** 3,
    },
    followers: () => followers.map((follower) => ({ sink: follower.report().id, position: follower.position })),
    onHeld: ({ sink }) => log.warn('retention waits for a store that is behind', { sink }),
    onFault: (error) => log.error(`retention failed: ${messageOf(error)}`),
  });

  // Who was where: as the records have it, and what they have not yet read of the journal.
  const table = new AssociationTable(records.associations.list().map(({ body }) => body));
  for (const { association } of entriesBehind(journal, recordsSink.position, 'association')) table.put(association);

  const standing = new Map(devices.map(({ id, place }) => [id, place]));
  const whereIs = (device: string, at = clock.now()) => {
    const found = table.subjectAt(device, at);
    return { patient: found.patient, place: found.place ?? standing.get(device) ?? null };
  };

  const ward = createWardState();
  const rulesStart = clock.now();
  const host = createRuleHost({
    settings: options.rules,
    start: rulesStart,
    simulated: site.site.simulated,
    onCondition: (condition) => alerts.apply(condition),
    onFault: (rule, subject, reason) => log.error(`a rule failed: ${reason}`, { rule, subject: subject.kind }),
  });
  const placeOfAlert = (alert: Alert): string | null => {
    if (alert.subject.kind === 'place') return alert.subject.id;
    if (alert.subject.kind === 'patient') return patients.find(({ id }) => id === alert.subject.id)?.place ?? null;
    return whereIs(alert.device ?? alert.subject.id).place;
  };
  const alerts = createAlertEngine({
    clock,
    journalAppend(entry) {
      append(entry);
      ward.tell({ t: 'alert', alert: apiAlert(entry.alert, placeOfAlert) });
    },
  });
  const behind = entriesBehind(journal, new SinkCursors(database).get('evidence'), 'alert');
  alerts.restore([...evidence.restorable(since - RESTORE_ENDED_MS), ...behind]);

  const ingest = createIngest({
    journal,
    timeZone: site.site.timeZone,
    subjectAt: whereIs,
  });
  ingest.samples$.subscribe((sample) => {
    try {
      ward.take(sample);
      host.observe(sample);
    } catch (error) {
      // One bad sample must not end the stream of all.
      log.error(`a sample could not be processed: ${messageOf(error)}`, { device: sample.device });
    }
  });

  const tellDevice = (id: string): void => {
    const device = view.device(id);
    if (device) ward.tell({ t: 'device', device });
  };
  const deviceWatch = createDeviceWatch(devices, clock, tellDevice);
  const whereabouts = createWhereabouts({
    clock,
    journal,
    table,
    onChange(device) {
      const { patient, place: standing } = whereIs(device);
      host.associationChanged(device, patient, standing);
      tellDevice(device);
      for (const known of view.places()) if (known.id === standing) ward.tell({ t: 'place', place: known });
    },
  });

  const fhir = fhirHandlers({ store: records, devices: directory, version: options.version, since });
  const parts: GatewayParts = {
    site,
    clock,
    devices,
    links: [...links.values()],
    table,
    whereabouts,
    records,
    ingest,
    journal,
    rules: options.rules,
    host,
    alerts,
    evidence,
    audit: auditLog,
    followers,
    deadLetters: new DeadLetters(database),
    ward,
    series: seriesReader(
      series,
      table,
      (device) => directory.get(device)?.metrics ?? [],
      () => clock.now(),
    ),
    whereIs: (device) => whereIs(device),
    placeOfAlert,
    patients: () => patients,
    places: () => places,
    endedAlerts: () =>
      records.alerts
        .list({ limit: ENDED_LISTED })
        .items.map(({ alert }) => alert)
        .concat(newestAlerts(behind))
        .filter((alert) => alert.state === 'normal'),
    journalFault: () => journalFault,
    quarantined: () => quarantined,
    fhir,
  };
  const view = createGatewayView(parts);

  const { certFile, keyFile } = site.http;
  const tls = certFile !== undefined && keyFile !== undefined ? readTls({ certFile, keyFile }, since) : null;
  const api = await createApi({
    view,
    access,
    audit,
    clock,
    staticDir: options.staticDir,
    version: options.version,
    insecure: site.http.insecure,
    ...(tls ? { tls } : {}),
    report: ({ route, message }) => log.error(`the API failed: ${message}`, { route }),
  });
  const selfWatch = createSelfWatch(
    {
      clock,
      sinks: () => followers.map((follower) => follower.report()),
      watchedScreens: () => api.live().watched,
      simulated: site.site.simulated,
      onCondition: (condition) => alerts.apply(condition),
    },
    defaultSelfWatch,
  );

  const deviceHost: DeviceHost = {
    clock,
    ingest: {
      ...ingest,
      quarantine: async (input) => {
        quarantined++;
        await ingest.quarantine(input);
      },
    },
    log: (level, message, fields = {}) => log[level](message, fields),
  };
  const stops: (() => void)[] = [];

  const declareSite = async (): Promise<void> => {
    for (const patient of patients) append({ type: 'patient', at: clock.now(), by: 'configuration', patient });
    for (const place of places) append({ type: 'place', at: clock.now(), place });
    const siteFile = createSiteFile({ clock, table, whereabouts, declarations: new Declarations(database), log });
    for (const { id, place = null, since } of site.devices) {
      const patient = place === null ? undefined : site.patients.find((candidate) => candidate.place === place);
      await siteFile.declare(id, 'place', place, momentOf(since));
      await siteFile.declare(id, 'patient', patient?.id ?? null, momentOf(patient?.since));
    }
  };

  const watchLinks = (): void => {
    for (const link of links.values()) {
      stops.push(
        link.onReport((report) => {
          append({ type: 'link', at: clock.now(), report });
          const { state, reason } = report;
          log[state === 'down' ? 'warn' : 'info'](`link ${state}${reason === null ? '' : `: ${reason}`}`, {
            link: link.id,
          });
        }),
      );
    }
  };

  return {
    access,
    parts,
    brokerPort: () => broker?.port() ?? null,
    async start() {
      for (const follower of followers) follower.start();
      await declareSite();
      for (const device of devices) {
        host.addDevice({
          id: device.id,
          class: device.class,
          name: device.name,
          silentAfterMs: device.silentAfterMs,
          maintenance: device.maintenance,
          place: device.place,
        });
      }
      for (const { id, profile } of places) if (profile !== null) host.addPlace(id);
      for (const { id } of devices) {
        const { patient, place } = whereIs(id);
        host.associationChanged(id, patient, place);
      }
      host.settle(alerts.active());
      watchLinks();
      stops.push(
        startDevices(devices, { ...deviceHost, random, journal }),
        every(clock, TICK_MS, () => host.tick(clock.now())),
        every(clock, WATCH_MS, () => {
          selfWatch.check();
          deviceWatch.check();
        }),
        retention.start(),
      );
      const mqtt: MqttLink | null = broker;
      if (mqtt) {
        const known = new Set(
          devices.flatMap(({ link, driver, address, id }) =>
            link === mqtt && driver.wire === 'mqtt' ? driver.topics(address ?? id) : [],
          ),
        );
        stops.push(watchStrangers(deviceHost, mqtt, (topic) => known.has(topic)).stop);
      }
      for (const link of links.values()) link.open();
      const address = await api.listen(site.http.host, site.http.port);
      if (address.warning !== null) log.warn(address.warning);
      return address;
    },
    async stop() {
      await api.close();
      access.close();
      for (const stop of stops.splice(0).reverse()) stop();
      await Promise.all([...links.values()].map((link) => link.close()));
      host.stop();
      alerts.stop();
      await Promise.all(followers.map((follower) => follower.stop()));
      journal.close();
      database.close();
    },
  };
};
