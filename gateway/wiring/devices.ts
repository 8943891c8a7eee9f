import type { Driver, SerialSettings } from '../../drivers/kit/contract.ts';
import { modbusDriver } from '../../drivers/kit/modbus-driver.ts';
import { overrideProfile, profileOverridesSchema } from '../../drivers/kit/override-profile.ts';
import { createSharedLine, type SharedLine } from '../../drivers/kit/shared-line.ts';
import type { Clock } from '../../model/clock.ts';
import { CodedError, messageOf } from '../../model/errors.ts';
import type { Random } from '../../model/random.ts';
import type { DriverCatalogue } from '../config/driver-catalogue.ts';
import type { DeviceConfig, SiteConfig } from '../config/schema.ts';
import type { DeviceHost } from '../devices/deliver.ts';
import { createDeviceRuntime, type DeviceRuntime } from '../devices/device-runtime.ts';
import { startModbusDevice } from '../devices/modbus-device.ts';
import { startMqttDevice } from '../devices/mqtt-device.ts';
import { startStreamDevice } from '../devices/stream-device.ts';
import type { Journal } from '../journal/contract.ts';
import type { Link } from '../links/contract.ts';
import { isKind } from './links.ts';

/** The driver of a device, with the settings in which this one differs from its model. */
export const driverOf = (config: DeviceConfig, catalogue: DriverCatalogue): Driver => {
  const profile = catalogue.profile(config.driver);
  if (profile) {
    try {
      const overrides = profileOverridesSchema.parse({
        ...config.overrides,
        ...(config.unit === undefined ? {} : { unitId: config.unit }),
        ...(config.pollSeconds === undefined ? {} : { pollSeconds: config.pollSeconds }),
        ...(config.silentAfterSeconds === undefined ? {} : { silentAfterSeconds: config.silentAfterSeconds }),
      });
      return modbusDriver(overrideProfile(profile, overrides));
    } catch (error) {
      throw new CodedError('config-device', `device "${config.id}": ${messageOf(error)}`, {
        hint: 'correct its `overrides`, `unit`, `pollSeconds` or `silentAfterSeconds`',
        cause: error,
      });
    }
  }
  const driver = catalogue.find(config.driver);
  if (!driver) throw new CodedError('config-device', `device "${config.id}": there is no driver "${config.driver}"`);
  return driver;
};

/** What the serial port of a link must be set to: what the first device on it needs. */
export const serialOf = (link: string, site: SiteConfig, catalogue: DriverCatalogue): SerialSettings => {
  for (const device of site.devices) {
    const driver = device.link === link ? driverOf(device, catalogue) : null;
    if (driver && 'serial' in driver) return driver.serial;
  }
  return { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 };
};

const addressOf = (config: DeviceConfig, driver: Driver): string | null => {
  if (driver.wire === 'modbus') return `unit ${driver.unitId}`;
  if (driver.wire === 'stream') return null;
  return config.topic ?? (typeof config.options.topic === 'string' ? config.options.topic : config.id);
};

const optionsOf = (config: DeviceConfig, driver: Driver): DeviceRuntime['options'] => {
  const defaults = Object.entries(driver.options).map(([name, option]) => [name, option.default] as const);
  return { ...Object.fromEntries(defaults), ...config.options };
};

export const runtimeOf = (config: DeviceConfig, driver: Driver, link: Link, simulated: boolean): DeviceRuntime => {
  const own = config.silentAfterSeconds;
  return createDeviceRuntime({
    id: config.id,
    name: config.name ?? config.id,
    driver,
    class: config.class ?? driver.class,
    place: config.place ?? null,
    link,
    address: addressOf(config, driver),
    options: optionsOf(config, driver),
    simulated,
    maintenance: config.maintenance,
    silentAfterMs: own === undefined ? driver.silentAfterMs : own * 1000,
  });
};

export interface StartPorts extends DeviceHost {
  readonly random: Random;
  readonly clock: Clock;
  readonly journal: Journal;
}

/** Starts every device on its link. Polls of one bus are spread over its period. Returns a function that stops them. */
export const startDevices = (devices: readonly DeviceRuntime[], ports: StartPorts): (() => void) => {
  const lines = new Map<string, SharedLine>();
  const onBus = new Map<string, number>();
  const memory = (device: string) => ports.journal.memory(device);

  const start = (device: DeviceRuntime): (() => void) => {
    const { driver, link } = device;
    if (driver.wire === 'stream' && isKind(link, 'stream')) {
      const line = lines.get(link.id) ?? createSharedLine();
      lines.set(link.id, line);
      return startStreamDevice(ports, device, driver, link, { random: ports.random, line, memory });
    }
    if (driver.wire === 'modbus' && isKind(link, 'modbus')) {
      const before = onBus.get(link.id) ?? 0;
      onBus.set(link.id, before + 1);
      const { unitId, pollMs } = driver;
      const phaseMs = (before * 250) % Math.max(1, pollMs);
      return startModbusDevice(ports, device, driver, link, { unitId, pollMs, phaseMs });
    }
    if (driver.wire === 'mqtt' && isKind(link, 'mqtt')) {
      return startMqttDevice(ports, device, driver, link, device.address ?? device.id, () => memory(device.id));
    }
    throw new CodedError('config-device', `device "${device.id}": ${driver.id} does not run on link "${link.id}"`);
  };

  const stops = devices.map(start);
  return () => {
    for (const stop of stops) stop();
  };
};
