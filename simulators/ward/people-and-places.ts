import type { WardPatient, WardPlace } from './site.ts';

export const bedNumbers = [1, 2, 3, 4, 5, 6] as const;
export type BedNumber = (typeof bedNumbers)[number];

export const bedId = (bed: BedNumber): string => `bed-${bed}`;

export const REFRIGERATOR = 'medicines-refrigerator';
export const RECORDS_ROOM = 'records-room';
export const MEDICINES_ROOM = 'medicines-room';

export const places: readonly WardPlace[] = [
  ...bedNumbers.map((bed): WardPlace => ({ id: bedId(bed), name: `Bed ${bed}`, kind: 'bed' })),
  { id: REFRIGERATOR, name: 'Medicines refrigerator', kind: 'refrigerator', profile: 'medicines-refrigerator' },
  { id: RECORDS_ROOM, name: 'Records room', kind: 'records-room', profile: 'records-store' },
  { id: MEDICINES_ROOM, name: 'Medicines room', kind: 'room', profile: 'medicines-room' },
];

/** Nobody is called like this: trees after "Demo". */
const people = [
  ['Alder', 'Ada', '1948-03-12', 'female'],
  ['Birch', 'Ben', '1961-07-30', 'male'],
  ['Cedar', 'Cleo', '1955-11-02', 'female'],
  ['Dogwood', 'Dan', '1972-01-19', 'male'],
  ['Elder', 'Eve', '1939-09-25', 'female'],
  ['Fir', 'Finn', '1984-05-08', 'male'],
] as const;

export const patients: readonly WardPatient[] = people.map(([tree, given, birthDate, gender], index) => ({
  id: `demo-patient-${index + 1}`,
  mrn: `DEMO-${String(index + 1).padStart(3, '0')}`,
  family: `Demo-${tree}`,
  given,
  birthDate,
  gender,
  place: `bed-${index + 1}`,
}));
