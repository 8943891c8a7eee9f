import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isoTime } from '../../model/time.ts';
import { rules } from '../../rules/catalogue.ts';
import { createDemoWard } from '../../simulators/ward/demo-ward.ts';
import { systemClock, systemRandom } from '../clock.ts';
import { loadDrivers } from '../config/driver-catalogue.ts';
import { packageFile } from '../config/package-file.ts';
import { siteSchema } from '../config/schema.ts';
import { createGateway } from '../gateway.ts';
import { createLog } from '../log.ts';
import { requireRules } from '../rules/rule-settings.ts';
import { ruleFactsOf } from '../wiring/site-facts.ts';
import { dashboardDir } from './dashboard-dir.ts';
import { demoPeople } from './demo-people.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { runUntil } from './run-until.ts';
import { version } from './version.ts';

export interface DemoOptions {
  readonly http: number;
  readonly mqtt: number;
  readonly data?: string;
  readonly for?: number;
  readonly seed: number;
}

/** How long the patients have been in their beds. */
const ADMITTED_MS = 4 * 86_400_000;

const hasSocat = (): boolean => spawnSync('socat', ['-V'], { stdio: 'ignore' }).status === 0;

/** A simulated ward over real wires with everything that a site has, until it is told to stop. */
export const demo = async (options: DemoOptions): Promise<ExitCode> => {
  const clock = systemClock();
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'wardwire-demo-data-'));
  const drivers = loadDrivers();
  const ward = await createDemoWard({
    clock,
    seed: String(options.seed),
    usePty: hasSocat(),
    findDriver: (id) => drivers.find(id),
  });
  // The meter remembers days: its results belong to who has been in the bed since.
  const since = isoTime(clock.now() - ADMITTED_MS);
  const site = siteSchema.parse({
    ...ward.site,
    patients: ward.site.patients.map((patient) => ({ ...patient, since })),
    data,
    http: { port: options.http },
    mqtt: { port: options.mqtt },
  });
  const gateway = await createGateway({
    site,
    drivers,
    rules: requireRules(packageFile('config/rules/default.yaml'), rules, ruleFactsOf(site), ward.rules),
    key: undefined,
    clock,
    random: systemRandom(),
    log: createLog('warn'),
    staticDir: dashboardDir(),
    environment: process.env,
    version: version(),
  });
  const address = await gateway.start();
  const brokerUrl = `mqtt://127.0.0.1:${gateway.brokerPort() ?? options.mqtt}`;
  await ward.connectMqtt(brokerUrl);

  console.log(`Wardwire demo: ${address.url}`);
  console.log(`MQTT broker:   ${brokerUrl}   (wardwire/<device>/readings)`);
  const token = process.env.WARDWIRE_TOKEN;
  if (token !== undefined && token !== '') {
    gateway.access.tokens.adopt(token, 'demo', 'admin', 'demo');
    console.log('API token:     the value of WARDWIRE_TOKEN (admin)');
  }
  const people = await demoPeople(gateway.access);
  console.log(`Sign in as:    ${people.map(({ name }) => name).join(', ')}; password: ${people[0]?.password ?? ''}`);
  console.log('\nEverything here is simulated. What will happen:');
  for (const { atSeconds, place, what } of ward.script) {
    console.log(`  ${String(atSeconds).padStart(4)} s  ${place.padEnd(22)}  ${what}`);
  }
  console.log('\nStop it with Ctrl-C.');

  await runUntil(options.for);
  await ward.close();
  await gateway.stop();
  if (options.data === undefined) rmSync(data, { recursive: true, force: true });
  return exitCodes.ok;
};
