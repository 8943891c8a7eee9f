import type { DeviceClass } from '../../model/device.ts';
import { fhirId } from '../ingest/identity.ts';
import type { RecordDevice } from '../records/devices.ts';
import type { Device } from './r4.ts';
import {
  coding,
  concept,
  type FhirSite,
  GATEWAY_DEVICE,
  IDENTIFIER_TYPE,
  identifier,
  MDC,
  reference,
  system,
} from './systems.ts';

/** Object codes that standards.md 2.5 lists (V or K); the other classes go by their name. */
const classCode: Readonly<Partial<Record<DeviceClass, readonly [code: string, display: string]>>> = {
  ekg: ['69965', 'MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS'],
  'blood-pressure': ['69837', 'MDC_DEV_METER_PHYSIO_MULTI_PARAM_MDS'],
  'infusion-pump': ['69985', 'MDC_DEV_PUMP_INFUS_MDS'],
};

const HTEST = { security: [coding('http://terminology.hl7.org/CodeSystem/v3-ActReason', 'HTEST')] } as const;

export const deviceResource = (site: FhirSite, device: RecordDevice, place: string | null): Device => {
  const code = classCode[device.class];
  return {
    resourceType: 'Device',
    id: fhirId('Device', device.id),
    ...(device.simulated ? { meta: HTEST } : {}),
    identifier: [
      identifier(site, 'device', device.id),
      ...(device.serial
        ? [{ type: concept(IDENTIFIER_TYPE, 'SNO'), system: system(site, 'serial'), value: device.serial }]
        : []),
    ],
    status: 'active',
    manufacturer: device.manufacturer,
    modelNumber: device.model,
    ...(device.serial ? { serialNumber: device.serial } : {}),
    deviceName: [{ name: device.name, type: 'user-friendly-name' }],
    type: { ...(code ? concept(MDC, ...code) : {}), text: device.class },
    ...(place === null ? {} : { location: reference('Location', place) }),
  };
};

/** A device that has readings in the record but is no longer configured. */
export const retiredDeviceResource = (site: FhirSite, id: string): Device => ({
  resourceType: 'Device',
  id: fhirId('Device', id),
  identifier: [identifier(site, 'device', id)],
  status: 'inactive',
  deviceName: [{ name: id, type: 'user-friendly-name' }],
});

/** The gateway, which assembles what the devices say. */
export const gatewayResource = (site: FhirSite): Device => ({
  resourceType: 'Device',
  id: GATEWAY_DEVICE,
  identifier: [identifier(site, 'device', GATEWAY_DEVICE)],
  status: 'active',
  deviceName: [{ name: 'Wardwire gateway', type: 'user-friendly-name' }],
});
