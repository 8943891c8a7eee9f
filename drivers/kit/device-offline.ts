import type { DriverStatus } from './contract.ts';

/** Status code by which a bridge or a last will says that the device behind it is gone. */
export const DEVICE_OFFLINE = 'device-offline';

export const onlineStatus = (online: boolean): DriverStatus => ({
  kind: 'status',
  code: DEVICE_OFFLINE,
  active: !online,
  role: 'alarm',
  alertKind: 'technical',
  priority: 'low',
  text: online ? 'Device is online' : 'Device is offline, says its bridge or broker',
});
