/* The parts of FHIR R4 (4.0.1) that are produced here; nothing is optional that is always given. */

export interface Coding {
  readonly system?: string;
  readonly code?: string;
  readonly display?: string;
}

export interface CodeableConcept {
  readonly coding?: readonly Coding[];
  readonly text?: string;
}

export interface Identifier {
  readonly use?: 'usual' | 'official';
  readonly type?: CodeableConcept;
  readonly system?: string;
  readonly value: string;
}

export interface Reference {
  readonly reference?: string;
  readonly identifier?: Identifier;
  readonly display?: string;
}

export interface Quantity {
  readonly value?: number;
  readonly comparator?: '<' | '<=' | '>=' | '>';
  readonly unit?: string;
  readonly system?: string;
  readonly code?: string;
}

export interface Period {
  readonly start?: string;
  readonly end?: string;
}

export interface Annotation {
  readonly authorString?: string;
  readonly time?: string;
  readonly text: string;
}

export interface SampledData {
  readonly origin: Quantity;
  /** ms from sample to sample. */
  readonly period: number;
  readonly factor?: number;
  readonly dimensions: number;
  readonly data: string;
}

export interface Meta {
  readonly versionId?: string;
  readonly lastUpdated?: string;
  readonly profile?: readonly string[];
  readonly security?: readonly Coding[];
  readonly tag?: readonly Coding[];
}

interface ResourceOf<Type extends string> {
  readonly resourceType: Type;
  readonly id?: string;
  readonly meta?: Meta;
}

export interface Patient extends ResourceOf<'Patient'> {
  readonly identifier: readonly Identifier[];
  readonly active: boolean;
  readonly name: readonly { readonly family: string; readonly given?: readonly string[] }[];
  readonly gender: 'female' | 'male' | 'other' | 'unknown';
  readonly birthDate?: string;
}

export interface Location extends ResourceOf<'Location'> {
  readonly identifier: readonly Identifier[];
  readonly status: 'active';
  readonly name: string;
  readonly mode: 'instance';
  readonly physicalType: CodeableConcept;
}

export interface Device extends ResourceOf<'Device'> {
  readonly identifier: readonly Identifier[];
  readonly status: 'active' | 'inactive';
  readonly manufacturer?: string;
  readonly serialNumber?: string;
  readonly modelNumber?: string;
  readonly deviceName: readonly { readonly name: string; readonly type: 'user-friendly-name' }[];
  readonly type?: CodeableConcept;
  readonly location?: Reference;
}

export interface DeviceMetric extends ResourceOf<'DeviceMetric'> {
  readonly identifier: readonly Identifier[];
  readonly type: CodeableConcept;
  readonly unit?: CodeableConcept;
  readonly source: Reference;
  readonly category: 'measurement' | 'setting' | 'calculation' | 'unspecified';
}

export interface DeviceUseStatement extends ResourceOf<'DeviceUseStatement'> {
  readonly identifier: readonly Identifier[];
  readonly status: 'active' | 'completed' | 'entered-in-error';
  readonly subject: Reference;
  readonly timingPeriod: Period;
  readonly recordedOn: string;
  readonly source?: Reference;
  readonly device: Reference;
  readonly note?: readonly Annotation[];
}

/** `value[x]`, or why there is none. */
export interface ObservedPart {
  readonly valueQuantity?: Quantity;
  readonly valueSampledData?: SampledData;
  readonly valueBoolean?: boolean;
  readonly valueString?: string;
  readonly dataAbsentReason?: CodeableConcept;
  readonly interpretation?: readonly CodeableConcept[];
}

export interface ObservationComponent extends ObservedPart {
  readonly code: CodeableConcept;
}

export interface Observation extends ResourceOf<'Observation'>, ObservedPart {
  readonly identifier: readonly Identifier[];
  readonly status: 'final' | 'amended' | 'corrected' | 'entered-in-error';
  readonly category: readonly CodeableConcept[];
  readonly code: CodeableConcept;
  readonly subject?: Reference;
  readonly effectiveDateTime?: string;
  readonly effectivePeriod?: Period;
  readonly issued: string;
  readonly device: Reference;
  readonly note?: readonly Annotation[];
  readonly component?: readonly ObservationComponent[];
}

