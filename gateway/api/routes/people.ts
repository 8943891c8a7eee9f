import { z } from 'zod';
import { tokenSchema, userSchema } from '../../../model/api.ts';
import { roles } from '../../../model/person.ts';
import { isoTime } from '../../../model/time.ts';
import type { Token } from '../../access/tokens.ts';
import type { User } from '../../access/users.ts';
import { actorOf, answers, idParams, idSchema, listOf, noContent, type Routes } from './kit.ts';

const moment = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));
const asUser = (user: User) => ({ ...user, createdAt: isoTime(user.createdAt) });
const asToken = (token: Token) => ({
  ...token,
  createdAt: isoTime(token.createdAt),
  usedAt: moment(token.usedAt),
  revokedAt: moment(token.revokedAt),
});

const password = z.string().max(256);

export const peopleRoutes: Routes = (app, { access, looks }) => {
  const tags = ['access'];

  app.get('/api/v1/users', {
    config: { permission: 'users:manage' },
    schema: { tags, summary: 'Who may sign in', response: answers(listOf(userSchema)) },
    handler: async () => ({ items: access.users.list().map(asUser), next: null }),
  });

  app.post('/api/v1/users', {
    config: { permission: 'users:manage' },
    schema: {
      tags,
      summary: 'Let somebody sign in',
      body: z.strictObject({ name: z.string().min(1).max(64), role: z.enum(roles), password }),
      response: answers(userSchema, 201),
    },
    handler: async (request, reply) => {
      const actor = actorOf(request);
      const user = await access.users.create(request.body, actor.name);
      looks.write(actor, 'user-created', `user:${user.name}`, request.ip, user.role);
      reply.code(201);
      return asUser(user);
    },
  });

  app.patch('/api/v1/users/:name', {
    config: { permission: 'users:manage' },
    schema: {
      tags,
      summary: 'Change role or password, or lock out; ends the user’s sessions',
      params: z.object({ name: idSchema }),
      body: z.strictObject({
        role: z.enum(roles).optional(),
        password: password.optional(),
        disabled: z.boolean().optional(),
      }),
      response: answers(userSchema),
    },
    handler: async (request) => {
      const actor = actorOf(request);
      const { role, password: secret, disabled } = request.body;
      const user = await access.users.change(request.params.name, {
        ...(role === undefined ? {} : { role }),
        ...(secret === undefined ? {} : { password: secret }),
        ...(disabled === undefined ? {} : { disabled }),
      });
      looks.write(actor, 'user-changed', `user:${user.name}`, request.ip, Object.keys(request.body).sort().join(', '));
      return asUser(user);
    },
  });

  app.get('/api/v1/tokens', {
    config: { permission: 'tokens:manage' },
    schema: { tags, summary: 'API tokens of programs', response: answers(listOf(tokenSchema)) },
    handler: async () => ({ items: access.tokens.list().map(asToken), next: null }),
  });

  app.post('/api/v1/tokens', {
    config: { permission: 'tokens:manage' },
    schema: {
      tags,
      summary: 'Make an API token; its secret is shown this once',
      body: z.strictObject({ name: z.string().min(1).max(64), role: z.enum(roles) }),
      response: answers(tokenSchema.extend({ secret: z.string() }), 201),
    },
    handler: async (request, reply) => {
      const actor = actorOf(request);
      const { token, secret } = access.tokens.create(request.body.name, request.body.role, actor.name);
      looks.write(actor, 'token-created', `token:${token.id}`, request.ip, token.role);
      reply.code(201);
      return { ...asToken(token), secret };
    },
  });

  app.delete('/api/v1/tokens/:id', {
    config: { permission: 'tokens:manage' },
    schema: { tags, summary: 'Revoke an API token', params: idParams, response: noContent },
    handler: async (request, reply) => {
      const actor = actorOf(request);
      access.tokens.revoke(request.params.id);
      looks.write(actor, 'token-revoked', `token:${request.params.id}`, request.ip);
      reply.code(204);
      return null;
    },
  });
};
