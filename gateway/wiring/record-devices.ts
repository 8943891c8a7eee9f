import type { DeviceRuntime } from '../devices/device-runtime.ts';
import type { DeviceDirectory, RecordDevice } from '../records/devices.ts';
import { filingModeOf } from '../records/filing.ts';

/** The site's devices as the records know them. */
export const directoryOf = (devices: readonly DeviceRuntime[]): DeviceDirectory => {
  const list = devices.map(
    ({ id, name, driver, class: kind, simulated }): RecordDevice => ({
      id,
      name,
      driver: driver.id,
      class: kind,
      manufacturer: driver.manufacturer,
      model: driver.model,
      metrics: driver.metrics,
      filing: filingModeOf(driver),
      simulated,
    }),
  );
  const byId = new Map(list.map((device) => [device.id, device]));
  return { get: (id) => byId.get(id) ?? null, list: () => list };
};
