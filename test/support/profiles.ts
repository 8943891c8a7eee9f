import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type ModbusProfile, modbusProfileSchema } from '../../drivers/kit/modbus-profile.ts';

const folder = join(import.meta.dirname, '..', '..', 'config', 'profiles');

export const profileFiles: readonly string[] = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

export const readProfile = (file: string): ModbusProfile =>
  modbusProfileSchema.parse(parse(readFileSync(join(folder, file), 'utf8')));
