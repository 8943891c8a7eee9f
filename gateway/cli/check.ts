import { loadSite } from '../config/load-site.ts';
import { formatProblem } from '../config/problem.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** Checks a configuration without starting anything. */
export const check = async (file: string, options: { json?: boolean }): Promise<ExitCode> => {
  const { site, problems } = loadSite(file);
  if (options.json) console.log(JSON.stringify({ file, problems }, null, 2));
  else {
    for (const problem of problems) console.log(formatProblem(problem));
    const errors = problems.filter((problem) => problem.severity === 'error').length;
    const warnings = problems.length - errors;
    if (site) {
      const { devices, places, links, sinks } = site;
      console.log(
        `${file}: ${devices.length} devices, ${Object.keys(links).length} links, ${places.length} places, ${sinks.length} outside stores; ${warnings} warnings`,
      );
    } else console.log(`${file}: ${errors} errors, ${warnings} warnings`);
  }
  return site ? exitCodes.ok : exitCodes.badConfiguration;
};
