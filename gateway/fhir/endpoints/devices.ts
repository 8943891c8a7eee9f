import { deviceMetricId, fhirId } from '../../ingest/identity.ts';
import { groupOfMetric } from '../../records/groups.ts';
import { deviceResource, gatewayResource, retiredDeviceResource } from '../device.ts';
import { deviceMetricResource } from '../device-metric.ts';
import { deviceUseStatementResource } from '../device-use-statement.ts';
import type { Device, DeviceMetric, DeviceUseStatement } from '../r4.ts';
import { matchesStrings, matchesTokens } from '../search.ts';
import { type Endpoint, type FhirContext, identifiersOf, idTokens, pageById, referencedIds } from './endpoint.ts';

/** The place of a device by its association that is still open. */
const placeOf = ({ store }: FhirContext, device: string): string | null =>
  store.table.subjectAt(device, Number.MAX_SAFE_INTEGER).place;

const devicesOf = (context: FhirContext): Device[] => {
  const configured = context.devices.list();
  const known = new Set(configured.map((device) => device.id));
  const retired = new Set(context.store.observations.observed().map((each) => each.device));
  return [
    gatewayResource(context.site),
    ...configured.map((device) => deviceResource(context.site, device, placeOf(context, device.id))),
    ...[...retired].filter((id) => !known.has(id)).map((id) => retiredDeviceResource(context.site, id)),
  ];
};

/** Our ids of the devices with an id in FHIR. */
export const ourDeviceIds = (context: FhirContext, id: string): string[] => {
  const known = new Set([
    ...context.devices.list().map((device) => device.id),
    ...context.store.observations.observed().map((each) => each.device),
  ]);
  return [...known].filter((device) => fhirId('Device', device) === id);
};

export const deviceEndpoint: Endpoint = {
  type: 'Device',
  search: { parameters: { _id: 'token', identifier: 'token', name: 'string' } },
  find(search, context) {
    const resources = devicesOf(context).filter(
      (device) =>
        matchesTokens(search.tokens._id, idTokens(device)) &&
        matchesTokens(search.tokens.identifier, identifiersOf(device.identifier)) &&
        matchesStrings(
          search.strings.name,
          device.deviceName.map((each) => each.name),
        ),
    );
    return pageById(resources, search);
  },
  read(id, context) {
    return devicesOf(context).find((device) => device.id === id) ?? null;
  },
};

/** What each device has filed, and what it may file. */
const kindsOf = (context: FhirContext): { readonly device: string; readonly group: string }[] => {
  const kinds = new Map<string, { device: string; group: string }>();
  const add = (device: string, group: string) => kinds.set(deviceMetricId(device, group), { device, group });
  for (const device of context.devices.list()) {
    for (const metric of device.metrics) {
      const group = groupOfMetric(metric);
      if (group) add(device.id, group.id);
    }
  }
  for (const { device, group } of context.store.observations.observed()) add(device, group);
  return [...kinds.values()];
};

/** The device and kind of observation of a DeviceMetric. */
export const kindOf = (context: FhirContext, id: string): { readonly device: string; readonly group: string } | null =>
  kindsOf(context).find(({ device, group }) => deviceMetricId(device, group) === id) ?? null;

export const deviceMetricEndpoint: Endpoint = {
  type: 'DeviceMetric',
  search: { parameters: { _id: 'token', identifier: 'token', source: 'reference' } },
  find(search, context) {
    const sources = referencedIds(search, 'source', 'Device');
    const resources = kindsOf(context)
      .filter(({ device }) => sources === undefined || sources.includes(fhirId('Device', device)))
      .map(({ device, group }): DeviceMetric => deviceMetricResource(context.site, device, group))
      .filter(
        (metric) =>
          matchesTokens(search.tokens._id, idTokens(metric)) &&
          matchesTokens(search.tokens.identifier, identifiersOf(metric.identifier)),
      );
    return pageById(resources, search);
  },
  read(id, context) {
    const kind = kindOf(context, id);
    return kind ? deviceMetricResource(context.site, kind.device, kind.group) : null;
  },
};

export const deviceUseStatementEndpoint: Endpoint = {
  type: 'DeviceUseStatement',
  search: { parameters: { _id: 'token', identifier: 'token', patient: 'reference', device: 'reference' } },
  find(search, context) {
    const patients = referencedIds(search, 'patient', 'Patient');
    const devices = referencedIds(search, 'device', 'Device');
    const resources = context.store.associations
      .list()
      .filter(
        ({ body }) =>
          (patients === undefined || patients.includes(fhirId('Patient', body.subject.id))) &&
          (devices === undefined || devices.includes(fhirId('Device', body.device))),
      )
      .flatMap((version): DeviceUseStatement[] => {
        const resource = deviceUseStatementResource(context.site, version);
        return resource ? [resource] : [];
      })
      .filter(
        (resource) =>
          matchesTokens(search.tokens._id, idTokens(resource)) &&
          matchesTokens(search.tokens.identifier, identifiersOf(resource.identifier)),
      );
    return pageById(resources, search);
  },
  read(id, context) {
    return this.history?.(id, context)[0] ?? null;
  },
  history(id, context) {
    const ids = [
      id,
      ...context.store.associations
        .list()
        .filter(({ body }) => body.id !== id && fhirId('DeviceUseStatement', body.id) === id)
        .map(({ body }) => body.id),
    ];
    return ids
      .flatMap((each) => context.store.associations.history(each))
      .flatMap((version) => deviceUseStatementResource(context.site, version) ?? []);
  },
};
