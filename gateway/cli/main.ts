#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { CodedError, messageOf } from '../../model/errors.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { version } from './version.ts';

/*
 * `wardwire <verb>`. Each verb is a file of its own, loaded only when it is called, so that none slows another's start.
 * Standard output carries what was asked for; everything else goes to standard error.
 */

const integer = (name: string, low: number, high: number) => (text: string) => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new CommanderError(
      exitCodes.usage,
      'wardwire.usage',
      `error: ${name} must be a whole number from ${low} to ${high}`,
    );
  }
  return value;
};
const port = integer('a port', 0, 65535);

const finish = (code: ExitCode): void => {
  process.exitCode = code;
};

const program = new Command('wardwire')
  .description("Gateway between a ward's equipment and the people and records that depend on it. It only reads.")
  .version(version())
  .showHelpAfterError('(wardwire --help shows every verb)')
  .exitOverride();

program
  .command('demo')
  .description('a simulated ward over real wires: broker, stores, API, dashboard; prints the address')
  .option('--http <port>', 'port of the dashboard and API (0: any free one)', port, 8080)
  .option('--mqtt <port>', 'port of the embedded broker (0: any free one)', port, 1883)
  .option('--data <dir>', 'directory of the database; default: a temporary one, removed at the end')
  .option('--for <seconds>', 'stop after this long', integer('--for', 1, 31_536_000))
  .option('--seed <n>', 'the same seed gives the same ward', integer('--seed', 0, 4_294_967_295), 1)
  .action(async (options) => finish(await (await import('./demo.ts')).demo(options)));

program
  .command('up')
  .description('the gateway for a site')
  .option('--config <file>', 'configuration of the site', 'config/wardwire.yaml')
  .action(async (options) => finish(await (await import('./up.ts')).up(options)));

program
  .command('check')
  .description('check a configuration without starting anything: schema and sense, with file:line:column')
  .argument('[file]', 'configuration of the site', 'config/wardwire.yaml')
  .option('--json', 'print the problems as JSON')
  .action(async (file, options) => finish(await (await import('./check.ts')).check(file, options)));

program
  .command('drivers')
  .description('the drivers and device profiles there are')
  .option('--json', 'print them as JSON')
  .option('--profiles <path>', 'further profiles: a file or folder')
  .action(async (options) => finish(await (await import('./drivers.ts')).drivers(options)));

program
  .command('decode')
  .description('raw bytes on standard input to samples as NDJSON on standard output')
  .requiredOption('--driver <id>', 'a driver of a byte stream (wardwire drivers)')
  .option('--frames', 'print each frame with its bytes explained instead of samples')
  .action(async (options) => finish(await (await import('./decode.ts')).decode(options)));

program
  .command('simulate')
  .description('one simulated device on a real wire, for any client')
  .argument('<model>', 'a driver or profile id (wardwire drivers)')
  .option('--pty <link>', 'a pseudo-terminal with this name (needs socat); a Modbus profile: RTU on it')
  .option('--tcp <port>', 'a TCP port, as a serial device server')
  .option('--modbus-tcp <port>', 'a Modbus TCP port')
  .option('--mqtt <url>', 'publish to this broker, mqtt://host:port')
  .option('--unit <id>', 'Modbus unit id')
  .option('--topic <name>', 'MQTT: the name of the device in its topics')
  .option('--profiles <path>', 'further profiles: a file or folder')
  .option('--seed <text>', 'the same seed gives the same values')
  .option('--for <seconds>', 'stop after this long')
  .action(async (model, options) => finish(await (await import('./simulate.ts')).simulate(model, options)));

const token = program.command('token').description('API tokens of a site');
const configOption = () => new Option('--config <file>', 'configuration of the site').default('config/wardwire.yaml');
token
  .command('create')
  .description('make a token and print it once')
  .argument('<name>', 'what the token is for')
  .requiredOption('--role <role>', 'nurse, engineer, tester, records or admin')
  .addOption(configOption())
  .action(async (name, options) => finish(await (await import('./token.ts')).createToken(name, options)));
token
  .command('list')
  .description('the tokens there are')
  .addOption(configOption())
  .option('--json', 'print them as JSON')
  .action(async (options) => finish(await (await import('./token.ts')).listTokens(options)));
token
  .command('revoke')
  .description('end a token')
  .argument('<id>', 'id from `token list`')
  .addOption(configOption())
  .action(async (id, options) => finish(await (await import('./token.ts')).revokeToken(id, options)));

const user = program.command('user').description('people who may sign in at a site');
user
  .command('add')
  .description('add a person, or set a new password; the password is read from standard input')
  .argument('<name>')
  .requiredOption('--role <role>', 'nurse, engineer, tester, records or admin')
  .addOption(configOption())
  .action(async (name, options) => finish(await (await import('./user.ts')).addUser(name, options)));

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    finish(error.exitCode === 0 ? exitCodes.ok : exitCodes.usage);
    if (error.code === 'wardwire.usage') console.error(error.message);
  } else if (error instanceof CodedError) {
    console.error(`wardwire: ${error.message}${error.hint === null ? '' : `\n  ${error.hint}`}`);
    finish(error.code.startsWith('config') ? exitCodes.badConfiguration : exitCodes.cannotReach);
  } else {
    console.error(`wardwire: ${error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}`);
    finish(exitCodes.findings);
  }
}
