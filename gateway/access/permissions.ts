import { type Role, roles } from '../../model/person.ts';

/** What a person or a program may do. Every route of the API names exactly one. */
export const permissions = [
  /** Devices, places, the metric catalogue, the live feed. */
  'ward:read',
  /** Who a patient is. Without it, people see a pseudonym wherever a patient is named. */
  'patients:read',
  /** Values, trends and waves. */
  'readings:read',
  'alerts:read',
  /** Acknowledge, pause the sound, reset what is latched. */
  'alerts:handle',
  /** From an alert down to the bytes. */
  'evidence:read',
  'associations:read',
  /** Put a device on a place; on a patient only together with `patients:read`. */
  'associations:write',
  /** Sinks, dead letters, the gateway's own metrics from another machine. */
  'operations:read',
  'audit:read',
  /** The records as FHIR. */
  'records:read',
  'users:manage',
  'tokens:manage',
] as const;
export type Permission = (typeof permissions)[number];

const everyone: readonly Permission[] = [
  'ward:read',
  'readings:read',
  'alerts:read',
  'evidence:read',
  'associations:read',
];

/**
 * The one table of who may do what (standards.md 6.3, roles).
 *
 * An engineer and a tester must see that values arrive, so they have `readings:read`, but never whose they are.
 *
 * standards.md 6.3 gives an administrator no clinical data. Here the default is that an administrator may do
 * everything, because a small site's administrator is also the one who proves that it works, and the demo's token is
 * an administrator's. A site that separates the two sets `adminSeesPatients: false`.
 */
const table: Readonly<Record<Role, readonly Permission[]>> = {
  nurse: [...everyone, 'patients:read', 'alerts:handle', 'associations:write', 'records:read'],
  engineer: [...everyone, 'associations:write', 'operations:read'],
  tester: [...everyone, 'operations:read'],
  records: [...everyone, 'patients:read', 'associations:write', 'operations:read', 'audit:read', 'records:read'],
  admin: permissions,
};

/** What an administrator keeps where a site separates administration from care. */
const administration: readonly Permission[] = [
  'ward:read',
  'operations:read',
  'audit:read',
  'users:manage',
  'tokens:manage',
];

export interface PermissionPolicy {
  /** Default true; see the table. */
  readonly adminSeesPatients?: boolean;
}

export const permissionsOf = (role: Role, policy: PermissionPolicy = {}): ReadonlySet<Permission> =>
  new Set(role === 'admin' && policy.adminSeesPatients === false ? administration : table[role]);

/** The roles that hold a permission, for the hint of a refusal. */
export const rolesWith = (permission: Permission, policy: PermissionPolicy = {}): Role[] =>
  roles.filter((role) => permissionsOf(role, policy).has(permission));
