import type { Alert } from '../model/alert.ts';
import type { ApiWaveform } from '../model/api.ts';
import type { Clock } from '../model/clock.ts';
import type { Patient, Place } from '../model/person.ts';
import type { AlertEngine } from './alerts/alert-engine.ts';
import type { FhirReply, FhirRequest, Page, TrendQuery, WaveformQuery } from './api/ports.ts';
import type { createAuditLog } from './audit/audit-log.ts';
import type { SiteConfig } from './config/schema.ts';
import type { DeviceRuntime } from './devices/device-runtime.ts';
import type { EvidenceStore } from './evidence/evidence-store.ts';
import type { Ingest } from './ingest/ingest.ts';
import type { Journal } from './journal/contract.ts';
import type { Link } from './links/contract.ts';
import type { WardState } from './live/ward-state.ts';
import type { AssociationTable } from './records/associations.ts';
import type { RecordStore } from './records/record-store.ts';
import type { RuleHost } from './rules/rule-host.ts';
import type { RuleSettings } from './rules/rule-settings.ts';
import type { DeadLetters } from './sinks/dead-letters.ts';
import type { Follower } from './sinks/follower.ts';
import type { WhereaboutsService } from './whereabouts/whereabouts.ts';

/** What the view asks of the stored series. */
export interface SeriesReader {
  trend(query: TrendQuery): {
    readonly bucketMs: number;
    readonly points: readonly {
      readonly at: number;
      readonly min: number | null;
      readonly max: number | null;
      readonly mean: number | null;
      readonly count: number;
    }[];
  };
  waveforms(query: WaveformQuery): Page<ApiWaveform>;
}

/** The rooms of a running gateway, as its view needs them. */
export interface GatewayParts {
  readonly site: SiteConfig;
  readonly clock: Clock;
  readonly devices: readonly DeviceRuntime[];
  readonly links: readonly Link[];
  readonly table: AssociationTable;
  readonly whereabouts: WhereaboutsService;
  readonly records: RecordStore;
  readonly ingest: Ingest;
  readonly journal: Journal;
  readonly rules: RuleSettings;
  readonly host: RuleHost;
  readonly alerts: AlertEngine;
  readonly evidence: EvidenceStore;
  readonly audit: ReturnType<typeof createAuditLog>;
  readonly followers: readonly Follower[];
  readonly deadLetters: DeadLetters;
  readonly ward: WardState;
  readonly series: SeriesReader;
  /** The patient and the place a device is with now; where it stands if no association says more. */
  whereIs(device: string): { readonly patient: string | null; readonly place: string | null };
  placeOfAlert(alert: Alert): string | null;
  patients(): readonly Patient[];
  places(): readonly Place[];
  /** Alerts that have ended, newest first, as the records hold them. */
  endedAlerts(): readonly Alert[];
  /** Why the journal cannot be written; null: it can. */
  journalFault(): string | null;
  quarantined(): number;
  fhir(request: FhirRequest): FhirReply;
}
