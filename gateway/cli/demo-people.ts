import { type Role, roles } from '../../model/person.ts';
import type { Access } from '../access/access.ts';

export interface DemoPerson {
  readonly name: string;
  readonly role: Role;
  readonly password: string;
}

/** One person for each role; the password is printed, since everything in the demo is simulated. */
const people: readonly DemoPerson[] = roles.map((role) => ({ name: role, role, password: 'quiet lantern harbour' }));

/** Makes those who are not there yet (a demo with a data directory of its own keeps them). */
export const demoPeople = async (access: Access): Promise<readonly DemoPerson[]> => {
  const known = new Set(access.users.list().map(({ name }) => name));
  await Promise.all(people.filter(({ name }) => !known.has(name)).map((person) => access.users.create(person, 'demo')));
  return people;
};
