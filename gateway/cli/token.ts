import { type Role, roles } from '../../model/person.ts';
import { isoTime } from '../../model/time.ts';
import { withAccess } from './access-store.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** The role by its name, or null after saying which there are. */
export const roleOf = (name: string): Role | null => {
  const role = roles.find((known) => known === name);
  if (!role) console.error(`wardwire: there is no role "${name}"; the roles: ${roles.join(', ')}`);
  return role ?? null;
};

const BY = 'command line';

export const createToken = async (name: string, options: { role: string; config: string }): Promise<ExitCode> => {
  const role = roleOf(options.role);
  if (!role) return exitCodes.usage;
  const made = await withAccess(options.config, async (access) => access.tokens.create(name, role, BY));
  if (!made) return exitCodes.badConfiguration;
  console.log(made.secret);
  console.error(`Token "${name}" (${role}), id ${made.token.id}. It is shown only now; keep it safe.`);
  return exitCodes.ok;
};

export const listTokens = async (options: { config: string; json?: boolean }): Promise<ExitCode> => {
  const tokens = await withAccess(options.config, async (access) => access.tokens.list());
  if (!tokens) return exitCodes.badConfiguration;
  if (options.json) console.log(JSON.stringify(tokens, null, 2));
  else {
    for (const { id, name, role, createdAt, revokedAt } of tokens) {
      console.log(
        `${id}  ${role.padEnd(8)}  ${isoTime(createdAt)}  ${revokedAt === null ? 'in force' : 'revoked'}  ${name}`,
      );
    }
    if (tokens.length === 0) console.log('no tokens: wardwire token create NAME --role R');
  }
  return exitCodes.ok;
};

export const revokeToken = async (id: string, options: { config: string }): Promise<ExitCode> => {
  const done = await withAccess(options.config, async (access) => {
    access.tokens.revoke(id);
    return true;
  });
  return done ? exitCodes.ok : exitCodes.badConfiguration;
};
