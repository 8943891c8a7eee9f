export const deviceClasses = ['blood-pressure', 'ekg', 'glucose', 'infusion-pump', 'environment'] as const;
export type DeviceClass = (typeof deviceClasses)[number];

export const deviceStates = ['running', 'degraded', 'silent', 'never-seen', 'maintenance'] as const;
export type DeviceState = (typeof deviceStates)[number];

export const linkStates = ['down', 'connecting', 'up'] as const;
export type LinkState = (typeof linkStates)[number];

/** What a link says of itself: shown to the engineer with the reason and what to do. */
export interface LinkReport {
  readonly link: string;
  readonly state: LinkState;
  readonly since: number;
  readonly reason: string | null;
  readonly hint: string | null;
  /** Failed attempts since it was last up. */
  readonly attempts: number;
}
