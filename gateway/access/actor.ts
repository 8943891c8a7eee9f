import type { Role } from '../../model/person.ts';
import type { Permission } from './permissions.ts';

/** Who asks, as far as it has been proved. */
export interface Actor {
  readonly name: string;
  readonly role: Role;
  readonly permissions: ReadonlySet<Permission>;
  readonly via: 'session' | 'token';
}

/** What a request brings to prove who asks. */
export type Credential =
  | { readonly kind: 'session'; readonly secret: string }
  | { readonly kind: 'token'; readonly secret: string };

export const may = (actor: Actor, permission: Permission): boolean => actor.permissions.has(permission);
