import type { DeviceClass } from '../../model/device.ts';
import type { FilingMode } from './filing.ts';

/** What the records need to know of a device that the site has configured. */
export interface RecordDevice {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly class: DeviceClass;
  readonly manufacturer: string;
  readonly model: string;
  /** Ids of the metrics it can yield. */
  readonly metrics: readonly string[];
  readonly filing: FilingMode;
  readonly serial?: string | null;
  readonly simulated: boolean;
}

export interface DeviceDirectory {
  get(id: string): RecordDevice | null;
  list(): readonly RecordDevice[];
}
