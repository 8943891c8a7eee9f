/** The parts of a site's configuration that a simulated ward fills; the shape is that of the gateway's schema. */
export interface DemoSite {
  readonly links: Readonly<Record<string, Readonly<Record<string, string | number>>>>;
  readonly places: readonly {
    readonly id: string;
    readonly name: string;
    readonly kind: string;
    readonly profile?: string;
  }[];
  readonly patients: readonly {
    readonly id: string;
    readonly mrn: string;
    readonly family: string;
    readonly given: string;
    readonly birthDate: string;
    readonly gender: 'female' | 'male';
    readonly place: string;
    readonly since: string;
  }[];
  readonly devices: readonly DemoDevice[];
}

export interface DemoDevice {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly link: string;
  readonly place: string;
  readonly class?: string;
  readonly topic?: string;
  readonly pollSeconds?: number;
  readonly silentAfterSeconds?: number;
  readonly options?: Readonly<Record<string, string | number>>;
}

/** Invented people; any likeness is chance. */
const people = [
  ['Aldermoor', 'Ines', 'female', '1951-04-12'],
  ['Brackwater', 'Tomas', 'male', '1944-09-30'],
  ['Castellane', 'Ruth', 'female', '1968-01-07'],
  ['Dunmarrow', 'Piet', 'male', '1957-11-23'],
  ['Eskelund', 'Maja', 'female', '1939-06-18'],
  ['Fairweather', 'Oren', 'male', '1972-02-02'],
] as const;

export const demoPatients = (since: string): DemoSite['patients'] =>
  people.map(([family, given, gender, birthDate], index) => ({
    id: `demo-${index + 1}`,
    mrn: `DEMO-00${index + 1}`,
    family,
    given,
    gender,
    birthDate,
    place: `bed-${index + 1}`,
    since,
  }));

export const demoPlaces: DemoSite['places'] = [
  ...people.map((_, index) => ({ id: `bed-${index + 1}`, name: `Bed ${index + 1}`, kind: 'bed' })),
  { id: 'medicines', name: 'Medicines refrigerator', kind: 'refrigerator', profile: 'medicines-refrigerator' },
  { id: 'medicines-room', name: 'Medicines room', kind: 'room', profile: 'medicines-room' },
  { id: 'records', name: 'Records room', kind: 'records-room', profile: 'records-store' },
];
