import { systemClock, systemRandom } from '../clock.ts';
import { createGateway } from '../gateway.ts';
import { createLog } from '../log.ts';
import { dashboardDir } from './dashboard-dir.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { runUntil } from './run-until.ts';
import { openSite } from './site.ts';
import { version } from './version.ts';

/** What a site without devices is told. */
const firstSteps = (file: string): string => `
No devices yet. What to do next:
  1. find the port:      ls -l /dev/serial/by-id
  2. choose a driver:    wardwire drivers
  3. add to ${file}:
       links:   { cable-1: { type: serial, path: /dev/serial/by-id/… } }
       devices: [{ id: monitor-1, driver: ivy-450c, link: cable-1 }]
  4. check it:           wardwire check ${file}
Without a device: wardwire demo, or wardwire simulate ivy-450c --tcp 4001
`;

/** The gateway for a site, until it is told to stop. */
export const up = async ({ config }: { config: string }): Promise<ExitCode> => {
  const opened = openSite(config);
  if (!opened) return exitCodes.badConfiguration;
  const { site, drivers, rules, key } = opened;
  const log = createLog('info');
  const gateway = await createGateway({
    site,
    drivers,
    rules,
    key,
    clock: systemClock(),
    random: systemRandom(),
    log,
    staticDir: dashboardDir(),
    environment: process.env,
    version: version(),
  });
  process.on('uncaughtException', (error) => {
    // What is in memory may no longer be right: a supervisor starts it anew, and alerts go on from the journal.
    log.error(`stopped by a fault: ${error.stack ?? error.message}`);
    process.exit(exitCodes.findings);
  });
  const address = await gateway.start();
  console.log(`Wardwire for ${site.site.name}: ${address.url}`);
  if (key === undefined) log.warn('the database is not encrypted: set WARDWIRE_DATABASE_KEY or keyFile');
  if (gateway.access.users.list().length === 0) {
    console.log(`Nobody may sign in yet. Stop it, then: wardwire user add NAME --role admin --config ${config}`);
  }
  if (site.devices.length === 0) console.log(firstSteps(config));
  await runUntil(undefined);
  await gateway.stop();
  return exitCodes.ok;
};
