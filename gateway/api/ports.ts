import type { AlertKind, AlertState, Priority } from '../../model/alert.ts';
import type {
  ApiAlert,
  ApiAssociation,
  ApiAuditEntry,
  ApiDeadLetter,
  ApiDevice,
  ApiEvidence,
  ApiLimit,
  ApiMetric,
  ApiPatient,
  ApiPlace,
  ApiReadiness,
  ApiReading,
  ApiSink,
  ApiStatus,
  ApiTrend,
  ApiWaveform,
} from '../../model/api.ts';
import type { Role } from '../../model/person.ts';

/*
 * Everything the API needs of the gateway, and all it knows of it. Moments in queries are ms since the epoch, UTC;
 * cursors are opaque texts that the gateway made. What is refused is thrown as CodedError<ViewErrorCode>.
 */

export const viewErrorCodes = ['not-found', 'conflict', 'invalid', 'bad-cursor', 'unavailable'] as const;
export type ViewErrorCode = (typeof viewErrorCodes)[number];

export type Awaitable<T> = T | Promise<T>;

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

interface PageQuery {
  readonly limit: number;
  readonly cursor: string | null;
}

/** Event time: from <= t < to. */
interface Span {
  readonly from: number | null;
  readonly to: number | null;
}

export interface AssociationQuery extends PageQuery, Span {
  readonly device: string | null;
  readonly patient: string | null;
  readonly place: string | null;
}

export interface ReadingQuery extends AssociationQuery {
  readonly metric: string | null;
}

export type WaveformQuery = ReadingQuery;

export interface TrendQuery {
  readonly device: string;
  readonly metric: string;
  readonly from: number;
  readonly to: number;
  /** About how many points are wanted. */
  readonly points: number;
}

export interface AlertQuery extends PageQuery, Span {
  /** `active`: every state but normal. */
  readonly state: AlertState | 'active' | null;
  readonly kind: AlertKind | null;
  readonly priority: Priority | null;
  readonly device: string | null;
  readonly patient: string | null;
  readonly place: string | null;
}

export interface AuditQuery extends PageQuery, Span {
  readonly who: string | null;
  readonly action: string | null;
  readonly target: string | null;
  readonly outcome: ApiAuditEntry['outcome'] | null;
}

export interface NewAssociation {
  readonly device: string;
  readonly subject: { readonly kind: 'patient' | 'place'; readonly id: string };
  /** null: from now on. */
  readonly from: number | null;
  readonly to: number | null;
  readonly reason: string | null;
}

/** A run of a wave as it comes in. */
export interface LiveWave {
  readonly device: string;
  readonly metric: string;
  readonly unit: string;
  readonly rateHz: number;
  readonly scale: number;
  readonly offset: number;
  readonly takenAt: number;
  readonly raw: readonly (number | null)[];
}

export type LiveEvent =
  | { readonly t: 'reading'; readonly reading: ApiReading }
  | { readonly t: 'status'; readonly status: ApiStatus }
  | { readonly t: 'alert'; readonly alert: ApiAlert }
  | { readonly t: 'device'; readonly device: ApiDevice }
  | { readonly t: 'place'; readonly place: ApiPlace }
  | { readonly t: 'patient'; readonly patient: ApiPatient }
  | { readonly t: 'limits'; readonly limits: readonly ApiLimit[] }
  | { readonly t: 'wave'; readonly wave: LiveWave };

/** What is so now: the latest reading of each device and metric, the active alerts. */
export interface WardSnapshot {
  readonly ward: { readonly name: string; readonly simulated: boolean };
  readonly places: readonly ApiPlace[];
  readonly patients: readonly ApiPatient[];
  readonly devices: readonly ApiDevice[];
  readonly readings: readonly ApiReading[];
  readonly statuses: readonly ApiStatus[];
  readonly alerts: readonly ApiAlert[];
  readonly limits: readonly ApiLimit[];
}

/** A number of the gateway for `/metrics`. */
export interface GatewayCounter {
  /** As Prometheus wants it, e.g. `wardwire_samples_total`. */
  readonly name: string;
  readonly help: string;
  readonly kind: 'counter' | 'gauge';
  readonly value: number;
  /** Never a patient. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface FhirRequest {
  /** Below `/fhir/R4`, e.g. `/Observation/o1`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | string[] | undefined>>;
  /** null: not signed in; only the capability statement is asked for like this. */
  readonly principal: { readonly name: string; readonly role: Role } | null;
  /** Address of the FHIR base as the client sees it, for links. */
  readonly baseUrl: string;
}

export interface FhirReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** What was asked for and whom the answer tells of (`patient:p1`), for the audit. */
  readonly audit: {
    readonly action: string;
    readonly target: string | null;
    readonly patients: readonly string[];
    readonly outcome: 'ok' | 'refused' | 'failed';
  };
}

export interface GatewayView {
  devices(): readonly ApiDevice[];
  /** Null: there is no such device. */
  device(id: string): ApiDevice | null;
  places(): readonly ApiPlace[];
  patients(): readonly ApiPatient[];
  limits(): readonly ApiLimit[];
  metrics(): readonly ApiMetric[];

  associations(query: AssociationQuery): Awaitable<Page<ApiAssociation>>;
  association(id: string): Awaitable<ApiAssociation | null>;
  associate(request: NewAssociation, by: string): Awaitable<ApiAssociation>;
  endAssociation(id: string, at: number | null, reason: string | null, by: string): Awaitable<ApiAssociation>;

  readings(query: ReadingQuery): Awaitable<Page<ApiReading>>;
  waveforms(query: WaveformQuery): Awaitable<Page<ApiWaveform>>;
  trend(query: TrendQuery): Awaitable<ApiTrend>;

  alerts(query: AlertQuery): Awaitable<Page<ApiAlert>>;
  alert(id: string): Awaitable<ApiAlert | null>;
  evidence(id: string): Awaitable<ApiEvidence | null>;
  alertHistory(id: string): Awaitable<ApiEvidence['history'] | null>;
  acknowledge(id: string, by: string, note: string | null): Awaitable<ApiAlert>;
  pause(id: string, by: string, seconds: number): Awaitable<ApiAlert>;
  reset(id: string, by: string): Awaitable<ApiAlert>;

  audit(query: AuditQuery): Awaitable<Page<ApiAuditEntry>>;
  sinks(): readonly ApiSink[];
  /** null: no such sink. */
  deadLetters(sink: string, query: PageQuery): Awaitable<Page<ApiDeadLetter> | null>;

  /** In one piece, without waiting: nothing that `subscribe` tells may fall between it and what is told next. */
  snapshot(): WardSnapshot;
  /** Tells each change as it happens. The listener is quick, keeps nothing without bound and never throws. */
  subscribe(listener: (event: LiveEvent) => void): () => void;

  readiness(): Awaitable<readonly ApiReadiness[]>;
  counters(): readonly GatewayCounter[];
  fhir(request: FhirRequest): Awaitable<FhirReply>;
}
