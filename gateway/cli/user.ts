import { withAccess } from './access-store.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { roleOf } from './token.ts';

const readPassword = async (): Promise<string> => {
  if (process.stdin.isTTY) process.stderr.write('Password: ');
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text.split('\n')[0]?.replace(/\r$/, '') ?? '';
};

/** Adds a person, or gives one that is there a new password and role. */
export const addUser = async (name: string, options: { role: string; config: string }): Promise<ExitCode> => {
  const role = roleOf(options.role);
  if (!role) return exitCodes.usage;
  const password = await readPassword();
  const done = await withAccess(options.config, async (access) => {
    const known = access.users.list().some((user) => user.name === name);
    return known
      ? access.users.change(name, { role, password })
      : access.users.create({ name, role, password }, 'command line');
  });
  if (!done) return exitCodes.badConfiguration;
  console.error(`${name} may sign in as ${done.role}.`);
  return exitCodes.ok;
};
