import { type Association, covers, overlaps } from '../../model/association.ts';
import { CodedError } from '../../model/errors.ts';

export type AssociationErrorCode =
  | 'association-conflict'
  | 'association-invalid'
  | 'association-unknown'
  | 'association-ended';

type SubjectKind = Association['subject']['kind'];

/** Whose device it was, and where it stood. */
export interface Whereabouts {
  readonly patient: string | null;
  readonly place: string | null;
}

/** A stretch of event time in which nothing changes for a device: from <= t < to. */
export interface Segment extends Whereabouts {
  readonly from: number;
  readonly to: number;
}

const end = (association: Association): number => association.to ?? Number.POSITIVE_INFINITY;

/** Associations of one device with one kind of subject: sorted, never overlapping. */
type Lane = Association[];

/** Index of the first association that starts after `at`. */
const upperBound = (lane: Lane, at: number): number => {
  let low = 0;
  let high = lane.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lane[middle]?.from ?? Number.POSITIVE_INFINITY) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
};

const find = (lane: Lane | undefined, at: number): Association | null => {
  const candidate = lane?.[upperBound(lane, at) - 1];
  return candidate && covers(candidate, at) ? candidate : null;
};

const isEmpty = (association: Association): boolean => association.to !== null && association.to <= association.from;

/**
 * Which device was on which patient, and in which place, when. A device has at most one patient and one place at any
 * moment; a patient or a place may have many devices. One that ends where it starts was withdrawn: it covers nothing.
 */
export class AssociationTable {
  private readonly byId = new Map<string, Association>();
  private readonly lanes = new Map<string, Lane>();

  constructor(associations: Iterable<Association> = []) {
    for (const association of associations) this.put(association);
  }

  get(id: string): Association | null {
    return this.byId.get(id) ?? null;
  }

  /** In order of their start. */
  list(filter: { device?: string; patient?: string; place?: string; at?: number } = {}): Association[] {
    return [...this.byId.values()]
      .filter(
        (association) =>
          (filter.device === undefined || association.device === filter.device) &&
          (filter.patient === undefined ||
            (association.subject.kind === 'patient' && association.subject.id === filter.patient)) &&
          (filter.place === undefined ||
            (association.subject.kind === 'place' && association.subject.id === filter.place)) &&
          (filter.at === undefined || covers(association, filter.at)),
      )
      .sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1));
  }

  /**
   * Adds a new association or replaces the one with the same id, and returns what it replaced. A start in the past is
   * welcome. Throws `association-conflict` where the device already has another subject of that kind in the interval.
   */
  put(association: Association): Association | null {
    const previous = this.byId.get(association.id) ?? null;
    this.check(association);
    if (previous) this.unlink(previous);
    this.byId.set(association.id, association);
    if (!isEmpty(association)) {
      const lane = this.lane(association.device, association.subject.kind);
      lane.splice(upperBound(lane, association.from), 0, association);
    }
    return previous;
  }

  /** The association with its end; throws where it is unknown, already ended, or would end before it began. */
  end(id: string, at: number): Association {
    const association = this.byId.get(id);
    if (!association) throw new CodedError('association-unknown', `There is no association ${id}.`);
    if (association.to !== null) {
      throw new CodedError('association-ended', `Association ${id} has already ended.`, {
        hint: 'Read it again; someone may have ended it meanwhile.',
      });
    }
    const ended = { ...association, to: at };
    this.put(ended);
    return ended;
  }

  /** Takes one out as if it had never been: for an entry that could not be stored. */
  remove(id: string): void {
    const association = this.byId.get(id);
    if (!association) return;
    this.unlink(association);
    this.byId.delete(id);
  }

  /** Throws CodedError<AssociationErrorCode> where `put` would. */
  check(association: Association): void {
    const { from, to, device, subject } = association;
    if (!Number.isFinite(from) || (to !== null && (!Number.isFinite(to) || to < from))) {
      throw new CodedError('association-invalid', 'An association must not end before it begins.', {
        hint: 'Give a `to` that is not before `from`, or leave it open.',
      });
    }
    if (isEmpty(association)) return;
    const lane = this.lanes.get(`${subject.kind}:${device}`) ?? [];
    const at = upperBound(lane, from);
    for (let index = Math.max(0, at - 1); index < lane.length; index++) {
      const other = lane[index];
      if (!other || (to !== null && other.from >= to)) return;
      if (other.id !== association.id && overlaps(other, association)) {
        throw new CodedError('association-conflict', `Device ${device} already has a ${subject.kind} in that time.`, {
          hint: `End association ${other.id} first, or choose times that do not overlap it.`,
        });
      }
    }
  }

  /** Who was on the device at a moment of event time, and where it stood. */
  subjectAt(device: string, takenAt: number): Whereabouts {
    return {
      patient: find(this.lanes.get(`patient:${device}`), takenAt)?.subject.id ?? null,
      place: find(this.lanes.get(`place:${device}`), takenAt)?.subject.id ?? null,
    };
  }

  /** The stretch cut where the answer of `subjectAt` may change; together they cover it exactly. */
  segments(device: string, from: number, to: number): Segment[] {
    const cuts = new Set([from]);
    for (const kind of ['patient', 'place'] as const) {
      for (const association of this.lanes.get(`${kind}:${device}`) ?? []) {
        for (const cut of [association.from, end(association)]) if (cut > from && cut < to) cuts.add(cut);
      }
    }
    const starts = [...cuts].filter((start) => start < to).sort((a, b) => a - b);
    return starts.map((start, index) => ({
      from: start,
      to: starts[index + 1] ?? to,
      ...this.subjectAt(device, start),
    }));
  }

  private lane(device: string, kind: SubjectKind): Lane {
    const key = `${kind}:${device}`;
    let lane = this.lanes.get(key);
    if (!lane) {
      lane = [];
      this.lanes.set(key, lane);
    }
    return lane;
  }

  private unlink(association: Association): void {
    const lane = this.lanes.get(`${association.subject.kind}:${association.device}`);
    const index = lane?.findIndex((other) => other.id === association.id) ?? -1;
    if (index >= 0) lane?.splice(index, 1);
  }
}

/**
 * The stretches of event time in which a change of one association may have changed an answer, per device: all of it
 * for a new one, only the difference where just an end was moved.
 */
export const changedStretches = (
  before: Association | null,
  now: Association,
): readonly { readonly device: string; readonly from: number; readonly to: number }[] => {
  const whole = (association: Association) => ({
    device: association.device,
    from: association.from,
    to: end(association),
  });
  const same =
    before !== null &&
    before.device === now.device &&
    before.subject.kind === now.subject.kind &&
    before.subject.id === now.subject.id;
  const stretches = same
    ? [
        { device: now.device, from: Math.min(before.from, now.from), to: Math.max(before.from, now.from) },
        { device: now.device, from: Math.min(end(before), end(now)), to: Math.max(end(before), end(now)) },
      ]
    : [...(before ? [whole(before)] : []), whole(now)];
  return stretches.filter((stretch) => stretch.from < stretch.to);
};
