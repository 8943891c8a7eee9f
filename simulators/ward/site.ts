import type { DeviceClass } from '../../model/device.ts';
import type { PlaceKind } from '../../model/person.ts';

/*
 * A site as the gateway's configuration has it (gateway/config/schema.ts), as far as a simulated ward needs it. Plain
 * data: simulators may not import the gateway, whose schema reads and completes it.
 */

export type WardLink =
  | { readonly type: 'serial'; readonly path: string }
  | { readonly type: 'tcp'; readonly host: string; readonly port: number }
  | { readonly type: 'modbus-rtu'; readonly host: string; readonly port: number; readonly timeoutMs: number }
  | { readonly type: 'modbus-tcp'; readonly host: string; readonly port: number };

export interface WardPlace {
  readonly id: string;
  readonly name: string;
  readonly kind: PlaceKind;
  readonly profile?: string;
}

export interface WardPatient {
  readonly id: string;
  readonly mrn: string;
  readonly family: string;
  readonly given: string;
  readonly birthDate: string;
  readonly gender: 'female' | 'male' | 'other' | 'unknown';
  readonly place: string;
}

export interface WardDevice {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  /** One of the links, or `mqtt` for the embedded broker. */
  readonly link: string;
  readonly place: string;
  readonly class?: DeviceClass;
  readonly unit?: number;
  readonly pollSeconds?: number;
  readonly silentAfterSeconds?: number;
  readonly options?: Readonly<Record<string, string | number | boolean>>;
}

export interface WardSite {
  readonly site: { readonly name: string; readonly timeZone: string; readonly simulated: true };
  readonly places: readonly WardPlace[];
  readonly patients: readonly WardPatient[];
  readonly devices: readonly WardDevice[];
  readonly links: Readonly<Record<string, WardLink>>;
}
