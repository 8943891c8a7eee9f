import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Driver } from '../../drivers/kit/contract.ts';
import { modbusDriver, type ProfileDriver } from '../../drivers/kit/modbus-driver.ts';
import { type ModbusProfile, modbusProfileSchema } from '../../drivers/kit/modbus-profile.ts';
import { mqttDrivers } from '../../drivers/mqtt-drivers.ts';
import { streamDrivers } from '../../drivers/stream-drivers.ts';
import { messageOf } from '../../model/errors.ts';
import { packageFile } from './package-file.ts';
import type { Problem } from './problem.ts';
import { parseYaml, readYaml } from './yaml-document.ts';

/** Every driver there is: those in code, and the profiles found in the given files and folders. */
export interface DriverCatalogue {
  readonly drivers: readonly Driver[];
  find(id: string): Driver | null;
  /** The data a profile driver was made from: a device may differ from it in its settings. */
  profile(id: string): ModbusProfile | null;
  readonly problems: readonly Problem[];
}

const filesIn = (path: string): string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => /\.ya?ml$/.test(name))
        .sort()
        .map((name) => join(path, name))
    : [path];

const problemAt = (file: string, message: string, hint: string): Problem => ({
  severity: 'error',
  file,
  line: 1,
  column: 1,
  path: '',
  message,
  hint,
});

/** `more`: profile files and folders besides the built-in ones. A profile with errors is left out and said why. */
export const loadDrivers = (more: readonly string[] = []): DriverCatalogue => {
  const problems: Problem[] = [];
  const profiles = new Map<string, ModbusProfile>();
  const drivers = new Map<string, Driver>([...streamDrivers, ...mqttDrivers].map((driver) => [driver.id, driver]));

  const loadFile = (file: string): void => {
    const document = readYaml(readFileSync(file, 'utf8'), file);
    const { value, problems: found } = parseYaml(document, modbusProfileSchema);
    problems.push(...found);
    if (!value) return;
    if (drivers.has(value.id)) {
      problems.push(
        document.problem(['id'], `there is already a driver "${value.id}"`, { hint: 'give this profile another id' }),
      );
      return;
    }
    const driver: ProfileDriver = modbusDriver(value);
    profiles.set(value.id, value);
    drivers.set(value.id, driver);
  };

  for (const path of [packageFile('config/profiles'), ...more]) {
    try {
      for (const file of filesIn(path)) loadFile(file);
    } catch (error) {
      problems.push(problemAt(path, messageOf(error), 'name a profile file or a folder of profiles'));
    }
  }
  return {
    drivers: [...drivers.values()].sort((a, b) => (a.class + a.id < b.class + b.id ? -1 : 1)),
    find: (id) => drivers.get(id) ?? null,
    profile: (id) => profiles.get(id) ?? null,
    problems,
  };
};
