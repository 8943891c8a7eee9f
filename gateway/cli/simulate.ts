import type { Driver } from '../../drivers/kit/contract.ts';
import { after, type Clock } from '../../model/clock.ts';
import { CodedError, hasCode, messageOf } from '../../model/errors.ts';
import { type SingleDeviceErrorCode, type SingleWire, simulateDevice } from '../../simulators/single-device.ts';
import { systemClock } from '../clock.ts';
import { loadDrivers } from '../config/driver-catalogue.ts';
import { nearest } from '../config/nearest.ts';
import { formatProblem } from '../config/problem.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** As they come from the command line. */
export interface SimulateOptions {
  /** Where the client's end of a pseudo-terminal is put; a Modbus device then speaks RTU. */
  readonly pty?: string;
  /** 0: any free port. A Modbus device then speaks RTU, as behind a serial device server. */
  readonly tcp?: string;
  readonly modbusTcp?: string;
  readonly mqtt?: string;
  /** Modbus unit; default: the profile's. */
  readonly unit?: string;
  /** MQTT name; default: the driver's id. */
  readonly topic?: string;
  readonly seed?: string;
  /** Seconds; default: until interrupted. */
  readonly for?: string;
  /** File or folder with more profiles. */
  readonly profiles?: string;
}

const usage = (message: string, hint: string): CodedError<'usage'> => new CodedError('usage', message, { hint });

/** Options of the command line, by what the driver runs on. */
const wireOptions: Readonly<Record<Driver['wire'], string>> = {
  stream: '--pty LINK or --tcp PORT',
  modbus: '--modbus-tcp PORT, --pty LINK (RTU) or --tcp PORT (RTU over TCP)',
  mqtt: '--mqtt URL',
};

const wholeNumber = (name: string, text: string, most: number): number => {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value <= most) return value;
  throw usage(`${name} is not a number from 0 to ${most}`, `write for example ${name} ${Math.min(most, 5020)}`);
};

const secondsOf = (text: string): number => {
  const seconds = Number(text);
  if (text.trim() !== '' && Number.isFinite(seconds) && seconds > 0) return seconds;
  throw usage('--for is not a number of seconds', 'write for example --for 60');
};

const MAX_PORT = 65_535;

const wireOf = (driver: Driver, { pty, tcp, modbusTcp, mqtt }: SimulateOptions): SingleWire => {
  const wires: SingleWire[] = [];
  if (pty !== undefined) wires.push({ kind: driver.wire === 'modbus' ? 'modbus-rtu-pty' : 'pty', link: pty });
  if (tcp !== undefined) wires.push({ kind: 'tcp', port: wholeNumber('--tcp', tcp, MAX_PORT) });
  if (modbusTcp !== undefined) {
    wires.push({ kind: 'modbus-tcp', port: wholeNumber('--modbus-tcp', modbusTcp, MAX_PORT) });
  }
  if (mqtt !== undefined) wires.push({ kind: 'mqtt', url: mqtt });
  const [wire] = wires;
  if (wire && wires.length === 1) return wire;
  throw usage(
    wire ? 'more than one wire is given' : 'no wire is given',
    `${driver.id} fits exactly one of: ${wireOptions[driver.wire]}`,
  );
};

const driverOf = (model: string, profiles: string | undefined): Driver => {
  const catalogue = loadDrivers(profiles === undefined ? [] : [profiles]);
  for (const problem of catalogue.problems) console.error(formatProblem(problem));
  const driver = catalogue.find(model);
  if (driver) return driver;
  const ids = catalogue.drivers.map(({ id }) => id);
  const like = nearest(model, ids);
  throw usage(
    `there is no driver "${model}"${like === null ? '' : `; did you mean "${like}"?`}`,
    '`wardwire drivers` lists them',
  );
};

/** Resolves when the process is asked to end, or the time is over. */
const untilEnd = (clock: Clock, seconds: number | null): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      cancel();
      process.off('SIGINT', end);
      process.off('SIGTERM', end);
      resolve();
    };
    const cancel = seconds === null ? () => {} : after(clock, seconds * 1000, end);
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
  });

const isUsage = (error: unknown): boolean =>
  hasCode<'usage' | SingleDeviceErrorCode>(error, 'usage', 'wire-does-not-fit', 'no-simulator');

/** One simulated device on a real wire. Prints one line, what a client has to open, and runs until it is ended. */
export const simulate = async (model: string, options: SimulateOptions): Promise<ExitCode> => {
  try {
    const driver = driverOf(model, options.profiles);
    const wire = wireOf(driver, options);
    const seconds = options.for === undefined ? null : secondsOf(options.for);
    const clock = systemClock();
    const device = await simulateDevice({
      driver,
      wire,
      clock,
      seed: options.seed ?? 'wardwire',
      ...(options.unit === undefined ? {} : { unit: wholeNumber('--unit', options.unit, 255) }),
      ...(options.topic === undefined ? {} : { topic: options.topic }),
    });
    const ended = untilEnd(clock, seconds);
    console.log(device.address);
    await ended;
    await device.close();
    return exitCodes.ok;
  } catch (error) {
    console.error(`wardwire: ${messageOf(error)}`);
    if (error instanceof CodedError && error.hint !== null) console.error(`  ${error.hint}`);
    return isUsage(error) ? exitCodes.usage : exitCodes.cannotReach;
  }
};
