import { loadDrivers } from '../config/driver-catalogue.ts';
import { formatProblem } from '../config/problem.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** Lists the drivers and profiles there are. */
export const drivers = async (options: { json?: boolean; profiles?: string }): Promise<ExitCode> => {
  const catalogue = loadDrivers(options.profiles === undefined ? [] : [options.profiles]);
  for (const problem of catalogue.problems) console.error(formatProblem(problem));
  const rows = catalogue.drivers.map((driver) => ({
    id: driver.id,
    class: driver.class,
    wire: driver.wire,
    title: driver.title,
    metrics: driver.metrics,
    options: driver.options,
    ...('serial' in driver ? { serial: driver.serial } : {}),
    quirks: driver.quirks,
    evidence: driver.evidence,
  }));
  if (options.json) console.log(JSON.stringify(rows, null, 2));
  else {
    const width = Math.max(...rows.map((row) => row.id.length));
    for (const row of rows)
      console.log(`${row.id.padEnd(width)}  ${row.class.padEnd(14)}  ${row.wire.padEnd(6)}  ${row.title}`);
  }
  return catalogue.problems.length === 0 ? exitCodes.ok : exitCodes.findings;
};