export interface DetectedIssue extends ResourceOf<'DetectedIssue'> {
  readonly identifier: readonly Identifier[];
  readonly status: 'preliminary' | 'final' | 'cancelled';
  readonly code: CodeableConcept;
  readonly severity?: 'high' | 'moderate' | 'low';
  readonly patient?: Reference;
  readonly identifiedPeriod: Period;
  readonly author: Reference;
  readonly evidence?: readonly { readonly code?: readonly CodeableConcept[]; readonly detail?: readonly Reference[] }[];
  readonly mitigation?: readonly {
    readonly action: CodeableConcept;
    readonly date?: string;
    readonly author?: Reference;
  }[];
}

export interface Provenance extends ResourceOf<'Provenance'> {
  readonly target: readonly Reference[];
  readonly recorded: string;
  readonly reason?: readonly CodeableConcept[];
  readonly activity: CodeableConcept;
  readonly agent: readonly { readonly type: CodeableConcept; readonly who: Reference }[];
  readonly entity?: readonly { readonly role: 'source' | 'revision'; readonly what: Reference }[];
}

export interface AuditEvent extends ResourceOf<'AuditEvent'> {
  readonly type: Coding;
  readonly subtype: readonly Coding[];
  readonly action: 'C' | 'R' | 'U' | 'D' | 'E';
  readonly recorded: string;
  readonly outcome: '0' | '4' | '8' | '12';
  readonly outcomeDesc?: string;
  readonly agent: readonly {
    readonly type?: CodeableConcept;
    readonly role?: readonly CodeableConcept[];
    readonly who: Reference;
    readonly requestor: boolean;
    readonly network?: { readonly address: string; readonly type: '1' | '2' | '5' };
  }[];
  readonly source: { readonly observer: Reference; readonly type?: readonly Coding[] };
  readonly entity?: readonly {
    readonly what?: Reference;
    readonly name?: string;
    readonly type: Coding;
    readonly role?: Coding;
  }[];
}

export interface OperationOutcome extends ResourceOf<'OperationOutcome'> {
  readonly issue: readonly {
    readonly severity: 'fatal' | 'error' | 'warning' | 'information';
    readonly code: string;
    readonly details?: CodeableConcept;
    readonly diagnostics?: string;
    readonly expression?: readonly string[];
  }[];
}

export interface BundleEntry {
  readonly fullUrl?: string;
  readonly resource?: Resource;
  readonly search?: { readonly mode: 'match' | 'include' | 'outcome' };
  readonly request?: {
    readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
    readonly url: string;
    readonly ifNoneExist?: string;
  };
  readonly response?: { readonly status: string; readonly etag?: string; readonly lastModified?: string };
}

export interface Bundle extends ResourceOf<'Bundle'> {
  readonly type: 'searchset' | 'history' | 'transaction' | 'collection';
  readonly total?: number;
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly BundleEntry[];
}

export interface SearchParameter {
  readonly name: string;
  readonly type: 'token' | 'string' | 'date' | 'reference';
  readonly documentation?: string;
}

export interface CapabilityStatement extends ResourceOf<'CapabilityStatement'> {
  readonly status: 'active';
  readonly date: string;
  readonly kind: 'instance';
  readonly software: { readonly name: string; readonly version: string };
  readonly implementation: { readonly description: string; readonly url?: string };
  readonly fhirVersion: '4.0.1';
  readonly format: readonly string[];
  readonly rest: readonly {
    readonly mode: 'server';
    readonly documentation?: string;
    readonly resource: readonly {
      readonly type: string;
      readonly interaction: readonly { readonly code: 'read' | 'vread' | 'history-instance' | 'search-type' }[];
      readonly versioning: 'no-version' | 'versioned';
      readonly readHistory: boolean;
      readonly searchParam?: readonly SearchParameter[];
    }[];
  }[];
}

export type Resource =
  | Patient
  | Location
  | Device
  | DeviceMetric
  | DeviceUseStatement
  | Observation
  | DetectedIssue
  | Provenance
  | AuditEvent
  | OperationOutcome
  | CapabilityStatement
  | Bundle;

export type ResourceType = Resource['resourceType'];
