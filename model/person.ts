export const roles = ['nurse', 'engineer', 'tester', 'records', 'admin'] as const;
export type Role = (typeof roles)[number];

export const placeKinds = ['bed', 'room', 'refrigerator', 'freezer', 'records-room'] as const;
export type PlaceKind = (typeof placeKinds)[number];

export interface Place {
  readonly id: string;
  readonly name: string;
  readonly kind: PlaceKind;
  /** Storage profile in force there (rules/storage-climate), e.g. `medicines-refrigerator`; null for beds. */
  readonly profile: string | null;
}

export interface Patient {
  readonly id: string;
  /** Medical record number. */
  readonly mrn: string;
  readonly family: string;
  readonly given: string;
  readonly birthDate: string | null;
  readonly gender: 'female' | 'male' | 'other' | 'unknown';
  /** The bed; null while not placed. */
  readonly place: string | null;
}
