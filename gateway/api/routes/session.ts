import { z } from 'zod';
import { meSchema } from '../../../model/api.ts';
import type { Actor } from '../../access/actor.ts';
import { cookieName, credentialOf, sessionCookie } from '../credentials.ts';
import { actorOf, answers, noContent, type Routes } from './kit.ts';

const me = ({ name, role, permissions }: Actor) => ({ name, role, permissions: [...permissions] });

const signInSchema = z.strictObject({ name: z.string().min(1).max(64), password: z.string().min(1).max(256) });

export const sessionRoutes: Routes = (app, { access, secureCookie }) => {
  app.get('/api/v1/me', {
    config: { permission: 'signed-in' },
    schema: { tags: ['session'], summary: 'Who is signed in, and what they may do', response: answers(meSchema) },
    handler: async (request) => me(actorOf(request)),
  });

  app.post('/api/v1/session', {
    config: { permission: 'public' },
    schema: {
      tags: ['session'],
      summary: 'Sign in: the answer sets a cookie',
      body: signInSchema,
      response: answers(meSchema),
    },
    handler: async (request, reply) => {
      const { name, password } = request.body;
      const before = credentialOf(request.headers, secureCookie);
      const previous = before?.kind === 'session' ? before.secret : null;
      const { actor, secret } = await access.signIn(name, password, request.ip, previous);
      reply.header('set-cookie', sessionCookie(secret, access.sessions.limits.absoluteMs, secureCookie));
      return me(actor);
    },
  });

  app.delete('/api/v1/session', {
    config: { permission: 'public' },
    schema: { tags: ['session'], summary: 'Sign out', response: noContent },
    handler: async (request, reply) => {
      const credential = credentialOf(request.headers, secureCookie);
      if (credential?.kind === 'session' && request.actor) access.signOut(credential.secret, request.actor, request.ip);
      const attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=0${secureCookie ? '; Secure' : ''}`;
      reply.header('set-cookie', `${cookieName(secureCookie)}=; ${attributes}`);
      reply.code(204);
      return null;
    },
  });
};
