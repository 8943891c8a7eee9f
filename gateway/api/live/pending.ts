import type {
  ApiDevice,
  ApiLimit,
  ApiPatient,
  ApiPlace,
  ApiReading,
  ApiStatus,
  LiveFrame,
} from '../../../model/api.ts';
import type { LiveEvent } from '../ports.ts';

/** Without its number. */
export type Unnumbered = LiveFrame extends infer F ? (F extends LiveFrame ? Omit<F, 's'> : never) : never;

/** A frame stays readable and droppable: more readings than this go in several. */
const READINGS_PER_FRAME = 500;

const chunks = <T>(items: readonly T[], size: number): T[][] => {
  const parts: T[][] = [];
  for (let from = 0; from < items.length; from += size) parts.push(items.slice(from, from + size));
  return parts;
};

/** What changed since the last frames went out: of each thing only the latest, so it is bounded by the ward. */
export class Pending {
  private readonly readings = new Map<string, ApiReading>();
  private readonly statuses = new Map<string, ApiStatus>();
  private readonly devices = new Map<string, ApiDevice>();
  private readonly places = new Map<string, ApiPlace>();
  private readonly patients = new Map<string, ApiPatient>();
  private limits: readonly ApiLimit[] | null = null;

  add(event: Exclude<LiveEvent, { t: 'alert' } | { t: 'wave' }>): void {
    switch (event.t) {
      case 'reading': {
        const key = `${event.reading.device}\n${event.reading.metric}`;
        const before = this.readings.get(key);
        // A late reading must not hide a newer one. ISO moments in UTC sort as text.
        if (!before || before.takenAt <= event.reading.takenAt) this.readings.set(key, event.reading);
        return;
      }
      case 'status':
        this.statuses.set(`${event.status.device}\n${event.status.code}`, event.status);
        return;
      case 'device':
        this.devices.set(event.device.id, event.device);
        return;
      case 'place':
        this.places.set(event.place.id, event.place);
        return;
      case 'patient':
        this.patients.set(event.patient.id, event.patient);
        return;
      case 'limits':
        this.limits = event.limits;
    }
  }

  /** Patients and places first: what follows names them. */
  take(): Unnumbered[] {
    const frames: Unnumbered[] = [];
    for (const patient of this.patients.values()) frames.push({ t: 'patient', patient });
    for (const place of this.places.values()) frames.push({ t: 'place', place });
    for (const device of this.devices.values()) frames.push({ t: 'device', device });
    if (this.limits) frames.push({ t: 'limits', limits: [...this.limits] });
    for (const readings of chunks([...this.readings.values()], READINGS_PER_FRAME))
      frames.push({ t: 'readings', readings });
    for (const statuses of chunks([...this.statuses.values()], READINGS_PER_FRAME))
      frames.push({ t: 'status', statuses });
    this.patients.clear();
    this.places.clear();
    this.devices.clear();
    this.readings.clear();
    this.statuses.clear();
    this.limits = null;
    return frames;
  }
}
