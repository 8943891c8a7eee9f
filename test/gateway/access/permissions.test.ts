import { describe, expect, it } from 'vitest';
import { permissions, permissionsOf, rolesWith } from '../../../gateway/access/permissions.ts';
import { roles } from '../../../model/person.ts';

const sorted = (names: Iterable<string>) => [...names].sort();

describe('who may do what', () => {
  it('is this, and any change of it is seen here', () => {
    expect(Object.fromEntries(permissions.map((permission) => [permission, rolesWith(permission).join(' ')]))).toEqual({
      'ward:read': 'nurse engineer tester records admin',
      'patients:read': 'nurse records admin',
      'readings:read': 'nurse engineer tester records admin',
      'alerts:read': 'nurse engineer tester records admin',
      'alerts:handle': 'nurse admin',
      'evidence:read': 'nurse engineer tester records admin',
      'associations:read': 'nurse engineer tester records admin',
      'associations:write': 'nurse engineer records admin',
      'operations:read': 'engineer tester records admin',
      'audit:read': 'records admin',
      'records:read': 'nurse records admin',
      'users:manage': 'admin',
      'tokens:manage': 'admin',
    });
  });

  it('lets a site keep its administrators away from the patients', () => {
    const policy = { adminSeesPatients: false };
    expect(sorted(permissionsOf('admin', policy))).toEqual(
      sorted(['ward:read', 'operations:read', 'audit:read', 'users:manage', 'tokens:manage']),
    );
    expect(rolesWith('patients:read', policy)).toEqual(['nurse', 'records']);
    for (const role of roles.filter((each) => each !== 'admin')) {
      expect(permissionsOf(role, policy)).toEqual(permissionsOf(role));
    }
  });
});
